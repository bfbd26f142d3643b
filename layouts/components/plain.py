"""HTML elements for what is painted: the names and the manner of `dash.html`, without what makes those slow.

A Dash component checks each of its properties as it is made (about 25 µs); a table has thousands. These keep what they are
given. `from layouts.components import plain as html` is all a painted layout needs. They may also stand in a tree of Dash
components, as long as no callback listens to them.
"""

from typing import Any

from layouts.components.painted import Element


class Plain(Element):
    """One element: ``Div(children, className="row", **{"data-x": "1"})``."""

    __slots__ = ()
    name = ""

    def __init__(self, children: Any = None, **attributes: Any) -> None:
        self.tag = self.name.lower()
        self.attributes = attributes
        self.children = children

    def to_plotly_json(self) -> dict[str, Any]:
        """As Dash writes a component into its layout."""
        return {
            "props": {"children": self.children, **self.attributes},
            "type": self.name,
            "namespace": "dash_html_components",
        }


def _kind(name: str) -> type[Plain]:
    return type(name, (Plain,), {"__slots__": (), "name": name, "__doc__": f"``<{name.lower()}>``."})


A = _kind("A")
Abbr = _kind("Abbr")
Article = _kind("Article")
Aside = _kind("Aside")
B = _kind("B")
Blockquote = _kind("Blockquote")
Br = _kind("Br")
Button = _kind("Button")
Caption = _kind("Caption")
Code = _kind("Code")
Col = _kind("Col")
Colgroup = _kind("Colgroup")
Datalist = _kind("Datalist")
Dd = _kind("Dd")
Del = _kind("Del")
Details = _kind("Details")
Dialog = _kind("Dialog")
Div = _kind("Div")
Dl = _kind("Dl")
Dt = _kind("Dt")
Em = _kind("Em")
Fieldset = _kind("Fieldset")
Figcaption = _kind("Figcaption")
Figure = _kind("Figure")
Footer = _kind("Footer")
Form = _kind("Form")
H1 = _kind("H1")
H2 = _kind("H2")
H3 = _kind("H3")
H4 = _kind("H4")
H5 = _kind("H5")
H6 = _kind("H6")
Header = _kind("Header")
Hr = _kind("Hr")
I = _kind("I")  # noqa: E741
Img = _kind("Img")
Ins = _kind("Ins")
Kbd = _kind("Kbd")
Label = _kind("Label")
Legend = _kind("Legend")
Li = _kind("Li")
Main = _kind("Main")
Mark = _kind("Mark")
Meter = _kind("Meter")
Nav = _kind("Nav")
Ol = _kind("Ol")
Optgroup = _kind("Optgroup")
Option = _kind("Option")
Output = _kind("Output")
P = _kind("P")
Pre = _kind("Pre")
Progress = _kind("Progress")
Q = _kind("Q")
S = _kind("S")
Section = _kind("Section")
Select = _kind("Select")
Small = _kind("Small")
Span = _kind("Span")
Strong = _kind("Strong")
Sub = _kind("Sub")
Summary = _kind("Summary")
Sup = _kind("Sup")
Table = _kind("Table")
Tbody = _kind("Tbody")
Td = _kind("Td")
Textarea = _kind("Textarea")
Tfoot = _kind("Tfoot")
Th = _kind("Th")
Thead = _kind("Thead")
Time = _kind("Time")
Tr = _kind("Tr")
U = _kind("U")
Ul = _kind("Ul")
Var = _kind("Var")
