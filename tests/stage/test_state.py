"""The page's state and the link that carries it: whatever a link says, something can be drawn, and what changed is said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.samplers import Ancestral, Ddim
from sandbox.methods import METHODS, Coalescer, Diffusion, Exact, Jump, NearestPair, Trained
from sandbox.pairs import Balance
from sandbox.spaces import SPACES, space_named
from sandbox.stage.panels import panels
from sandbox.stage.scene import make_scene, shipped_values
from sandbox.stage.state import State, controls, offered
from sandbox.weights import store
from tests.stage.registered import OneMoreOption, register

CONTROLS = list(controls())
RANGES = {  # the least and the most that a link can ask for
    "desc_scale": (1e-3, 1e6),
    "steps": (1, 64),
    "neighbours": (1, 64),
    "landing": (0.0, 100.0),
    "learned_guidance": (1.0, 4.0),
    "beyond_steps": (1, 2),
    "right_steps": (1, 64),
    "third_steps": (1, 64),
    "fourth_steps": (1, 64),
    "points": (1, 500),
    "seed": (0, 2**31 - 1),
    "t": (0.05, 0.95),
    "guidance": (0.0, 5.0),
    "threshold": (0.0, 0.9),
    "description_noise": (0.0, 0.5),
    "place_x": (-1e6, 1e6),
    "place_y": (-1e6, 1e6),
    "film_steps": (1, 32),
    "picture_x": (-1e6, 1e6),
    "picture_y": (-1e6, 1e6),
    "description_x": (-1e6, 1e6),
    "description_y": (-1e6, 1e6),
}
WHOLE = (
    *("steps", "right_steps", "third_steps", "fourth_steps", "film_steps", "beyond_steps"),
    *("neighbours", "points", "seed"),
)
NONSENSE = ("abc", "nan", "inf", "-5e9", "1e99", "", "9" * 5000, "x" * 5000, "<script>alert(1)</script>")
MAY_BE_EMPTY = ("methods", "layers", "drawn_by", "right", "third", "fourth")  # none of them, or no such panel
FREE = ("mark",)  # any text may name a mark; one that is not there is no mark


@pytest.fixture(autouse=True)
def _no_weights_but_the_shipped(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))


def values(name):
    """What a control can be; numbers to the twelve digits that a link carries."""
    known = controls()[name]
    if known.kind is bool:
        return st.booleans()
    if known.kind is int:
        return st.integers(int(known.low), int(known.high))
    if known.kind is float:
        shown = st.floats(known.low, known.high).map(lambda value: float(f"{value:.12g}"))
        return shown.map(known.clamp)
    if known.kind is tuple:
        return st.sets(st.sampled_from(known.choices)).map(lambda some: known.check(tuple(some)))
    return st.sampled_from(known.choices) if known.choices else st.just("diffusion/ddim/4")


@st.composite
def states(draw):
    space = draw(st.sampled_from(SPACES))
    chosen = {name: draw(values(name)) for name in CONTROLS if name not in ("space", "concept")}
    return State().changed(space=space.name, concept=draw(st.sampled_from(space.concept_names())), **chosen)


def sentences(**query):
    return State.read(query)[1]


every_control = pytest.mark.parametrize("name", CONTROLS)
every_guarded_control = pytest.mark.parametrize("name", [name for name in CONTROLS if name not in FREE])
every_range = pytest.mark.parametrize("name", RANGES)
every_nonsense = pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:9] or "empty")


# A link says what the page shows


@given(states())
def test_a_link_gives_back_the_state_that_wrote_it(state):
    assert State.read(state.write()) == (state, [])


@given(states())
def test_a_link_is_text(state):
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in state.write().items())


def test_the_defaults_need_no_link():
    assert State().write() == {}


def test_an_empty_link_is_the_defaults():
    assert State.read({}) == (State(), [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("desc_scale", 5.3),
        ("adaptive", True),
        ("concept", "dog"),
        ("seed", 2**31 - 1),
        ("t", 0.05),
        ("methods", ("coalescer", "drifting")),
        ("left_map", "ideal-flow"),
        ("caption", "a seven"),
        ("drawn_by", ("coalescer",)),
    ],
)
def test_a_link_names_what_differs_and_nothing_else(name, value):
    assert list(State().changed(**{name: value}).write()) == [name]


def test_what_a_link_says_of_unknown_things_is_ignored():
    assert State.read({"utm_source": "mail", "Seed": "7", "world": "x"}) == (State(), [])


def test_methods_may_be_named_in_any_order():
    assert State.read({"methods": "drifting, coalescer"}) == (State(methods=("coalescer", "drifting")), [])


def missing(state):
    """What must be made before a state can be shown, in order, each once."""
    return list(dict.fromkeys(need for view in state.views() for need in store.missing(view.drawn.method)))


def test_the_defaults_are_shipped():
    assert missing(State()) == []


@every_control
def test_every_control_explains_itself_in_sentences(name):
    assert controls()[name].help.endswith(".")


# Values that cannot be taken


@every_nonsense
@every_guarded_control
def test_nonsense_for_any_control_gives_one_sentence_that_names_it(name, text):
    if text == "" and name in MAY_BE_EMPTY:
        assert sentences(**{name: text}) == []
        return
    (sentence,) = sentences(**{name: text})
    assert name in sentence
    assert "Taken instead: " in sentence


@every_nonsense
@every_control
def test_the_sentences_about_nonsense_are_short_and_end(name, text):
    for sentence in sentences(**{name: text}):
        assert len(sentence) < 320  # the longest lists the methods
        assert sentence.endswith(".")


@every_nonsense
@every_control
def test_nonsense_for_one_control_leaves_the_others_alone(name, text):
    state, _ = State.read({name: text})
    assert all(state.value(other) == State().value(other) for other in CONTROLS if other != name)


@every_nonsense
@every_control
def test_whatever_a_link_says_can_be_drawn(name, text):
    state, _ = State.read({name: text})
    if missing(state):  # no weights are shipped for the ends of the ranges; the exact fields need none
        state = replace(state, field="exact")
    assert len(panels(make_scene(state)).data) >= 2


def test_the_ranges_are_all_those_of_numbers():
    assert {name for name, known in controls().items() if known.kind in (int, float)} == set(RANGES)


@every_range
def test_a_number_below_the_range_is_raised_to_its_lower_end(name):
    low, _ = RANGES[name]
    state, complaints = State.read({name: str(low - 1)})
    assert state.value(name) == low
    assert f"Taken instead: {low:.12g}." in complaints[0]


@every_range
def test_a_number_above_the_range_is_lowered_to_its_upper_end(name):
    _, high = RANGES[name]
    state, complaints = State.read({name: str(high + 1)})
    assert state.value(name) == high
    assert len(complaints) == 1


@every_range
def test_both_ends_of_a_range_are_taken_without_a_word(name):
    for value in RANGES[name]:
        state, complaints = State.read({name: f"{value:.12g}"})
        assert (state.value(name), complaints) == (value, [])


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_are_whole(name):
    state, (sentence,) = State.read({name: "2.7"})
    assert state == State()
    assert "a whole number" in sentence
    assert isinstance(State.read({name: "3"})[0].value(name), int)


@given(st.dictionaries(st.sampled_from(CONTROLS), st.text(max_size=60)))
def test_no_text_at_all_raises(query):
    state, complaints = State.read(query)
    assert all(np.isfinite(state.value(name)) for name in RANGES)
    assert all(any(name in sentence for name in query) for sentence in complaints)


def test_a_concept_that_the_space_lacks_is_replaced_by_one_that_it_has():
    state, (sentence,) = State.read({"space": "moons", "concept": "fish"})
    assert state.concept in space_named("moons").concept_names()
    assert "fish" in sentence
    assert "moons" in sentence


def test_another_space_keeps_the_concept_where_it_has_it():
    spaces = {space.name: space.concept_names() for space in SPACES}
    lacking = next(name for name, concepts in spaces.items() if "animal" not in concepts)
    assert State(concept="animal").changed(space="moons").concept == "animal"
    assert State(concept="animal").changed(space=lacking).concept == spaces[lacking][0]


def test_every_complaint_of_a_link_is_heard():
    assert len(sentences(desc_scale="abc", steps="-5", concept="fish", seed="nan", methods="me")) == 5


# What a state stands for


def test_a_learned_field_is_trained_networks():
    state = State(description_noise=0.1).changed(desc_scale=32.0, direction_loss="norm")
    assert state.method("coalescer") == Coalescer(world=state.world, desc_scale=32.0, direction_loss="norm")
    assert state.method("diffusion") == Diffusion(world=state.world)
    assert state.world.description_noise == 0.1


def test_an_exact_field_needs_no_network():
    state = State(field="exact").changed(desc_scale=5.3)
    assert state.method("coalescer") == NearestPair(world=state.world, desc_scale=5.3)
    assert isinstance(state.method("diffusion"), Exact)


def test_an_untrained_value_is_missing_its_own_network_alone():
    state = State().changed(desc_scale=5.3)
    assert missing(state) == [state.method("coalescer")]


def test_what_both_panels_need_is_missing_once_and_before_them():
    state = State(left="balanced-coalescer", right="balanced-coalescer").changed(desc_scale=5.3)
    assert missing(state) == [Balance(state.world, 5.3), state.method("balanced-coalescer")]
    exact = State(left="balanced-coalescer", right="balanced-lookup", field="exact").changed(desc_scale=5.3)
    assert missing(exact) == [Balance(exact.world, 5.3)]


def samplers(state):
    return [view.drawn.sampler for view in state.views()]


def test_the_samplers_are_those_that_were_chosen():
    assert samplers(State()) == [Jump(), Ddim()]
    assert samplers(State(sampler="ancestral")) == [Jump(), Ancestral()]
    assert samplers(State(threshold=0.3))[0] == Jump(threshold=0.3)
    assert samplers(State(adaptive=True))[0].enough is not None


def test_a_method_s_own_settings_of_its_sampler_stay():
    assert samplers(State(left="balanced-lookup", threshold=0.3))[0].redraws == Jump().redraws


def test_every_panel_takes_its_own_steps():
    state = State(steps=3, right_steps=5, third="coalescer", third_steps=1, fourth="drifting", fourth_steps=9)
    assert [view.drawn.steps for view in state.views()] == [3, 5, 1, 9]


def test_what_does_not_concern_a_method_leaves_its_view_alone():
    state = State(t=0.3, guidance=3.0)
    assert state.views()[0] == State().views()[0]  # a jump has no noise level and is not guided
    assert state.views()[1] != State().views()[1]


# Options that methods declare


def test_the_stops_are_what_is_shipped_with_all_else_as_it_is_asked():
    assert shipped_values(State(), "desc_scale") == [2.0**power for power in range(-4, 13)]
    landmarks = [0.5, 8.0, 128.0, 1024.0]
    assert shipped_values(State(space="moons"), "desc_scale") == [2.0**power for power in range(-2, 11)]
    assert shipped_values(State().changed(direction_loss="norm"), "desc_scale") == landmarks
    assert shipped_values(State(), "neighbours") == [4]
    assert shipped_values(State().changed(direction_loss="norm", space="moons"), "desc_scale") == [
        8.0
    ]  # of other methods


def test_a_method_s_new_option_is_in_the_link_and_in_its_recipe(monkeypatch):
    register(monkeypatch, OneMoreOption)
    state, complaints = State.read({"left": "one-more-option", "k": "5", "desc_scale": "3"})
    assert complaints == []
    assert state.method("one-more-option") == OneMoreOption(world=state.world, k=5, desc_scale=3.0)
    assert state.write() == {"left": "one-more-option", "k": "5", "desc_scale": "3"}
    assert State.read({"k": "65"})[1] == ["k=65 is outside what can be shown. Taken instead: 64."]


def test_no_two_options_of_one_name_have_different_defaults():
    names = {}
    for method in METHODS:
        for name, known in method.__dataclass_fields__.items():
            if "option" in known.metadata:
                names.setdefault(name, set()).add(known.default)
    assert all(len(defaults) == 1 for defaults in names.values())
    assert not set(names) & set(State.__dataclass_fields__)


def test_all_trained_methods_can_take_part_in_the_race():
    assert controls()["methods"].choices == tuple(method.name for method in METHODS if issubclass(method, Trained))


def test_the_planes_whose_points_are_decoded_are_all_that_are_learned():
    planes = [space for space in offered() if not space.drawn]
    assert controls()["picture_space"].choices == tuple(plane.name for plane in planes)
    assert set(controls()["caption"].choices) == {name for plane in planes for name in plane.concept_names()}
