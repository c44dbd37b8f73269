"""The page's state and the link that carries it: whatever a link says, something can be drawn, and what changed is said."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.sampling import SAMPLERS, Ancestral, Ddim, Jump
from sandbox.methods import DIRECTION_LOSSES, METHODS, Coalescer, Diffusion, Exact, Trained
from sandbox.spaces import SPACES, space_named
from sandbox.stage.figures import panels
from sandbox.stage.scene import make_scene, missing
from sandbox.stage.state import State

CONTROLS = [control.name for control in fields(State)]
RANGES = {  # the least and the most that a link can ask for
    "desc_scale": (1e-3, 1e6),
    "steps": (1, 64),
    "neighbours": (1, 64),
    "right_steps": (1, 64),
    "points": (1, 500),
    "seed": (0, 2**31 - 1),
    "t": (0.05, 0.95),
    "guidance": (0.0, 5.0),
    "threshold": (0.0, 0.9),
    "description_noise": (0.0, 0.5),
}
WHOLE = ("steps", "right_steps", "neighbours", "points", "seed")
NONSENSE = ("abc", "nan", "inf", "-5", "1e99", "", "9" * 5000, "x" * 5000, "<script>alert(1)</script>")


@pytest.fixture(autouse=True)
def _no_weights_but_the_shipped(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))


def numbers(name):
    """What a control can be, to the twelve digits that a link carries."""
    low, high = RANGES[name]
    if name in WHOLE:
        return st.integers(low, high)
    return st.floats(low, high).map(lambda value: min(max(float(f"{value:.12g}"), low), high))


@st.composite
def states(draw):
    space = draw(st.sampled_from(SPACES))
    return State(
        space=space.name,
        concept=draw(st.sampled_from(space.concept_names())),
        left=draw(st.sampled_from([method.name for method in METHODS])),
        right=draw(st.sampled_from([method.name for method in METHODS])),
        direction_loss=draw(st.sampled_from(list(DIRECTION_LOSSES))),
        field=draw(st.sampled_from(["learned", "exact"])),
        sampler=draw(st.sampled_from(list(SAMPLERS))),
        adaptive=draw(st.booleans()),
        **{name: draw(numbers(name)) for name in RANGES},
    )


def sentences(**query):
    return State.read(query)[1]


every_control = pytest.mark.parametrize("name", CONTROLS)
every_range = pytest.mark.parametrize("name", RANGES)


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
    ("name", "value"), [("desc_scale", 5.3), ("adaptive", True), ("concept", "dog"), ("seed", 2**31 - 1), ("t", 0.05)]
)
def test_a_link_names_what_differs_and_nothing_else(name, value):
    assert list(replace(State(), **{name: value}).write()) == [name]


def test_what_a_link_says_of_unknown_things_is_ignored():
    assert State.read({"utm_source": "mail", "Seed": "7", "world": "x"}) == (State(), [])


def test_the_defaults_are_shipped():
    assert missing(State()) == []


# Values that cannot be taken


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:9] or "empty")
@every_control
def test_nonsense_for_any_control_gives_one_sentence_that_names_it(name, text):
    (sentence,) = sentences(**{name: text})
    assert name in sentence
    assert "Taken instead: " in sentence


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:9] or "empty")
@every_control
def test_the_sentence_about_nonsense_is_short_and_ends(name, text):
    (sentence,) = sentences(**{name: text})
    assert len(sentence) < 320  # the longest lists the methods
    assert sentence.endswith(".")


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:9] or "empty")
@every_control
def test_nonsense_for_one_control_leaves_the_others_alone(name, text):
    state, _ = State.read({name: text})
    assert all(getattr(state, other) == getattr(State(), other) for other in CONTROLS if other != name)


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:9] or "empty")
@every_control
def test_whatever_a_link_says_can_be_drawn(name, text):
    state, _ = State.read({name: text})
    if missing(state):  # no weights are shipped for the ends of the ranges; the exact fields need none
        state = replace(state, field="exact")
    assert len(panels(make_scene(state)).data) >= 2


@every_range
def test_a_number_below_the_range_is_raised_to_its_lower_end(name):
    low, _ = RANGES[name]
    state, complaints = State.read({name: str(low - 1)})
    assert getattr(state, name) == low
    assert f"Taken instead: {low:g}." in complaints[0]


@every_range
def test_a_number_above_the_range_is_lowered_to_its_upper_end(name):
    _, high = RANGES[name]
    state, complaints = State.read({name: str(high + 1)})
    assert getattr(state, name) == high
    assert len(complaints) == 1


@every_range
def test_both_ends_of_a_range_are_taken_without_a_word(name):
    for value in RANGES[name]:
        state, complaints = State.read({name: f"{value:.12g}"})
        assert (getattr(state, name), complaints) == (value, [])


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_are_whole(name):
    state, complaints = State.read({name: "2.7"})
    assert getattr(state, name) == 3
    assert isinstance(getattr(state, name), int)
    assert len(complaints) == 1


@given(st.dictionaries(st.sampled_from(CONTROLS), st.text(max_size=60)))
def test_no_text_at_all_raises(query):
    state, complaints = State.read(query)
    assert all(np.isfinite(getattr(state, name)) for name in RANGES)
    assert all(any(name in sentence for name in query) for sentence in complaints)


def test_a_concept_that_the_space_lacks_is_replaced_by_one_that_it_has():
    state, (sentence,) = State.read({"space": "moons", "concept": "fish"})
    assert state.concept in space_named("moons").concept_names()
    assert "fish" in sentence
    assert "moons" in sentence


def test_every_complaint_of_a_link_is_heard():
    assert len(sentences(desc_scale="abc", steps="-5", concept="fish", seed="nan")) == 4


# What a state stands for


def test_a_learned_field_is_trained_networks():
    state = State(desc_scale=32.0, direction_loss="norm", description_noise=0.1)
    assert state.method("coalescer") == Coalescer(world=state.world(), desc_scale=32.0, direction_loss="norm")
    assert state.method("diffusion") == Diffusion(world=state.world())
    assert state.world().description_noise == 0.1


def test_an_exact_field_needs_no_network():
    state = State(field="exact", desc_scale=5.3)
    assert isinstance(state.method("coalescer"), Exact)
    assert isinstance(state.method("diffusion"), Exact)
    assert state.method("coalescer").desc_scale == 5.3


def test_an_untrained_value_is_missing_its_own_network_alone():
    (lacking,) = missing(State(desc_scale=5.3))
    assert isinstance(lacking, Trained)
    assert lacking == State(desc_scale=5.3).method("coalescer")


def test_the_samplers_are_those_that_were_chosen():
    assert State().sampler_of(State().method("diffusion")) == Ddim()
    assert State(sampler="ancestral").sampler_of(State().method("diffusion")) == Ancestral()
    assert State(threshold=0.3).sampler_of(State().method("coalescer")) == Jump(threshold=0.3)
    assert State(adaptive=True).sampler_of(State().method("coalescer")).enough is not None
