"""Race, Why many steps? and desc_scale, without a browser."""

import ast
import json
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
import torch

from sandbox import methods
from sandbox.engine.denoiser import Targets
from sandbox.measure.ambiguity import probabilities
from sandbox.measure.maps import agreement, grid
from sandbox.methods import FAMILIES, METHODS, Exact, method_named
from sandbox.page import desc_scale as desc_scale_page
from sandbox.page import race as race_page
from sandbox.pairs import World
from sandbox.spaces import SPACES, space_named
from sandbox.stage.merits import COSTS, MERITS
from sandbox.stage.parts import AGREEMENT, BEYOND, PICTURES_AND_WORDS
from sandbox.stage.payload import TOUR
from sandbox.stage.race import RING, YARDSTICKS, lines
from sandbox.stage.state import State, controls
from sandbox.weights import store
from tests.page.visitor import chart, controls_of, html, move, opened, shown, undisturbed, warnings
from tests.stage.registered import MeanOfK, register

SANDBOX = Path(__file__).parents[2] / "sandbox"
TRAINED = controls()["methods"].choices
every_space = pytest.mark.parametrize("space", [space.name for space in SPACES])


def at_ease(path, **query):
    at = opened(path, **query)
    assert undisturbed(at)
    return at


def moved(at, key, value):
    move(at, key, value)
    assert undisturbed(at)
    return at


def names(at):
    """The lines that are named at their ends."""
    return {note["text"].split("</span> ")[1] for note in chart(at, "race")[0]["layout"]["annotations"]}


def stage_data(at):
    """What the stage on the page is told."""
    (found,) = at.get("bidi_component")
    return json.loads(found.proto.json)


def drawn_names(at):
    """All lines of the chart, those in grey too."""
    return {trace["name"] for trace in chart(at, "race")[0]["data"]} - {RING, *YARDSTICKS.values()}


# Race


def test_the_race_opens_with_every_method_and_a_few_in_colour():
    at = at_ease("race")
    assert names(at) == {*(method_named(name).label for name in State().methods), *YARDSTICKS.values()}
    assert drawn_names(at) == {method_named(name).label for name in TRAINED}


@every_space
def test_the_race_is_run_in_every_space(space):
    at = at_ease("race", space=space, concept=space_named(space).concept_names()[0])
    assert len(drawn_names(at)) == len(TRAINED)


def test_the_race_says_where_nothing_has_been_measured():
    at = at_ease("race", space="pets")
    assert [said.value for said in at.info] == [f"Pets: {race_page.UNMEASURED}"]
    assert len(moved(at, "space", "moons").info) == 0
    assert drawn_names(at)


@pytest.mark.parametrize(
    ("key", "value"), [("figure", "recall"), ("cost", "seconds_per_1000"), ("cost", "train_seconds"), ("others", True)]
)
def test_a_choice_changes_the_race(key, value):
    at = at_ease("race")
    before = chart(at, "race")[0]
    moved(at, key, value)
    assert chart(at, "race")[0] != before
    assert shown(at).value(key) == value


def test_methods_can_be_chosen():
    at = at_ease("race")
    for family in FAMILIES:
        moved(at, f"methods {family}", [])
    assert len(names(at)) == len(TRAINED) + 2  # none is all
    moved(at, "methods distribution matching", ["drifting"])
    assert names(at) == {method_named("drifting").label, *YARDSTICKS.values()}
    moved(at, "methods couplings", ["coalescer"])
    assert shown(at).methods == ("coalescer", "drifting")  # the other family's choice stays


def test_methods_are_offered_family_by_family():
    offered = {pills.label: pills.options for pills in at_ease("race").get("pills")}
    assert list(offered) == [family.capitalize() for family in FAMILIES]
    assert sorted(label for labels in offered.values() for label in labels) == sorted(
        method_named(name).label for name in TRAINED
    )


@pytest.mark.parametrize("figure", MERITS)
def test_the_race_is_also_told_in_words(figure):
    figure_shown, words = chart(at_ease("race", figure=figure), "race")
    assert words.startswith(f"{MERITS[figure].label} ({MERITS[figure].better}) over {COSTS['nfe'].lower()}, “cat”.")
    assert figure_shown["layout"]["yaxis"]["title"]["text"] in words
    for line in lines(race_page.results.means("race"), race_page.results.plain_table("seconds"), State(figure=figure)):
        assert f"{line.name}: {line.marks[0].merit:.3g} at {line.marks[0].cost:.3g}" in words


def test_before_a_mark_is_chosen_the_first_line_s_samples_are_shown():
    at = at_ease("race")
    (first, *_) = lines(race_page.results.means("race"), race_page.results.plain_table("seconds"), State())
    assert f"<b>{first.marks[0].words}</b>" in html(at)
    assert stage_data(at)["query"]["steps"] == "1"
    assert controls_of(at)["mark"] == first.marks[0].key


def test_a_chosen_mark_shows_its_samples_and_stays_when_the_figure_changes():
    at = at_ease("race")
    moved(at, "mark", "diffusion/ddim/4")
    query = {"left": "diffusion", "steps": "4", "right": "", "points": "200", "layers": "regions,pairs"}
    assert stage_data(at)["query"] == query
    assert stage_data(at)["page"] == {"chrome": "panel"}
    assert f"href='./?{urlencode(query)}'" in html(at).replace("&amp;", "&") or "Open in the Playground" in html(at)
    assert "<b>Diffusion, 4 network calls: " in html(at)
    assert at.query_params == {"mark": "diffusion/ddim/4"}
    moved(at, "figure", "recall")
    assert "<b>Diffusion, 4 network calls: " in html(at)
    assert controls_of(at)["mark"] == "diffusion/ddim/4"


def test_a_click_on_a_mark_chooses_it(monkeypatch):
    chosen = []

    class Here:
        race = type(
            "Event", (), {"selection": type("Selection", (), {"points": [{"customdata": ["drifting/jump/1"]}]})}
        )

    monkeypatch.setattr(race_page.st, "session_state", Here)
    monkeypatch.setattr(race_page, "current", State)
    monkeypatch.setattr(race_page, "put", chosen.append)
    race_page.choose()
    Here.race.selection.points = []  # a click beside the marks
    race_page.choose()
    assert chosen == [State(mark="drifting/jump/1")]


@pytest.mark.parametrize("mark", ["nobody/ddim/4", "<script>", "diffusion/ddim/5"])
def test_a_mark_that_is_not_there_is_the_first(mark):
    at = at_ease("race", mark=mark)
    assert html(at_ease("race")) == html(at)


@pytest.mark.parametrize(("path", "page"), [("race", race_page), ("desc-scale", desc_scale_page)])
def test_a_missing_table_is_a_sentence(monkeypatch, path, page):
    empty = page.results.means("race").iloc[:0]
    monkeypatch.setattr(page.results, "means", lambda name: empty)
    at = opened(path)
    assert not at.exception
    assert "make results" in warnings(at)[0]


# Why many steps?


def test_the_maps_are_told_to_the_stage():
    told = stage_data(at_ease("why", place_x="2"))
    assert told["query"] == {"place_x": "2"}
    assert told["page"] == AGREEMENT
    assert told["writes"] is True


def test_the_maps_open_where_the_lesson_is_seen():
    """Not so for one region: there even far places are sent one way."""
    outside = {}
    for name in (State().left_map, State().right_map):
        method = State().method(name)
        away = SPACES[0].distance(grid(SPACES[0], 40)[1], State().map_concept) > 0
        outside[name] = agreement(method, State().map_concept, State().t)[1][away].mean()
    assert outside[State().right_map] - outside[State().left_map] > 0.1


TARGETS = [method.name for method in METHODS if issubclass(method, Exact) and method.targets]


@pytest.mark.parametrize("method", [method for method in METHODS if issubclass(method, Exact)], ids=lambda m: m.name)
def test_a_method_says_truly_whether_it_has_targets(method):
    assert isinstance(store.denoiser(method(world=World("moons"))), Targets) == method.targets


def test_an_exact_method_without_targets_is_not_offered_and_breaks_nothing(monkeypatch):
    register(monkeypatch, MeanOfK)
    assert "mean-of-k" not in controls()["left_map"].choices
    refused = opened("why", left_map="mean-of-k")
    assert not refused.exception
    assert warnings(refused)[0].startswith("left_map=mean-of-k cannot be used")
    playground = at_ease("", left="mean-of-k", desc_scale="4")
    assert any(text.value.startswith(f"**{MeanOfK.label}.**") for text in playground.markdown)


class Heard(Targets):
    """Hears with which descriptions it is asked."""

    sharp = True

    def __init__(self):
        self.descriptions = []

    def probabilities(self, x, t, description):
        self.descriptions.append(description[0].numpy())
        return torch.zeros(len(x), 50)

    def __call__(self, x, t, description, s=None):
        raise NotImplementedError


def heard(seed):
    """The descriptions of a map of a world of this seed: (draws, e)."""
    denoiser = Heard()
    probabilities(denoiser, World("moons", pairs=50, seed=seed), "cat", 1.0, torch.zeros(1, 2))
    return np.array(denoiser.descriptions)


def test_the_descriptions_of_a_map_follow_the_world_s_seed():
    np.testing.assert_array_equal(heard(0), heard(0))
    assert not np.isclose(heard(0), heard(1)).any()
    noise = np.concatenate([heard(seed) for seed in range(40)]) - space_named("moons").embedding("cat")
    assert noise.std() == pytest.approx(0.05, rel=0.1)


# desc_scale


def test_three_maps_and_the_curves():
    at = at_ease("desc-scale")
    assert [slot["of"] for slot in stage_data(at)["page"]["slots"]] == ["cells", "cells", "apart"]
    figure, words = chart(at, "curves")
    assert "nan" not in words  # what a second real sample scores belongs to no desc_scale
    assert {trace["name"] for trace in figure["data"]} == {"in-region", "right animal", "recall"}
    assert all(name in words for name in ("in-region: 0.25 50%", "right animal", "recall"))
    assert "the description is ignored" in at.markdown[0].value
    assert "the ambiguity that coalescing had removed is back" in at.markdown[1].value


def test_maps_and_curves_have_one_description_noise():
    at = at_ease("desc-scale")
    before = html(at)
    after = at_ease("desc-scale", description_noise="0.15")
    assert html(after) != before
    assert stage_data(after)["query"] == {"description_noise": "0.15"}
    assert stage_data(after)["page"]["stops"]["description_noise"] == [0.02, 0.05, 0.15]
    other = at_ease("desc-scale", description_noise="0.3")
    assert "measured with description noise 0.02, 0.05, 0.15, not with 0.3" in other.info[0].value


def test_a_click_on_the_curve_sets_desc_scale(monkeypatch):
    chosen = []

    class Here:
        curves = type("Event", (), {"selection": type("Selection", (), {"points": [{"x": 64}]})})

    monkeypatch.setattr(desc_scale_page.st, "session_state", Here)
    monkeypatch.setattr(desc_scale_page, "current", State)
    monkeypatch.setattr(desc_scale_page, "put", chosen.append)
    desc_scale_page.choose()
    Here.curves.selection.points = []
    desc_scale_page.choose()
    assert chosen == [State().changed(desc_scale=64.0)]


# Beyond the plane


def test_the_page_beyond_the_plane_is_one_stage_with_its_own_state():
    at = at_ease("beyond-the-plane", beyond_figure="precision")
    told = stage_data(at)
    assert (told["query"], told["page"], told["writes"]) == ({"beyond_figure": "precision"}, BEYOND, True)
    assert shown(at).beyond_figure == "precision"


# Pictures and words


def test_a_caption_and_the_methods_that_draw_it_are_told_to_the_stage():
    query = {"caption": "a seven", "picture_space": "digits", "drawn_by": "coalescer,diffusion"}
    told = stage_data(at_ease("pictures-and-words", **query))
    assert told["query"] == query
    assert told["page"] == PICTURES_AND_WORDS
    assert controls()["drawn_by"].default == ("balanced-coalescer", "diffusion")


def test_a_word_that_no_caption_has_is_refused_in_a_sentence():
    at = opened("pictures-and-words", caption="a purple cat")
    assert warnings(at)[0].startswith("caption=a purple cat cannot be used")
    assert stage_data(at)["query"] == {}


# No page or figure knows a method by name


@pytest.mark.parametrize(
    "path",
    [path for folder in ("page", "stage", "measure") for path in sorted((SANDBOX / folder).glob("*.py"))],
    ids=lambda p: p.name,
)
def test_no_page_or_figure_knows_a_method_by_name(path):
    module = ast.parse(path.read_text())
    classes = {method.__name__ for method in METHODS}
    known = {method.name for method in METHODS} | {method.label for method in METHODS} | classes
    opening = {
        State.__dataclass_fields__[name].default for name in ("left", "right", "left_map", "right_map", "scaled")
    } | {*State().methods, *State().drawn_by}
    if path == SANDBOX / "stage" / "controls.py":  # what the pages open with is said there, once
        known -= opening
    if path == SANDBOX / "stage" / "payload.py":  # and there, what the lessons are about
        known -= {state.left for _, state in TOUR}
    words = {node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    used = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    imported = {a.name for node in ast.walk(module) if isinstance(node, ast.ImportFrom) for a in node.names}
    assert not known & (words | used | imported)
    assert hasattr(methods, "METHODS")
