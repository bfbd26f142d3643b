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
    <link rel="stylesheet" href="@styles@">
  </head>
  <body data-time-zone="@zone@" data-frozen-after="@frozen@" data-picture="@picture@" data-program="@program@">
    {%app_entry%}
    <footer>
      {%config%}
      <script src="@own@"></script>
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>
"""


def document(time_zone: str, frozen_after_seconds: float, *, styles: str, scripts: str, program: str) -> str:
    """Dash's index string with what the scripts need before anything is drawn. Our own scripts come before Dash's: they
    ask for the picture while Dash is loaded."""
    given = {
        "@zone@": time_zone,
        "@frozen@": f"{frozen_after_seconds:g}",
        "@styles@": styles,
        "@own@": scripts,
        "@program@": program,
    }
    text = _DOCUMENT
    for place, value in given.items():
        text = text.replace(place, escape(value))
    return text


def for_reader(index: str, *, sees_picture: bool) -> str:
    """``index`` for one reader: a browser that would be refused the picture does not ask for it."""
    return index.replace("@picture@", "yes" if sees_picture else "no")
