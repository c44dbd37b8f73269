"""A table's file: a CSV that is put in place whole, and a journal of the rows that a running sweep adds.

The journal of `table.csv` is `table.csv.sqlite`, a database beside it. A unit's rows enter it in one transaction, so that a
process that is killed leaves whole units there. They move to the CSV when the sweep ends or is interrupted, and after a kill
when the next sweep for this table does.
"""

import csv
import io
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Self

import pandas as pd

from sandbox.results.table import COLUMNS, FIGURES, KEYS, written

KINDS: dict[Any, Any] = {**KEYS, **dict.fromkeys(FIGURES, float)}
NOT_A_NUMBER = {name: [""] for name, kind in KINDS.items() if kind is float}
COLUMN_TYPES = ", ".join(f"{name} TEXT NOT NULL" for name in COLUMNS)
SCHEMA = f"CREATE TABLE rows ({COLUMN_TYPES}, PRIMARY KEY ({', '.join(KEYS)}))"
INSERT = f"INSERT OR IGNORE INTO rows VALUES ({', '.join('?' * len(COLUMNS))})"


def read(path: Path) -> pd.DataFrame:
    """The rows of a table, none where there is no file; ValueError for another kind of file or a damaged one."""
    return _typed(_cells(path), path)


def write(path: Path, table: pd.DataFrame) -> None:
    """Put a table in place whole or not at all, its numbers with six digits."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        table.to_csv(draft, index=False, float_format="%.6g", lineterminator="\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


class Journal:
    """Rows on their way into a table, `with Journal(path) as journal`, for one sweep at a time.

    ValueError for another kind of file or a damaged one, OSError for a journal that cannot be used; both are left as they are.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.journal = path, path.with_name(f"{path.name}.sqlite")

    def __enter__(self) -> Self:
        read(self.path)  # what is no table is refused before anything is made beside it
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._database = _opened(self.journal)
        return self

    def rows(self) -> pd.DataFrame:
        """The table's rows and those on their way into it."""
        return _typed(self._whole(), self.path)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add all of these rows or, if the process is killed meanwhile, none."""
        with _plainly(self.journal), self._database:
            self._database.executemany(INSERT, [written(row) for row in rows])

    def __exit__(self, *_: object) -> None:
        with closing(self._database):
            if not self.path.exists() or self._added():
                write(self.path, self._whole())
        self.journal.unlink()

    def _added(self) -> list[tuple[str, ...]]:
        return self._database.execute("SELECT * FROM rows ORDER BY rowid").fetchall()

    def _whole(self) -> pd.DataFrame:
        added = pd.DataFrame(self._added(), columns=list(COLUMNS), dtype=str)
        whole = pd.concat([_cells(self.path), added], ignore_index=True).fillna("")
        return whole.drop_duplicates(list(KEYS), ignore_index=True)


def _opened(path: Path) -> sqlite3.Connection:
    """A journal's database, new or as a killed process left it, locked until it is closed or this process ends."""
    with _plainly(path), ExitStack() as stack:
        database = stack.enter_context(closing(sqlite3.connect(path, timeout=0)))
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("BEGIN EXCLUSIVE")
        if not database.execute("SELECT * FROM sqlite_master").fetchall():
            database.execute(SCHEMA)
        if [column[1] for column in database.execute("PRAGMA table_info(rows)")] != list(COLUMNS):
            raise sqlite3.DatabaseError("it is another database")
        database.commit()
        stack.pop_all()  # sound: it stays open
    return database


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """What is wrong with a journal as a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
        reason = "another sweep is adding to this table" if busy else error
        raise OSError(f"The journal {path} cannot be used: {reason}.") from error


def _cells(path: Path) -> pd.DataFrame:
    """A table as it stands in its file, every cell a text; columns that an older table lacks are empty."""
    if not path.exists() or not path.stat().st_size:
        return pd.DataFrame(columns=list(COLUMNS), dtype=str)
    try:
        text = path.read_bytes().decode()
        heading, *rows = [cells for cells in csv.reader(io.StringIO(text, newline="")) if cells]
    except (ValueError, csv.Error) as error:
        raise ValueError(f"{path} is not a table of this comparison: name another file.") from error
    if lacking := [name for name in KEYS if name not in heading]:
        raise ValueError(f"{path} is not a table of this comparison, which has the columns {', '.join(lacking)}.")
    if any(len(cells) != len(heading) for cells in rows) or not text.endswith("\n"):
        raise ValueError(f"{path} has a line that is cut off: remove that line, or name another file.")
    lacking = [name for name in COLUMNS if name not in heading]
    return pd.DataFrame(rows, columns=heading, dtype=str).reindex(columns=[*heading, *lacking], fill_value="")


def _typed(cells: pd.DataFrame, path: Path) -> pd.DataFrame:
    """A table with its numbers as numbers."""
    try:
        text = io.StringIO(cells.to_csv(index=False))
        return pd.read_csv(text, dtype=KINDS, keep_default_na=False, na_values=NOT_A_NUMBER)
    except ValueError as error:
        raise ValueError(f"{path} has a cell that is not what its column holds: name another file.") from error
