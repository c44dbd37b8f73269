"""A visitor without a browser: opens pages by their links, moves controls, goes from page to page, and reads what is there."""

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

APP = str(Path(__file__).parents[2] / "app.py")
PAGES = ("", "race", "why", "desc-scale", "pictures-and-words", "beyond-the-plane")  # as the address names them


def opened(path="", **query):
    """A page as it opens by a link."""
    at = AppTest.from_file(APP, default_timeout=60)
    return go(at, path, **query)


def go(at, path, **query):
    """Another page, as the browser goes there: what the address said is gone."""
    at._page_hash = calc_hash(path)  # `switch_page` knows pages by their files alone
    at.query_params = query
    return at.run()


def widget(at, name):
    """A control's widget."""
    return at.get_by_key(f"{name} {at.session_state['this visit'].page}")


def move(at, name, value):
    """Set a control as a visitor does."""
    return widget(at, name).set_value(value).run()


def shown(at):
    """The state that is shown."""
    return at.session_state["this visit"].state


def controls_of(at):
    """What every widget on the page shows, by its control's name."""
    kinds = ("selectbox", "segmented_control", "pills", "toggle")
    path = at.session_state["this visit"].page
    return {each.key.removesuffix(f" {path}"): each.value for kind in kinds for each in at.get(kind) if each.key}


def undisturbed(at):
    return not at.exception and not at.error and not at.warning


def warnings(at):
    return [warning.value.replace("\\", "") for warning in at.warning]  # undo what keeps Markdown out


def charts(at):
    """The plotly figures of the page as they are sent to the browser, by their keys."""
    return {chart.proto.id.rsplit("-", 1)[-1]: json.loads(chart.proto.spec) for chart in at.get("plotly_chart")}


def chart(at, key):
    """One of them, with what is said to those who do not see it."""
    (found,) = [chart.proto for chart in at.get("plotly_chart") if chart.proto.id.endswith(f"-{key}")]
    return json.loads(found.spec), found.alt


def told(at):
    """What the stage on the page is told: the state's departures from the defaults, the module's version, what it is."""
    (stage,) = [element.proto for element in at.get("bidi_component")]
    return json.loads(stage.json)


def in_stage(at, **values):
    """Something is changed in the stage: it makes the address say so itself, and then the server hears that it did."""
    at.query_params = shown(at).changed(**values).write()
    return at.run()


def html(at):
    return " ".join(element.proto.body for element in at.get("html"))
