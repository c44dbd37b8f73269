"""What a pack is asked for by: every recipe has its key, and whatever else a browser asks for is refused in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.methods import METHODS, Coalescer, Diffusion
from sandbox.pairs import World
from sandbox.spaces import SPACES
from sandbox.stage.packs import key_of, recipe_of

WORLDS = [World(space, description_noise=noise) for space in SPACES for noise in (0.05, 0.1)]


@pytest.mark.parametrize("world", WORLDS, ids=repr)
def test_a_key_is_of_one_recipe(world):
    for recipe in (world, *(method(world=world) for method in METHODS), Coalescer(world=world, desc_scale=5.3)):
        assert recipe_of(key_of(recipe)) == recipe


def test_a_key_says_what_departs_from_the_defaults_and_no_more():
    assert key_of(World()) == "world/cats-and-dogs"
    assert key_of(Diffusion()) == "method/cats-and-dogs/diffusion"
    asked = Coalescer(world=World("moons", description_noise=0.1), desc_scale=16.0)
    assert key_of(asked) == "method/moons/coalescer?desc_scale=16&description_noise=0.1"


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("", "A key is world/<space> or method/<space>/<method>"),
        ("world/nowhere", "nowhere"),
        ("method/moons/magic", "No method is called 'magic'"),
        ("method/moons", "A key is world/<space>"),
        ("world/moons/more", "A key is world/<space>"),
        ("world/moons?desc_scale=8", "desc_scale is no option of it; there are description_noise"),
        ("world/moons?description_noise", "What follows the . in a key is name=value"),
        ("method/moons/coalescer?desc_scale=zero", "desc_scale=zero cannot be used: it is a number from 0.001"),
        ("method/moons/coalescer?desc_scale=1e9", "desc_scale=1e9 cannot be used: it is a number from 0.001"),
        ("method/moons/coalescer?pairs=20", "pairs is no option of it; there are desc_scale, direction_loss"),
        ("method/moons/coalescer?width=9", "width is no option of it"),
        ("../../etc/passwd", "A key is world/<space>"),
    ],
)
def test_another_key_is_refused_in_a_sentence(key, sentence):
    with pytest.raises(ValueError, match=sentence):
        recipe_of(key)


@given(st.text())
def test_no_text_is_more_than_refused(text):
    try:
        found = recipe_of(text)
    except ValueError:
        return
    assert isinstance(found, (World, *METHODS))
