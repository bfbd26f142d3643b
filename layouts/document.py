"""The HTML document around the application. No inline script: the content security policy allows none."""

from html import escape

_DOCUMENT = """<!DOCTYPE html>
<html lang="en-NZ">
  <head>
    {%metas%}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>{%title%}</title>
    <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
    {%css%}
  </head>
  <body data-time-zone="@zone@" data-frozen-after="@frozen@" data-picture="@picture@">
    {%app_entry%}
    <footer>
      {%config%}
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>
"""


def document(time_zone: str, frozen_after_seconds: float) -> str:
    """Dash's index string with what the scripts need before anything is drawn."""
    return _DOCUMENT.replace("@zone@", escape(time_zone)).replace("@frozen@", f"{frozen_after_seconds:g}")


def for_reader(index: str, *, sees_picture: bool) -> str:
    """``index`` for one reader: a browser that would be refused the picture does not ask for it."""
    return index.replace("@picture@", "yes" if sees_picture else "no")
