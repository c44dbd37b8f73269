"""Options and recipes: what may be asked, what is read from a text, and what a recipe is known by."""

import json
import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from sandbox.engine.recipe import Option, Recipe, Stored, agrees, departures, key, option, options, recorded, values

SCALE = Option(8.0, "A number.", low=0.5, high=100.0)
COUNT = Option(4, "A whole number.", low=1, high=64)
SWITCH = Option(False, "A switch.")
LOSS = Option("sqrt", "A choice.", choices=("sqrt", "norm"))


@dataclass(frozen=True)
class Inner(Recipe):
    """A recipe within a recipe."""

    size: int = option(10, "How many.", low=1, high=100)
    seed: int = 0


@dataclass(frozen=True)
class Named:
    """A thing that is known by its name."""

    name: str
    detail: tuple[int, ...] = ()


@dataclass(frozen=True)
class Cake(Stored):
    """A recipe."""

    name = "cake"

    inner: Inner = Inner()
    shape: Named = Named("round")
    sugar: float = option(1.5, "How much.", low=0.0, high=10.0)
    icing: bool = False
    heat: float = 180.0
    layers: int = 2

    def blank(self):
        return nn.Linear(1, 1)

    def train(self, *needed, every=100):
        yield from ()


@dataclass(frozen=True)
class Party(Recipe):
    """A recipe that names other kept ones."""

    cake: Stored = Cake()


@dataclass(frozen=True)
class NewerCake(Cake):
    """The same recipe in a later version: one more field, with a default."""

    candles: int = option(0, "How many.", low=0, high=100)


@dataclass(frozen=True)
class SweeterCake(Cake):
    """The same recipe in a later version: another default."""

    sugar: float = option(2.5, "How much.", low=0.0, high=10.0)


# Options


@pytest.mark.parametrize(
    ("known", "text", "value"),
    [
        (SCALE, "8", 8.0),
        (SCALE, " 2.5 ", 2.5),
        (SCALE, "1e1", 10.0),
        (SCALE, "-3", -3.0),  # it is read; whether it is allowed is another question
        (COUNT, "4", 4),
        (COUNT, "+4", 4),
        (COUNT, "4.0", 4),
        (COUNT, "123456789012345678901", 123456789012345678901),  # no float holds it
        (SWITCH, "1", True),
        (SWITCH, "0", False),
        (LOSS, " norm ", "norm"),
    ],
)
def test_a_text_is_read_as_a_value_of_the_option_s_kind(known, text, value):
    assert known.read(text) == value
    assert type(known.read(text)) is known.kind


@pytest.mark.parametrize(
    "text",
    ["", "x", "nan", "inf", "-inf", "1e999", "1_000", "８", "²", "٣", "0x10", "8,5", "1 2", "9" * 5000],
    ids=lambda text: text[:12],
)
def test_a_text_that_says_no_number_is_refused_with_what_is_allowed(text):
    with pytest.raises(ValueError, match=r"^it is a number from 0\.5 to 100$"):
        SCALE.read(text)
    with pytest.raises(ValueError, match=r"^it is a whole number from 1 to 64$"):
        COUNT.read(text)
    with pytest.raises(ValueError, match=r"^it is 0 or 1$"):
        SWITCH.read(text)


def test_half_a_number_is_no_whole_one_and_two_is_no_switch():
    with pytest.raises(ValueError, match="it is a whole number"):
        COUNT.read("4.5")
    with pytest.raises(ValueError, match="it is 0 or 1"):
        SWITCH.check(SWITCH.read("2"))


@given(st.text(max_size=8))
def test_any_text_is_read_or_refused_in_words(text):
    for known in (SCALE, COUNT, SWITCH, LOSS):
        try:
            known.check(known.clamp(known.read(text)))
        except ValueError as error:
            refused = str(error)
        else:
            continue
        assert refused == f"it is {known.words}"


@pytest.mark.parametrize(
    ("known", "value", "clamped"),
    [(SCALE, 0.1, 0.5), (SCALE, 1e9, 100.0), (SCALE, 7.0, 7.0), (COUNT, 0, 1), (COUNT, 99, 64), (SWITCH, True, True)],
)
def test_numbers_are_clamped_to_the_range(known, value, clamped):
    assert known.clamp(value) == clamped
    assert type(known.clamp(value)) is known.kind


def test_an_option_without_a_range_clamps_nothing():
    assert Option(0, "A seed.").clamp(10**30) == 10**30
    assert Option(0.0, "A number.").clamp(-1e300) == -1e300


@pytest.mark.parametrize(
    ("known", "value"),
    [(SCALE, 8), (SCALE, 0.5), (SCALE, 100.0), (COUNT, 4.0), (COUNT, 64), (SWITCH, True), (SWITCH, 0), (LOSS, "norm")],
)
def test_what_is_allowed_is_given_back_in_its_own_kind(known, value):
    assert known.check(value) == value
    assert type(known.check(value)) is known.kind


@pytest.mark.parametrize(
    ("known", "value"),
    [
        *[(SCALE, value) for value in (0.49, 100.1, math.nan, math.inf, "8", None, [8.0])],
        *[(COUNT, value) for value in (0, 65, 4.5, math.nan, math.inf, "4", None)],
        *[(SWITCH, value) for value in (2, "1", None)],
        *[(LOSS, value) for value in ("cubic", 2, None)],
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(known, value):
    with pytest.raises(ValueError, match=f"^it is {known.words}$"):
        known.check(value)


def test_what_is_allowed_is_said_in_words():
    assert Option(1.0, "", low=1e-3, high=1e6).words == "a number from 0.001 to 1,000,000"
    assert Option(1, "", low=1).words == "a whole number from 1 upwards"
    assert Option(1, "", low=1, high=1_000_000).words == "a whole number from 1 to 1,000,000"
    assert LOSS.words == "one of sqrt, norm"
    many = Option("a", "One letter.", choices=("", *"abcdefghijklmno"))
    assert many.words == "one of a, b, c, d, e, f, g, h, i, j, k, l and 3 others"


# Recipes


def test_a_recipe_knows_its_options_and_so_does_its_class():
    assert options(NewerCake) == options(NewerCake())
    assert list(options(NewerCake)) == ["sugar", "candles"]
    assert options(Cake)["sugar"] == Option(1.5, "How much.", 0.0, 10.0)


def test_a_value_that_an_option_does_not_allow_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"^sugar is a number from 0 to 10, not -1\.$"):
        Cake(sugar=-1)
    with pytest.raises(ValueError, match=r"^size is a whole number from 1 to 100, not 'many'\.$"):
        Inner(size="many")


def test_8_and_8_0_are_one_recipe_with_one_key():
    assert Cake(sugar=8) == Cake(sugar=8.0)
    assert key(Cake(sugar=8)) == key(Cake(sugar=8.0))
    assert key(Cake(inner=Inner(size=8.0))) == key(Cake(inner=Inner(size=8)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"heat": 200}, {"heat": 200.0}),
        ({"heat": -0.0}, {"heat": 0}),
        ({"sugar": -0.0}, {"sugar": 0.0}),
        ({"layers": 3.0}, {"layers": 3}),
        ({"icing": 1}, {"icing": True}),
        ({"inner": Inner(seed=np.int64(3))}, {"inner": Inner(seed=3)}),
    ],
    ids=str,
)
def test_equal_recipes_have_one_key_and_one_record(one, other):
    assert Cake(**one) == Cake(**other)
    assert key(Cake(**one)) == key(Cake(**other))
    assert recorded(Cake(**one)) == recorded(Cake(**other))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"heat": "hot"}, r"^heat is a number, not 'hot'\.$"),
        ({"layers": 2.5}, r"^layers is a whole number, not 2\.5\.$"),
        ({"layers": None}, r"^layers is a whole number, not None\.$"),
        ({"icing": 2}, r"^icing is 0 or 1, not 2\.$"),
    ],
)
def test_a_number_that_is_no_option_has_a_kind_too(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        Cake(**change)


def test_a_recipe_whose_needs_are_not_allowed_is_refused():
    @dataclass(frozen=True)
    class Banquet(Recipe):
        sugar: float = 1.0

        def needs(self):
            return (Cake(sugar=self.sugar),)

    assert Banquet().needs() == (Cake(sugar=1.0),)
    with pytest.raises(ValueError, match=r"^sugar is a number from 0 to 10, not 11\.0\.$"):
        Banquet(sugar=11)


def test_values_stand_under_dotted_names_and_named_things_as_their_names():
    cake = Cake(inner=Inner(size=3), shape=Named("square", (1, 2)), icing=True)
    plain = {"sugar": 1.5, "icing": True, "heat": 180.0, "layers": 2}
    assert values(cake) == {"inner.size": 3, "inner.seed": 0, "shape": "square", **plain}
    assert departures(cake) == {"inner.size": 3, "shape": "square", "icing": True}
    assert departures(Cake()) == {}


def test_a_named_recipe_within_a_recipe_stands_with_all_its_values():
    # By its name alone two teachers that differ would have one student.
    assert departures(Party(Cake(sugar=3.0))) == {"cake.sugar": 3.0}
    assert departures(Party()) == {}
    assert values(Party(Cake(inner=Inner(size=3))))["cake.inner.size"] == 3
    assert values(Party())["cake"] == "cake"
    assert departures(Party(NewerCake(candles=2))) == {"cake.candles": 2}  # a kind with values that the default has not


def test_a_key_names_what_departs_from_the_defaults_in_plain_text():
    assert key(Cake()) == '{"name": "cake"}'
    assert key(Cake(icing=True, inner=Inner(size=3))) == '{"icing": true, "inner.size": 3, "name": "cake"}'


CHANGES = [
    {"icing": True},
    {"sugar": 1.0},
    {"inner": Inner(size=3)},
    {"inner": Inner(seed=1)},
    {"inner": Inner(size=3, seed=1)},
    {"shape": Named("square")},
]


def test_any_departure_has_a_key_of_its_own():
    assert len({key(Cake(**change)) for change in [{}, *CHANGES]}) == 1 + len(CHANGES)


@pytest.mark.parametrize("change", [{}, *CHANGES], ids=str)
def test_a_new_field_with_a_default_changes_no_key_and_agrees_with_older_records(change):
    older, newer = Cake(**change), NewerCake(**change)
    assert key(newer) == key(older)
    record = json.loads(recorded(older))
    assert agrees(record, older)
    assert agrees(record, newer)
    assert not agrees(record, replace(newer, candles=3))
    assert key(replace(newer, candles=3)) != key(older)


def test_a_record_of_another_default_does_not_agree():
    # The key does not tell them apart, so the record has to.
    assert key(Cake()) == key(SweeterCake())
    assert not agrees(json.loads(recorded(Cake())), SweeterCake())
    assert agrees(json.loads(recorded(Cake(sugar=2.5))), SweeterCake())


def test_a_record_with_a_field_that_is_gone_does_not_agree():
    assert not agrees(json.loads(recorded(NewerCake())), Cake())


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_record_of_another_recipe_does_not_agree(change):
    assert not agrees(json.loads(recorded(Cake(**change))), Cake())
    assert not agrees(json.loads(recorded(Cake())), Cake(**change))
    assert not agrees({**json.loads(recorded(Cake())), "name": "pie"}, Cake())
