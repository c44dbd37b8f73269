"""The table of somebody's own pictures: which file shows what kind of picture, and what can be said of it.

It is read as text and never run: a CSV file in UTF-8 whose first line names the columns `file`, `kind` and, if there are any,
`captions`, several of them separated by semicolons. Other columns are left alone. What is too much, or is not there, is said
in a ValueError of one sentence.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.learned.captions import Caption, plain

BYTES = 20_000_000  # of a table
ROWS = 20_000
KINDS = 2, 64  # the fewest and the most
OF_A_KIND = 8, 2_000
CAPTIONS = 500
LETTERS = 100  # of a caption or of a kind's name
FILE_LETTERS = 255  # of a file's name with its folders


@dataclass(frozen=True)
class Row:
    """A picture: its file as the table calls it, its kind and its captions as `plain` writes them."""

    place: str  # "line 2 of labels.csv"
    file: str
    kind: str
    captions: tuple[str, ...]


def read_table(table: Path) -> list[Row]:
    """The rows of a table; ValueError with a sentence that says where a fault is and what to do."""
    if not table.is_file():
        raise ValueError(f"There is no table {table}; it is a CSV file with the columns file, kind and captions.")
    if table.stat().st_size > BYTES:
        raise ValueError(f"{table.name} is larger than {BYTES // 10**6} MB; leave rows or columns out.")
    try:
        text = table.read_text(encoding="utf-8-sig")
        rows = list(_rows(text, table.name))
    except UnicodeDecodeError as error:
        raise ValueError(f"{table.name} is no text in UTF-8; save it as a CSV file in UTF-8.") from error
    except csv.Error as error:
        raise ValueError(f"{table.name} is no CSV file ({error}); save it as one, with commas.") from error
    _check_counts(rows, table.name)
    return rows


def captions_of(rows: Sequence[Row]) -> tuple[Caption, ...]:
    """Every caption with all kinds that it was given to; a kind that was given none is called by its name."""
    kinds: dict[str, dict[str, None]] = {}  # of each caption; a dict keeps their order
    for row in rows:
        for text in row.captions:
            kinds.setdefault(text, {})[row.kind] = None
    order, named = kinds_of(rows), {row.kind for row in rows if row.captions}
    for kind in order:
        if kind not in named:
            kinds.setdefault(kind, {})[kind] = None
    if len(kinds) > CAPTIONS:
        raise ValueError(f"The table has {len(kinds):,} captions, and at most {CAPTIONS} are read; leave some out.")
    return tuple(Caption(text, tuple(sorted(of, key=order.index))) for text, of in kinds.items())


def kinds_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """The kinds, in the order in which they first come."""
    return tuple(dict.fromkeys(row.kind for row in rows))


def _rows(text: str, name: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = [plain(column) for column in next(reader, [])]
    if columns.count("file") != 1 or columns.count("kind") != 1 or columns.count("captions") > 1:
        raise ValueError(
            f"The first line of {name} has to name the columns file and kind, and captions if there are any, once each "
            f"and with commas between them."
        )
    found = 0
    for values in reader:
        if not values:  # an empty line
            continue
        found += 1
        place = f"line {reader.line_num:,} of {name}"
        if found > ROWS:
            raise ValueError(f"{name} has more than {ROWS:,} pictures; leave some out, from {place} on.")
        if len(values) != len(columns):
            raise ValueError(
                f"The first line has {len(columns)} values, and {place} has {len(values)}; write as many, and a text "
                f"with a comma between quotation marks."
            )
        row = dict(zip(columns, values, strict=True))
        captions = dict.fromkeys(filter(None, map(plain, row.get("captions", "").split(";"))))
        yield Row(
            place,
            _checked(row["file"].strip(), FILE_LETTERS, "name of a file", place),
            _checked(plain(row["kind"]), LETTERS, "kind", place),
            tuple(_checked(caption, LETTERS, "caption", place) for caption in captions),
        )


def _checked(text: str, letters: int, what: str, place: str) -> str:
    if not text:
        raise ValueError(f"There is no {what} in {place}; fill it in or leave the line out.")
    if len(text) > letters:
        raise ValueError(f"The {what} in {place} has {len(text):,} letters; make it {letters} or fewer.")
    if not text.isprintable():
        raise ValueError(f"The {what} in {place} has a letter that cannot be printed; write it anew: {text!r}.")
    return text


def _check_counts(rows: Sequence[Row], name: str) -> None:
    counts = Counter(row.kind for row in rows)
    fewest, most = KINDS
    if not fewest <= len(counts) <= most:
        raise ValueError(f"{name} needs from {fewest} to {most} kinds of picture, and has {len(counts):,}.")
    fewest, most = OF_A_KIND
    for kind, count in counts.items():
        if not fewest <= count <= most:
            raise ValueError(
                f"{name} needs from {fewest} to {most:,} pictures of the kind {kind!r}, and has {count:,}."
            )
