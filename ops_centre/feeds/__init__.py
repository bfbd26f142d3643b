"""Feeds turn bytes into observations and know nothing else: no database, no picture, not each other."""
