"""What the cards of learned planes ask: nearest pairs and encoded pictures are Python's, and drawings resemble the data."""

import numpy as np
import pytest

from sandbox.learned.digits import SIX_DIGITS
from sandbox.pairs import World, make_pairs
from sandbox.pairs.index import PairIndex
from sandbox.spaces import LEARNED_SPACES, NONE, space_named
from sandbox.stage.packs import key_of, world_pack
from sandbox.stage.payload import payload
from tests.stage.web import encoded, web_page

pytestmark = pytest.mark.browser

PLANES = [space for space in LEARNED_SPACES if space.dimensions == 2]
K = 8
DRIVER = """
import { Model } from "./model.js";
import { pictureOf } from "./inked.js";
import { foundWords } from "./nearbywords.js";
const load = async (key) => (await fetch(`pack/${encodeURIComponent(key)}`)).arrayBuffer();
const plain = (told) => Object.fromEntries(Object.entries(told).map(([name, value]) =>
  [name, ArrayBuffer.isView(value) ? [...value] : value]));
export async function ask([payload, kind, questions]) {
  globalThis.model ??= new Model(payload, load);
  return Promise.all(questions.map(async (question) => plain(await globalThis.model.answer(kind, question))));
}
export const drawn = (drawings) => drawings.map((drawing) => [...pictureOf(drawing, 8, 0.305)]);
export const words = ([found, asked]) => foundWords(found, asked);
"""
# A hand's strokes, from 0 to 1 from the upper left, in the middle of the square and smaller than it.
STROKES = {
    "zero": [[0.5, 0.25], [0.38, 0.4], [0.38, 0.6], [0.5, 0.75], [0.62, 0.6], [0.62, 0.4], [0.5, 0.25]],
    "three": [[0.36, 0.27], [0.55, 0.25], [0.6, 0.35], [0.46, 0.47], [0.62, 0.6], [0.56, 0.75], [0.38, 0.74]],
    "one": [[0.52, 0.22], [0.5, 0.78]],
    "six": [[0.55, 0.25], [0.42, 0.42], [0.38, 0.62], [0.5, 0.75], [0.61, 0.65], [0.55, 0.54], [0.4, 0.6]],
    "seven": [[0.36, 0.26], [0.62, 0.26], [0.5, 0.5], [0.42, 0.75]],
}

every_plane = pytest.mark.parametrize("space", PLANES, ids=lambda space: space.name)


@pytest.fixture(scope="module")
def tab(chromium):
    files = {"driver.js": DRIVER} | {encoded(key_of(world)): world_pack(world) for world in map(World, PLANES)}
    with web_page(chromium, files) as opened:
        yield opened


def call(tab, function, asked):
    script = "async ([name, asked]) => { const driver = await import('/driver.js'); return driver[name](asked); }"
    return tab.evaluate(script, [function, asked])


def ask(tab, space, kind, questions):
    shared = {"space": space.name, "description_noise": 0.05, "concept": NONE, "seed": 0}
    return call(tab, "ask", [payload(), kind, [{"shared": shared} | question for question in questions]])


@every_plane
@pytest.mark.parametrize("desc_scale", [0.05, 1.0, 8.0, 500.0])
def test_the_nearest_pairs_are_those_of_the_index(tab, space, rng, desc_scale):
    pairs, n = make_pairs(World(space)), 6
    image, description = rng.normal(size=(n, 2)), pairs.clean[rng.integers(len(pairs.clean), size=n)]
    description = (description + rng.normal(size=(n, 2)) * np.arange(n)[:, None] / n).astype(np.float32)
    asked = [
        {"place": at.tolist(), "description": de.tolist(), "desc_scale": desc_scale, "k": K}
        for at, de in zip(image, description, strict=True)
    ]
    told = ask(tab, space, "nearest", asked)
    away, index = PairIndex(pairs, desc_scale).query(description.astype(float), image, K)
    squared = np.array([np.add(one["described"], one["placed"]) for one in told])
    np.testing.assert_allclose(np.sqrt(squared), away, rtol=1e-9)
    alone = np.diff(away, axis=1, prepend=-1, append=np.inf)  # of equals any order is right
    sure = (alone[:, :-1] > 1e-9) & (alone[:, 1:] > 1e-9)
    np.testing.assert_array_equal(np.array([one["index"] for one in told])[sure], index[sure])
    for one in told:
        np.testing.assert_array_equal(one["caption"], pairs.concept[one["index"]])
        np.testing.assert_array_equal(np.reshape(one["image"], (K, 2)), pairs.image[one["index"]].astype(np.float32))


@every_plane
def test_without_a_description_the_place_alone_decides_and_each_image_may_come_once(tab, space):
    pairs, place, meant = make_pairs(World(space)), [0.4, -0.3], space.concepts[-1]
    asked = {"place": place, "description": None, "desc_scale": 8, "k": K, "meant": meant.name}
    every, once = ask(tab, space, "nearest", [asked, asked | {"apart": True}])
    nan = np.full((1, 2), np.nan)
    away = PairIndex(pairs, 8).query(nan, np.array([place]), K)[0][0]
    np.testing.assert_allclose(np.sqrt(every["placed"]), away, rtol=1e-9)
    assert not any(every["described"])
    images = np.unique(pairs.image, axis=0)
    squared = np.sort(np.square(images - place).sum(axis=1))[:K]
    np.testing.assert_allclose(once["placed"], squared, rtol=1e-9)
    fits = np.isin(pairs.region, [i for i, region in enumerate(space.regions) if region.name in meant.regions])
    apart = np.square(pairs.image[fits] - place).sum(axis=1)
    assert once["nearer"] == pytest.approx((apart[:, None] < once["placed"]).mean())


def test_pictures_are_encoded_as_in_python(tab, rng):
    space = space_named("digits")
    pixels = np.concatenate([SIX_DIGITS.pictures("held_out").pixels[:40], rng.random((20, 8, 8, 1), np.float32)])
    (told,) = ask(tab, space, "encode", [{"pixels": pixels.ravel().tolist()}])
    np.testing.assert_allclose(np.reshape(told["places"], (-1, 2)), space.ends.encode(pixels), atol=1e-4)


def test_only_a_plane_of_grey_pictures_brings_an_encoder(tab):
    (told,) = ask(tab, space_named("pets"), "encode", [{"pixels": [0.0] * 3072}])
    assert "comes without an encoder" in told["error"]
    spaces = payload()["spaces"]
    assert {name for name, known in spaces.items() if known["channels"] == 1} == {"digits"}


def test_drawings_are_as_high_wide_and_dark_as_the_data_and_lie_in_their_digit_s_region(tab):
    space = space_named("digits")
    drawings = [{"strokes": [stroke], "cells": []} for stroke in STROKES.values()]
    told = np.array(call(tab, "drawn", drawings), np.float32).reshape(-1, 8, 8, 1)
    real = SIX_DIGITS.pictures("train").pixels.mean(axis=(1, 2, 3))
    least, most = np.quantile(real, [0.01, 0.99])
    assert all(least < ink < most for ink in told.mean(axis=(1, 2, 3)))
    assert (told.max(axis=2) > 0.3).all()  # from the first row to the last
    assert (told[:, :, [0, 7]] < 0.2).all()
    seen = space.distances(space.ends.encode(told)).argmin(axis=0)
    assert [space.regions[k].name for k in seen] == [*STROKES]
    wide, moved = ({"strokes": [[[0.2 * x + left, y] for x, y in STROKES["zero"]]], "cells": []} for left in (0, 0.7))
    np.testing.assert_allclose(*call(tab, "drawn", [wide, moved]), atol=0.07)


def test_cells_of_the_keyboard_are_the_pixels_that_they_fill_and_nothing_is_no_picture(tab):
    whole = [cell for cell in range(64) if cell % 8 in (1, 6) or cell // 8 in (0, 7)]
    empty, told = call(tab, "drawn", [{"strokes": [], "cells": []}, {"strokes": [], "cells": whole}])
    assert not any(empty)
    assert [cell for cell, ink in enumerate(told) if ink == 1] == whole
    assert sum(told) == len(whole)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"fits": 3}, "Only 3 of 8 fit “a cat”: the place outweighs the description"),
        ({"fits": 0, "pictures": 1}, "None of the 8 fits “a cat”: the place outweighs the description"),
        ({"others": 6}, "All 8 fit “a cat”, but 6 stand under other captions"),
        (
            {"nearer": 0.04},
            "All 8 fit “a cat”, and 4 % of what fits lies nearer to R: description and place both count.",
        ),
        ({"nearer": 0.4}, "the noise of the descriptions chooses as well as the place."),
        ({"nearer": 0.4, "described": 99.0}, "the noise of the descriptions alone chooses."),
        ({"none": True}, "Nothing is asked, so the place alone decides"),
    ],
)
def test_the_sentence_says_what_decided(tab, found, said):
    known = {"fits": K, "others": 0, "nearer": 0.0, "described": 0.1, "pictures": K, "none": False} | found
    pairs = [
        {
            "fits": i < known["fits"],
            "captions": ["an animal" if i < known["others"] else "a cat"],
            "described": known["described"],
            "placed": 1.0,
        }
        for i in range(K)
    ]
    told = {"pairs": pairs, "pictures": known["pictures"], "nearer": known["nearer"]}
    words = call(tab, "words", [told, {"description": None if known["none"] else [0, 0], "meant": "a cat"}])
    assert said in words
    assert ("All are one picture." in words) == (known["pictures"] == 1)
