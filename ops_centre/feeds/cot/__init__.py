"""Cursor on Target: what field devices and the servers between them send, as XML."""
