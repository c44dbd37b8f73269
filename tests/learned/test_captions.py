import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.learned.captions import LISTED, Caption, find_caption, plain, words_of

CAPTIONS = (
    Caption("an animal", ("cat", "dog")),
    Caption("a cat with long ears", ("cat",)),
    Caption("a dark cat with long ears", ("cat",)),
    Caption("a dog", ("dog",)),
)


def fault(text, captions=CAPTIONS):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        find_caption(text, captions, "pets")
    return str(error.value)


@given(st.text(max_size=40))
def test_what_is_plain_stays_as_it_is(text):
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A Dog", "a dog"),
        ("  a \t dog\n", "a dog"),
        ("a dog.", "a dog"),
        ("a dog .  ", "a dog"),
        ("a dog...", "a dog"),
        ("a 3.5 mm lens", "a 3.5 mm lens"),
        ("un Cafe\u0301", "un caf\u00e9"),
        ("", ""),
        (" . ", ""),
    ],
)
def test_plain(text, expected):
    assert plain(text) == expected


@pytest.mark.parametrize("text", ["a dark cat with long ears", " A DARK  cat with\nlong ears. "])
def test_a_caption_is_found_however_it_is_written(text):
    assert find_caption(text, CAPTIONS, "pets") == CAPTIONS[2]


def test_words_are_sorted_and_there_once():
    assert words_of(CAPTIONS) == ("a", "an", "animal", "cat", "dark", "dog", "ears", "long", "with")


def test_a_word_of_no_caption_is_said():
    assert fault("A purple dog.") == (
        "'purple' is no word that the captions of pets use; they use a, an, animal, cat, dark, dog, ears, long, with."
    )


def test_of_many_words_some_are_listed():
    captions = [Caption(f"word{i:02}", ("one",)) for i in range(LISTED + 3)]
    assert fault("no", captions).endswith(f"word{LISTED - 1:02} and 3 others.")
    assert fault("no", captions[:LISTED]).endswith(f"word{LISTED - 1:02}.")


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("long cat", "a cat with long ears"),  # both words, and the fewest others
        ("dark dark cat", "a dark cat with long ears"),
        ("dog", "a dog"),
        ("", "an animal"),  # nothing in common with any: the first of the shortest
    ],
)
def test_words_that_make_no_caption_are_answered_with_one_that_has_most_of_them(text, instead):
    assert fault(text) == f"No caption of pets says {text!r}; for instance: {instead!r}."


def test_no_more_than_200_letters_are_looked_at():
    assert find_caption("a dog".rjust(200), CAPTIONS, "pets") == CAPTIONS[3]
    assert fault("a dog".rjust(201)) == "A caption has at most 200 letters, and this text has 201."
    assert len(fault("x" * 10**7)) < 100


@given(st.text(max_size=300))
def test_any_other_text_is_answered_with_one_sentence(text):
    sentence = fault(text)
    assert sentence.endswith(".")
    assert sentence.isprintable()
