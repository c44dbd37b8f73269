"""Captions: short texts, each true of one kind of picture or of several."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LETTERS = 200  # of a text that is looked at
LISTED = 24  # words that a sentence lists


@dataclass(frozen=True)
class Caption:
    """A text, as `plain` writes it, and the names of the kinds of picture that it is true of, in the set's order."""

    text: str
    kinds: tuple[str, ...]


def plain(text: str) -> str:
    """The text in small letters, with single blanks and without a full stop at its end."""
    letters = unicodedata.normalize("NFC", text.lower())  # é is one letter, however it was typed
    return " ".join(letters.split()).rstrip(". ")


def words_of(captions: Sequence[Caption]) -> tuple[str, ...]:
    """Every word that some caption has, sorted."""
    return tuple(sorted({word for caption in captions for word in caption.text.split()}))


def find_caption(text: str, captions: Sequence[Caption], name: str) -> Caption:
    """The caption that a text says; ValueError with a sentence that calls the set by its name where none does."""
    if len(text) > LETTERS:
        raise ValueError(f"A caption has at most {LETTERS} letters, and this text has {len(text):,}.")
    asked = plain(text)
    for caption in captions:
        if caption.text == asked:
            return caption
    known = words_of(captions)
    for word in asked.split():
        if word not in known:
            rest = f" and {len(known) - LISTED} others" if len(known) > LISTED else ""
            listed = ", ".join(known[:LISTED]) + rest
            raise ValueError(f"{word!r} is no word that the captions of {name} use; they use {listed}.")
    nearest = max(captions, key=lambda caption: _likeness(asked, caption.text))
    raise ValueError(f"No caption of {name} says {asked!r}; for instance: {nearest.text!r}.")


def _likeness(asked: str, text: str) -> tuple[int, int]:
    """More words in common, and then fewer others, are nearer."""
    one, other = {*asked.split()}, {*text.split()}
    return len(one & other), -len(other)
