"""The page command: one file that shows the stage from a disk, with the network off, and offers what was asked for."""

import gzip
import html
import json
import re
from base64 import b64decode

import pytest
from playwright.sync_api import expect

from sandbox import spaces
from sandbox.methods import BalancedCoalescer, method_named
from sandbox.stage import lesson, state
from tests.ball_space import BALLS
from tests.browser import page

MOST = 3e6  # bytes of a file of the defaults
SEEN = "try { localStorage.setItem('coalescer-sandbox-tour', 'seen'); } catch {}"  # the lessons for newcomers
COLOURFUL = """() => new Set(document.querySelector(".thumb canvas").getContext("2d")
  .getImageData(0, 0, 64, 64).data).size > 20"""
LITTLE = ["--stops", "8", "--methods", "drifting"]


def held_in(path):
    """What the file holds, by the keys that the stage asks for."""
    text = re.search(r'id="held">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)[1]
    return {key: gzip.decompress(b64decode(part)) for key, part in json.loads(text).items()}


def test_a_file_of_the_defaults_is_small_and_names_no_other_place(run, folder):
    assert run("page").strip() == "lesson.html"
    path = folder / "lesson.html"
    assert path.stat().st_size < MOST
    text = path.read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="', text)
    assert "default-src 'none'" in html.unescape(text)


def test_only_what_is_asked_for_is_held(run, folder):
    run("page", *LITTLE, "--stops", "2,8", "--concepts", "dog", "--concept", "dog", "--out", "little.html")
    held = held_in(folder / "little.html")
    packs = {key for key in held if key.startswith(("world/", "method/"))}
    at = "method/cats-and-dogs"
    assert packs == {
        "world/cats-and-dogs",
        *(f"{at}/{name}" for name in ("coalescer", "diffusion", "drifting")),
        f"{at}/coalescer?desc_scale=2",
    }
    world = held["world/cats-and-dogs"]
    ready = json.loads(world[4 : 4 + int.from_bytes(world[:4], "little")])["shipped"]
    assert [asked["desc_scale"] for asked in ready["coalescer"]] == [8, 2]  # what is held, not what the server ships
    told = json.loads(held["payload"])
    assert told["query"] == {"concept": "dog"}
    assert list(told["methods"]) == ["coalescer", "diffusion", "drifting"]
    assert told["spaces"]["cats-and-dogs"]["concepts"] == ["dog"]


def test_a_name_without_html_is_refused(refused):
    assert refused("page", "--out", "lesson.pdf") == "sandbox: the page is written as .html: name the file so."


def test_a_space_that_is_no_plane_is_refused(refused, monkeypatch):
    monkeypatch.setattr(spaces, "SPACES", (*spaces.SPACES, BALLS))
    assert "only a plane can be drawn" in refused("page", "--space", BALLS.name, "--field", "exact")


@pytest.mark.browser
def test_the_file_shows_the_stage_from_a_disk_with_the_network_off(run, folder, chromium):
    run("page", *LITTLE, "--concepts", "cat,dog")
    asked, complaints = [], []
    with page(chromium) as tab:
        tab.context.set_offline(True)
        tab.add_init_script(SEEN)
        tab.on("request", lambda request: asked.append(request.url.partition(":")[0]))
        tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto((folder / "lesson.html").as_uri())
        lesson = tab.locator(".lesson")
        expect(lesson).to_have_text(re.compile(r"^2 network calls put \d+ % inside CAT"))
        pills = tab.get_by_role("group", name="Concept").get_by_role("button")
        expect(pills).to_have_text(["cat", "dog"])
        pills.nth(1).click()
        expect(lesson).to_contain_text("inside DOG")
        expect(tab).to_have_url(re.compile("#concept=dog$"))
        tab.get_by_role("button", name="Settings", exact=True).click()
        offered = tab.get_by_label("First panel", exact=True).locator("option")
        expect(offered).to_have_text([method_named(name).label for name in ("coalescer", "diffusion", "drifting")])
    assert complaints == []
    assert set(asked) <= {"file", "blob"}


@pytest.mark.browser
def test_a_file_of_a_learned_space_has_its_decoder_and_trains_nothing_beside_what_it_shows(run, folder, chromium):
    run("page", "--space", "pets", "--left", "nearest-pair", "--steps", "1", "--right", "ideal-denoiser")
    assert (folder / "lesson.html").stat().st_size < 4e6
    held = held_in(folder / "lesson.html")
    assert {key for key in held if "/" in key} == {
        "world/pets",
        *(
            f"method/pets/{name}"
            for name in ("nearest-pair", "ideal-denoiser", "balanced-coalescer", "balanced-lookup")
        ),
    }
    with page(chromium) as tab:
        tab.context.set_offline(True)
        tab.add_init_script(SEEN)
        tab.goto((folder / "lesson.html").as_uri())
        expect(tab.locator(".lesson")).to_contain_text("where “an animal” is recognised")
        tab.wait_for_function(COLOURFUL)
        pages = tab.get_by_role("navigation", name="Pages").get_by_role("button")
        expect(pages.first).to_have_attribute("aria-current", "page")
        pages.filter(has_text="Pictures and words").click()
        expect(tab.locator(".lesson")).to_contain_text("Six random points become pictures, asked for “an animal”")
        expect(tab).to_have_url(re.compile("page=pictures-and-words"))
        tab.get_by_label("Type a caption").fill("a dog")
        tab.get_by_label("Type a caption").press("Enter")
        expect(tab).to_have_url(re.compile(r"caption=a\+dog"))
        tab.reload()
        expect(tab.locator(".lesson")).to_contain_text("asked for “a dog”")
        pages.filter(has_text="Beyond the plane").click()
        expect(tab.locator(".stage.beyond .lesson")).not_to_be_empty()
        pages.first.click()
        expect(tab.locator(".lesson")).to_contain_text("where “an animal” is recognised", timeout=60_000)
        expect(tab).to_have_url(re.compile(r"^(?!.*page=).*caption=a\+dog"))  # what was asked there is not forgotten


@pytest.mark.browser
def test_the_file_saves_itself_in_the_state_that_it_shows(run, folder, chromium):
    run("page", *LITTLE)
    with page(chromium) as tab:
        tab.add_init_script(SEEN)
        tab.goto((folder / "lesson.html").as_uri())
        expect(tab.locator(".lesson")).to_contain_text("inside CAT")
        tab.get_by_role("button", name="animal").click()
        expect(tab).to_have_url(re.compile("#concept=animal$"))
        tab.locator(".take summary").click()
        assert tab.get_by_role("button", name="Weights").count() == 0  # there are no files of weights in it
        with tab.expect_download() as taken:
            tab.get_by_role("button", name="HTML file").click()
        taken.value.save_as(folder / "saved.html")
        held, again = held_in(folder / "lesson.html"), held_in(folder / "saved.html")
        assert json.loads(again.pop("payload")) == json.loads(held.pop("payload")) | {"query": {"concept": "animal"}}
        assert again == held
        complaints = []
        tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        tab.goto((folder / "saved.html").as_uri())
        expect(tab.locator(".lesson")).to_contain_text("inside CAT or DOG")
        assert complaints == []


@pytest.mark.browser
def test_without_webassembly_and_workers_the_file_says_the_same(run, folder, chromium):
    run("page", *LITTLE)
    said = []
    for lacking in ("", "delete globalThis.WebAssembly; delete globalThis.Worker;"):
        with page(chromium) as tab:
            tab.add_init_script(SEEN + lacking)
            tab.goto((folder / "lesson.html").as_uri())
            expect(tab.locator(".lesson")).to_contain_text("inside CAT", timeout=60_000)
            assert tab.evaluate("typeof WebAssembly") == ("undefined" if lacking else "object")
            said.append(tab.locator(".lesson, .second, dd").all_text_contents())
    assert said[0] == said[1]


def test_stops_without_weights_are_trained_for_what_the_panels_open_with_and_nothing_else():
    world, stops = state.State().world, [8.0, 0.3]
    beside = list(lesson.asked(state.State(), ["balanced-coalescer"], stops))
    assert beside == [BalancedCoalescer(world=world)]
    opened = state.State().changed(left="balanced-coalescer")
    assert list(lesson.asked(opened, ["balanced-coalescer"], stops)) == [
        *beside,
        BalancedCoalescer(world=world, desc_scale=0.3),
    ]
