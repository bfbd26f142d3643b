"""Tools for maintainers. Nothing here runs in the product."""
