"""The HTML document around the application. No inline script: the content security policy allows none."""

from html import escape

_DOCUMENT = """<!DOCTYPE html>
<html lang="en-NZ">
  <head>
    {%metas%}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>{%title%}</title>
    {%favicon%}
    {%css%}
  </head>
  <body data-time-zone="@zone@" data-frozen-after="@frozen@">
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
