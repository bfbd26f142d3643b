"""Wiring between screens and the centre, one file per page. No rule, no query and no markup lives here."""
