"""The border operations centre without its screens: it knows no Dash.

Imports point one way (see ``docs/architecture.md``); import-linter keeps it.
"""

__version__ = "0.1.0"
