"""Captions in the browser: what is typed is found, or refused in the same sentence, as in Python; all can be built."""

import pytest

from sandbox.learned.captions import LETTERS, Caption, find_caption
from sandbox.spaces import LEARNED_SPACES
from tests.stage.web import web_page

pytestmark = pytest.mark.browser

TYPED = (
    *("a cat", "A  Dark\tCat.", "  a seven ...", "an even digit", "a dark cat with long ears", "digit", "none", ""),
    *(
        "a purple cat",
        "a cat cat",
        "cat a",
        "long ears",
        "éclair cat",
        "e\u0301clair",
        "it's",
        'it\'s "so"',
        "a\\b",
        "İ",
    ),
    *("x" * LETTERS, "x" * (LETTERS + 1), "a cat " * 300, "\U0001f431" * LETTERS, "a\x1fcat", "a\xa0cat", "a\u200bcat"),
)
DRIVER = """
import { completed, findCaption, nextWords } from "./captions.js";
export const found = ([texts, captions, name]) => texts.map((text) => findCaption(text, captions, name));
/** For every caption the words of which one is pressed to build it, and what has been built. */
export function built(captions) {
  return captions.map((caption) => {
    const pressed = [];
    let words = [];
    while (words.join(" ") !== caption) {
      const word = nextWords(captions, words).find((one) => one === caption.split(" ")[words.length]);
      if (word === undefined) return null;
      pressed.push(word);
      words = completed(captions, [...words, word]);
    }
    return pressed;
  });
}
"""


@pytest.fixture(scope="module")
def tab(chromium):
    with web_page(chromium, {"driver.js": DRIVER}) as opened:
        yield opened


def call(tab, function, asked):
    script = "async ([name, asked]) => { const driver = await import('/driver.js'); return driver[name](asked); }"
    return tab.evaluate(script, [function, asked])


def in_python(text, pictures):
    try:
        return {"caption": pictures.caption(text).text}
    except ValueError as error:
        return {"error": str(error)}


@pytest.mark.parametrize("space", LEARNED_SPACES, ids=lambda space: space.name)
def test_what_is_typed_is_found_or_refused_as_in_python(tab, space):
    pictures = space.ends.pictures
    texts = [*TYPED, *(caption.text.upper() for caption in pictures.captions)]
    told = call(tab, "found", [texts, [caption.text for caption in pictures.captions], pictures.name])
    assert dict(zip(texts, told, strict=True)) == {text: in_python(text, pictures) for text in texts}
    assert find_caption(texts[-1], pictures.captions, pictures.name) == pictures.captions[-1]


@pytest.mark.parametrize("space", LEARNED_SPACES, ids=lambda space: space.name)
def test_every_caption_is_built_by_its_words_and_none_is_pressed_for_nothing(tab, space):
    captions = [caption.text for caption in space.ends.pictures.captions]
    pressed = call(tab, "built", captions)
    assert None not in pressed
    for caption, words in zip(captions, pressed, strict=True):
        assert set(words) <= set(caption.split())
        assert len(words) <= len(caption.split())


def test_of_many_words_as_many_are_listed_as_in_python(tab):
    captions = tuple(Caption(f"word-{k:02} again", ("kind",)) for k in range(40))
    (told,) = call(tab, "found", [["nothing"], [caption.text for caption in captions], "many"])
    with pytest.raises(ValueError, match="and 17 others") as refused:
        find_caption("nothing", captions, "many")
    assert told == {"error": str(refused.value)}
