"""What the stage is told: plain JSON that holds every method and control, and less of it where less is wanted."""

import json
from dataclasses import replace

import pytest

from sandbox import spaces
from sandbox.learned import ends
from sandbox.learned.parts import FromPictures
from sandbox.methods import METHODS
from sandbox.methods.shipped import desc_scales
from sandbox.spaces import LEARNED_SPACES, space_named
from sandbox.stage.payload import only, payload
from sandbox.stage.state import State, controls, offered
from sandbox.weights import store


@pytest.fixture(scope="module")
def told():
    return payload()


def test_it_is_json_that_a_browser_reads(told):
    text = json.dumps(told, allow_nan=False)  # ValueError for numbers that JSON has no words for
    assert json.loads(text).keys() == told.keys()


def test_every_method_and_every_plane_is_there_with_its_words(told):
    assert [(name, known["label"], known["summary"]) for name, known in told["methods"].items()] == [
        (method.name, method.label, method.summary) for method in METHODS
    ]
    assert {name: known["concepts"] for name, known in told["spaces"].items()} == {
        space.name: list(space.concept_names()) for space in offered()
    }


def test_nothing_of_a_learned_space_is_read_before_it_is_chosen(monkeypatch):
    fresh = tuple(replace(space, ends=replace(space.ends)) for space in LEARNED_SPACES)
    load = store.load

    def forbidden(recipe, *_):
        assert not isinstance(recipe, FromPictures), recipe
        return load(recipe)

    monkeypatch.setattr(store, "load", forbidden)
    monkeypatch.setattr(ends, "_latents", None)
    monkeypatch.setattr(spaces, "LEARNED_SPACES", fresh)
    assert {"pets", "digits"} < payload.__wrapped__()["spaces"].keys()
    assert State.read({"space": "pets", "concept": "a dark cat"}) == (State(space="pets", concept="a dark cat"), [])


def test_what_has_to_be_made_is_told_apart(told):
    made = {name for name, known in told["methods"].items() if known["made"]}
    assert {name for name, known in told["methods"].items() if known["trained"]} | {"balanced-lookup"} == made


def test_every_control_is_there_and_explains_itself(told):
    assert told["controls"].keys() == controls().keys()
    for name, known in controls().items():
        said = told["controls"][name]
        assert (said["label"], said["help"], said["kind"]) == (known.label, known.help, known.kind.__name__)
        assert said["help"].endswith((".", "?"))


def test_every_option_of_a_method_is_a_control(told):
    for method in told["methods"].values():
        assert set(method["options"]) <= set(told["controls"])
        assert method["exact"] is None or method["exact"] in told["methods"]
        assert {sampler["name"] for sampler in method["samplers"]} <= set(told["controls"]["sampler"]["choices"])


def test_the_lessons_are_states_that_a_link_can_say(told):
    for one in told["tour"]:
        assert State.read(one["query"])[1] == []


def test_the_curve_is_there_for_the_state_that_the_page_opens_with_and_every_stop(told):
    curves, state = told["curves"], State()
    assert (curves["steps"], curves["seed"]) == (state.steps, state.seed)
    points = curves["spaces"][state.space][state.left][state.concept]
    assert [point[0] for point in points] == sorted(desc_scales(space_named(state.space)))
    for space, methods in curves["spaces"].items():
        for concepts in methods.values():
            assert sorted(concepts) == sorted(told["spaces"][space]["concepts"])


def test_only_these_are_offered(told):
    less = only(told, ["moons"], ["coalescer", "diffusion"], ["dog"])
    assert list(less["spaces"]) == list(less["curves"]["spaces"]) == ["moons"]
    assert less["spaces"]["moons"]["concepts"] == ["dog"]
    assert list(less["methods"]) == ["coalescer", "diffusion"]
    assert {method["exact"] for method in less["methods"].values()} == {None}
    assert tuple(less["controls"]["left"]["choices"]) == ("coalescer", "diffusion")
    assert tuple(less["controls"]["right"]["choices"]) == ("", "coalescer", "diffusion")
    assert tuple(less["controls"]["space"]["choices"]) == ("moons",)
    assert tuple(less["controls"]["drawn_by"]["choices"]) == ("coalescer", "diffusion")
    pets = only(told, ["pets"], ["diffusion"], [])["controls"]
    assert pets["picture_space"]["choices"] == ("pets",)


def test_all_concepts_are_offered_where_none_is_named_and_the_whole_stays_whole(told):
    before = json.dumps(told)
    less = only(told, ["moons"], ["coalescer", "nearest-pair"], [])
    assert less["spaces"]["moons"] == told["spaces"]["moons"]
    assert less["methods"]["coalescer"]["exact"] == "nearest-pair"
    assert json.dumps(told) == before
