"""Every page for those who see little, or use no mouse: nothing serious by axe-core, in light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import IDLE, server
from tests.browser import page as new_page

pytestmark = pytest.mark.browser

PAGES = {
    "": ".stage .figures",
    "race": ".js-plotly-plot",
    "why": ".stage .legend .bar",
    "desc-scale": ".stage .legend .bar",
    "beyond-the-plane": ".stage.beyond .lesson",
    "pictures-and-words": ".stage .panel:not(.waiting) .film",
}
# What Streamlit's own page and widgets are like is not in our hands.
STREAMLIT = (
    "[data-testid=stHeader]",
    "[data-testid=stSidebarCollapseButton]",
    "[data-baseweb]",
    "[data-testid=stToolbar]",
)
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def address(chromium, tmp_path_factory):
    with server(tmp_path_factory.mktemp("accessible") / "cache") as running:
        yield running


@pytest.fixture(scope="module", params=("light", "dark"))
def tab(request, chromium):
    with new_page(chromium, color_scheme=request.param, bypass_csp=True, reduced_motion="reduce") as tab:
        tab.set_default_timeout(60_000)
        yield tab


def violations(tab):
    """What is grave, each with the elements."""
    found = Axe().run(tab, context={"exclude": [[part] for part in STREAMLIT]}).response["violations"]
    return [
        f"{each['impact']} {each['id']}: {each['help']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_grave_on_any_page(tab, address, path):
    tab.goto(f"{address}/{path}")
    tab.wait_for_selector(IDLE)
    tab.wait_for_selector(PAGES[path])
    tab.wait_for_timeout(1500)
    assert violations(tab) == []


def test_nothing_grave_in_what_opens(tab, address):
    tab.goto(f"{address}/")
    tab.wait_for_selector(".st-key-stage .stage .figures")
    for name in ("Settings", "Take along", "Keys"):
        tab.locator(".stage .top").get_by_text(name if name != "Keys" else "?", exact=True).click()
        tab.wait_for_timeout(300)
        assert violations(tab) == [], name
        tab.keyboard.press("Escape")


def test_the_keyboard_reaches_everything_with_a_visible_focus(tab, address):
    tab.goto(f"{address}/")
    tab.wait_for_selector(".st-key-stage .stage .figures")
    tab.wait_for_timeout(1000)
    tab.locator(".stage .top button").first.focus()
    seen = []
    for _ in range(80):
        focused = tab.evaluate(FOCUSED)
        if focused is None:
            break
        assert focused["outline"] > 0, f"{focused['name']} shows no focus"
        seen.append(focused["name"])
        tab.keyboard.press("Tab")
    assert set(tab.evaluate(CONTROLS)) <= set(seen)


DEEP = """const stage = [...document.querySelectorAll("*")].map(one => one.shadowRoot?.querySelector(".stage")).find(Boolean);
  const name = one => `${one.tagName} ${one.getAttribute("aria-label") ?? one.textContent}`.slice(0, 60);"""
FOCUSED = f"""() => {{
  {DEEP}
  const one = stage.getRootNode().activeElement;
  return one && {{name: name(one), outline: parseFloat(getComputedStyle(one).outlineWidth)}};
}}"""
CONTROLS = f"""() => {{
  {DEEP}
  const every = [...stage.querySelectorAll("button, select, input, summary")];
  return every.filter(one => one.checkVisibility() && !one.disabled && one.tabIndex >= 0).map(name);
}}"""
