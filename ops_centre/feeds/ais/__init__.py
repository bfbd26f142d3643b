"""AIS from bytes to craft reports: dialects of a line, assembly of parts, times, decoding. Knows no transport."""
