"""The cliffs of desc_scale: both ends of what serves, and what is said of them."""

import pandas as pd
import pytest

from sandbox.results.cliffs import cliffs, sentences

SCALES = [0.5, 2.0, 8.0, 32.0, 128.0]


def curve(recognised, recall):
    return pd.DataFrame({"desc_scale": SCALES, "recognised": recognised, "recall": recall})


HEARD, LOST = [0.5, 0.8, 0.97, 0.98, 0.98], [0.6, 0.58, 0.53, 0.3, 0.1]
FLAT = [0.98] * 5


@pytest.mark.parametrize(
    ("recognised", "recall", "ends"),
    [
        (HEARD, LOST, (8.0, 8.0)),
        (FLAT, LOST, (0.5, 2.0)),
        (HEARD, FLAT, (8.0, 128.0)),
        (FLAT, [0.9, 0.5, 0.9, 0.9, 0.9], (0.5, 0.5)),  # beyond an edge may be good values again
        (HEARD, [0.6, 0.58, 0.4, 0.5, 0.5], (8.0, 128.0)),  # recall where the description is not heard is no measure
    ],
)
def test_from_where_it_is_heard_to_where_recall_breaks_off(recognised, recall, ends):
    assert cliffs(curve(recognised, recall)) == ends


def test_both_ends_are_told_with_their_figures():
    low, high, exact = (
        text.replace("\N{NO-BREAK SPACE}", " ") for text in sentences(curve(HEARD, LOST), curve(HEARD, FLAT))
    )
    assert "50 % are recognised at 0.5, 97 % at 8" in low
    assert "as many are recognised (98 % at 128): it is recall that falls, from 53 % to 10 %" in high
    assert exact.startswith("The lookup itself finds 98 % there")


def test_where_there_is_no_cliff_none_is_told():
    assert list(sentences(curve(FLAT, FLAT), curve(FLAT, FLAT))) == []
    assert len(list(sentences(curve(HEARD, LOST), curve(HEARD, LOST)))) == 2  # the lookup does no better
    (one,) = sentences(curve(FLAT, LOST), curve(FLAT, LOST))
    assert "recall that falls" in one
    (_, other) = sentences(curve([0.5, 0.8, 0.97, 0.9, 0.7], LOST), curve(HEARD, LOST))
    assert "fewer are recognised, too" in other
