"""A table's file: rows are added whole, wherever the process that adds them stops, and nothing else is touched."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sandbox.results import files
from sandbox.results.compare import Unit
from sandbox.results.files import Journal, read, write
from sandbox.results.table import COLUMNS, FIGURES, KEYS
from tests.results.small import SCALES, WORLD, same, table

ASKED = {"concepts": ["cat"], "steps": [1, 2]}
ROW = {
    **{name: {str: "a", int: 1, float: 1.5, bool: True}[kind] for name, kind in KEYS.items()},
    **dict.fromkeys(FIGURES, 0.25),
}


@pytest.fixture
def out(tmp_path):
    return tmp_path / "folder" / "table.csv"


@pytest.fixture
def computed(monkeypatch):
    """The desc_scale of every unit that is computed."""
    seen, rows = [], Unit.rows
    monkeypatch.setattr(Unit, "rows", lambda unit: seen.append(unit.method.desc_scale) or rows(unit))
    return seen


def test_rows_are_read_as_they_were_written(out):
    rows = [{**ROW, "seed": 2, "desc_scale": np.nan, "miss": np.inf, "train_seconds": np.nan}]
    rows += [{**ROW, "options": "", "retrained": False, "recall": 1 / 3, "sampler": 'a, "b"', "nfe": 1234567.0}]
    with Journal(out) as journal:
        journal.add(rows)
        before = journal.rows()
    found = read(out)
    assert before.equals(found)
    expected = pd.DataFrame(rows, columns=list(COLUMNS)).replace({1 / 3: 0.333333, 1234567.0: 1234570.0})
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    with Journal(out) as journal:
        journal.add(rows)  # the same once more
    assert read(out).equals(found)
    assert os.listdir(out.parent) == [out.name]


def test_a_table_that_has_all_that_is_asked_is_not_written_again(out, computed):
    first = table(SCALES, out=out, **ASKED)
    text = out.read_text().replace("0.05,60", "0.050,60")  # the same by another hand
    out.write_text(text)
    file = out.stat().st_ino
    assert table(SCALES, out=out, **ASKED).equals(first)
    assert (out.read_text(), out.stat().st_ino) == (text, file)
    assert computed == [0.5, 2.0, 8.0]


def test_a_table_that_lacks_rows_is_continued(out, computed):
    whole = table(SCALES, out=out, **ASKED)
    lines = out.read_text().splitlines(keepends=True)
    out.write_text("".join(lines[:4]))
    told = []
    same(table(SCALES, out=out, progress=lambda *line: told.append(line), **ASKED), whole)
    assert out.read_text().startswith("".join(lines[:4]))
    assert computed == [0.5, 2.0, 8.0, 2.0, 8.0]
    assert told[0] == (1, 3, "already in the table")
    assert [line[:2] for line in told] == [(1, 3), (2, 3), (3, 3)]


def test_what_was_finished_before_an_interrupt_is_in_the_table(out, computed):
    def stop(done, total, text):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        table(SCALES, out=out, progress=stop, **ASKED)
    assert read(out)["desc_scale"].tolist() == [0.5, 0.5, 2.0, 2.0]
    assert os.listdir(out.parent) == [out.name]
    same(table(SCALES, out=out, **ASKED), table(SCALES, **ASKED))
    assert computed[:3] == [0.5, 2.0, 8.0]


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.results.small import SCALES, table

def stop(done, total, text):
    if done == 2:
        os.kill(os.getpid(), signal.SIGKILL)

table(SCALES, out=Path(sys.argv[1]), progress=stop, concepts=["cat"], steps=[1, 2])
"""


def test_what_was_finished_before_a_kill_is_taken_over_by_the_next_sweep(out, computed):
    out.parent.mkdir()
    out.write_text(",".join(COLUMNS) + "\n")
    killed = subprocess.run([sys.executable, "-c", KILLED, out], cwd=Path(__file__).parents[2], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(read(out)) == 0
    same(table(SCALES, out=out, **ASKED), table(SCALES, **ASKED))
    assert computed == [8.0, 0.5, 2.0, 8.0]  # what was lacking; then all of them, for comparison
    assert len(read(out)) == 6
    assert os.listdir(out.parent) == [out.name]


def test_rows_that_reached_the_table_before_a_kill_are_there_once(out):
    with Journal(out) as journal:
        journal.add([ROW])
    with Journal(out) as journal:
        journal.add([ROW, {**ROW, "seed": 2}])
        assert journal.rows()["seed"].tolist() == [1, 2]
    assert read(out)["seed"].tolist() == [1, 2]


def test_a_unit_s_rows_are_added_together_or_not_at_all(out, monkeypatch):
    whole = files.written
    monkeypatch.setattr(files, "written", lambda row: whole(row)[: -1 if row["seed"] == 3 else None])
    with Journal(out) as journal:
        journal.add([ROW])
        with pytest.raises(OSError, match="cannot be used"):
            journal.add([{**ROW, "seed": 2}, {**ROW, "seed": 3}])  # the second cannot be added
    assert read(out)["seed"].tolist() == [1]


def test_one_sweep_at_a_time_adds_to_a_table(out):
    with Journal(out) as journal:
        journal.add([ROW])
        with pytest.raises(OSError, match="another sweep is adding to this table"):
            table(SCALES, out=out, **ASKED)
        journal.add([{**ROW, "seed": 2}])
    assert len(read(out)) == 2


def test_a_table_that_cannot_be_written_leaves_its_rows_in_the_journal(out, monkeypatch):
    def full(path, rows):
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(files, "write", full)
        with pytest.raises(OSError, match="no space left"), Journal(out) as journal:
            journal.add([ROW])
    with Journal(out) as journal:
        assert len(journal.rows()) == 1
    assert len(read(out)) == 1


def test_a_table_is_written_whole_or_not_at_all(out, monkeypatch):
    with Journal(out) as journal:
        journal.add([ROW])
    text, rows = out.read_text(), read(out)

    def half(self, path, **told):
        Path(path).write_text("half a")
        raise OSError("no space left")

    monkeypatch.setattr("pandas.DataFrame.to_csv", half)
    with pytest.raises(OSError, match="no space left"):
        write(out, rows)
    assert out.read_text() == text
    assert os.listdir(out.parent) == [out.name]


def test_rows_and_columns_of_other_sweeps_stay_in_the_table(out):
    table(SCALES[:1], concepts=["cat"], steps=[1], out=out)
    older = read(out).drop(columns=["recall"]).assign(note="mine", measured=0.123456789)
    older.to_csv(out, index=False)
    same(table(SCALES[1:], concepts=["dog"], steps=[1], out=out), table(SCALES[1:], concepts=["dog"], steps=[1]))
    held = read(out)
    assert held["desc_scale"].tolist() == [0.5, 2.0, 8.0]
    assert held["note"].fillna("").tolist() == ["mine", "", ""]
    assert held["measured"].astype(str).tolist()[0] == "0.123456789"
    assert held["recall"].isna().tolist() == [True, False, False]


def refused(out, words, error=ValueError):
    """A sweep says these words of a file and leaves everything as it is."""
    before = {path.name: path.read_bytes() for path in out.parent.iterdir()}
    with pytest.raises(error, match=words), Journal(out):
        pytest.fail("It was opened.")
    with pytest.raises(error, match=words):
        table(SCALES[:1], out=out, **ASKED)
    assert {path.name: path.read_bytes() for path in out.parent.iterdir()} == before


@pytest.mark.parametrize(
    "text",
    ["name,age\nAda,36\n", "a note to myself", "\x00\x01\n\x02", '"\n', "a,b\n1,2,3\n", "desc_scale,age\n8,36\n"],
)
def test_another_kind_of_file_is_refused_and_left_alone(out, text):
    out.parent.mkdir()
    out.write_text(text)
    refused(out, "is not a table of this comparison")


@pytest.mark.parametrize("cut", [-200, -8, -1], ids=["in a row", "in the last cell", "before its end"])
@pytest.mark.parametrize("end", ["", "\n"], ids=["at the end", "and ended"])
def test_a_table_with_a_part_of_a_line_is_refused_and_left_alone(out, cut, end):
    table(SCALES[1:], out=out, **ASKED)
    out.write_text(out.read_text()[:cut] + ("" if cut == -1 else end))
    refused(out, "has a line that is cut off")


@pytest.mark.parametrize("name", ["steps", "recall", "retrained"])
def test_a_cell_that_its_column_cannot_hold_is_refused_and_left_alone(out, name):
    table(SCALES[1:], out=out, **ASKED)
    files._cells(out).assign(**{name: "1.5e"}).to_csv(out, index=False)
    refused(out, "has a cell that is not what its column holds")


@pytest.mark.parametrize("content", [b"a note to myself", b"SQLite format 3\0" + b"x" * 2000], ids=["text", "damaged"])
def test_a_journal_that_is_none_is_refused_and_left_alone(out, content):
    table(SCALES[1:], out=out, **ASKED)
    (out.parent / "table.csv.sqlite").write_bytes(content)
    refused(out, "The journal .*table.csv.sqlite cannot be used: file is not a database", OSError)


def test_another_database_in_the_journal_s_place_is_refused_and_left_alone(out):
    table(SCALES[1:], out=out, **ASKED)
    database = sqlite3.connect(out.parent / "table.csv.sqlite")
    database.execute("CREATE TABLE rows (name TEXT)")
    database.close()
    refused(out, "it is another database", OSError)


def test_an_empty_file_and_none_are_tables_without_rows(out):
    assert list(read(out).columns) == list(COLUMNS)
    out.parent.mkdir()
    out.touch()
    assert len(table(SCALES[:1], out=out, **ASKED)) == len(read(out)) == 2
    assert WORLD.space.name in out.read_text()
