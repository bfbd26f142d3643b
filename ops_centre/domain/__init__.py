"""Plain rules and words of the centre: no I/O, no database, no clock of their own."""
