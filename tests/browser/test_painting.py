"""What is drawn anew under somebody's hands: what they chose, ticked and typed stays with what it is about."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

SCRIPT = Path(__file__).resolve().parents[2] / "assets/painting.js"
Paint = Callable[..., None]


def form(units: list[str], drawn: str | None = None, capabilities: tuple[str, ...] = ("dog", "boat")) -> list[Any]:
    options = [["option", {"value": one, **({"selected": ""} if one == drawn else {})}, f"Unit {one}"] for one in units]
    ticks = [["label", {}, ["input", {"type": "checkbox", "name": "can", "value": one}], one] for one in capabilities]
    notes = [["li", {}, ["input", {"name": f"note-{one}", "value": ""}]] for one in units]
    parts = [["select", {"name": "unit"}, *options], *ticks, ["ul", {}, *notes], ["p", {"data-answer": ""}]]
    return [["form", {"id": "one", "data-do": "x"}, *parts]]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.set_content("<div id=root></div>")
    page.add_script_tag(content=SCRIPT.read_text("utf-8"))
    yield page
    context.close()


@pytest.fixture
def paint(page: Page) -> Paint:
    def drawn(*given: Any, **more: Any) -> None:
        painted = json.dumps(form(*given, **more))
        page.evaluate(
            "(text) => new Promise((done) => { document.addEventListener('ops:painted', done, { once: true });"
            " document.getElementById('root').setAttribute('data-painted', text); })",
            painted,
        )

    return drawn


def test_a_choice_stays_what_it_was_when_its_list_grows_shrinks_or_is_drawn_in_another_order(
    page: Page, paint: Paint
) -> None:
    paint(["A", "B", "C"])
    page.select_option("select", "B")
    for units in (["new", "A", "B", "C"], ["B", "C"], ["C", "new", "B"]):
        paint(units)
        assert page.input_value("select") == "B"
    assert page.text_content("[data-answer]") == ""


def test_a_choice_that_is_gone_is_said_and_nothing_is_chosen_in_its_place(page: Page, paint: Paint) -> None:
    paint(["A", "B", "C"])
    page.select_option("select", "B")
    paint(["A", "C"])
    assert page.evaluate("document.querySelector('select').selectedIndex") == -1
    assert page.text_content("[data-answer]") == "“Unit B” is no longer there. Choose again."
    assert not page.evaluate("document.querySelector('form').checkValidity()")
    paint(["A", "C", "D"])
    assert page.evaluate("document.querySelector('select').selectedIndex") == -1
    page.select_option("select", "C")
    assert page.evaluate("document.querySelector('form').checkValidity()")


def test_who_left_a_list_as_it_was_drawn_gets_what_is_drawn_as_chosen_now(page: Page, paint: Paint) -> None:
    paint(["A", "B", "C"], "A")
    paint(["A", "B", "C"], "C")
    assert page.input_value("select") == "C"
    page.select_option("select", "B")
    paint(["A", "B", "C"], "A")
    assert page.input_value("select") == "B"


def test_ticks_and_words_go_with_what_they_are_about_when_lists_before_them_change(page: Page, paint: Paint) -> None:
    paint(["A", "B"])
    page.check("[value=boat]")
    page.fill("[name=note-B]", "with the dog")
    paint(["A", "new", "B"], capabilities=("dog", "drone", "boat"))
    ticked = "[...document.querySelectorAll(':checked[name=can]')].map((one) => one.value)"
    assert page.evaluate(ticked) == ["boat"]
    words = "[...document.querySelectorAll('li input')].map((one) => one.value)"
    assert page.evaluate(words) == ["", "", "with the dog"]


def test_what_is_typed_stays_when_another_saves_first_and_not_when_the_form_is_about_something_else(page: Page) -> None:
    def draw(about: dict[str, int], stored: str) -> None:
        sketch = [
            [
                "form",
                {"data-do": "orders/save", "data-with": json.dumps(about)},
                ["textarea", {"name": "mission"}, stored],
            ]
        ]
        page.evaluate(
            "(text) => new Promise((done) => { document.addEventListener('ops:painted', done, { once: true });"
            " document.getElementById('root').setAttribute('data-painted', text); })",
            json.dumps(sketch),
        )

    draw({"operation": 1, "edition": 0}, "")
    page.fill("textarea", "Mine.")
    draw({"operation": 1, "edition": 1}, "Theirs.")
    assert page.input_value("textarea") == "Mine."
    draw({"operation": 2, "edition": 1}, "Another's.")
    assert page.input_value("textarea") == "Another's."
