"""The document: what its signs and names mean, on tables made by hand, and that it says what the shipped tables say."""

from itertools import pairwise

from sandbox.results import cells, report
from sandbox.results.make import DOCUMENT


def test_one_writer_makes_every_table():
    lines = cells.markdown([{"nfe": "1", "cat": "a"}, {"nfe": "2", "dog": "b"}]).splitlines()
    assert lines == ["| NFE | cat |", "|---|---|", "| 1 | a |", "| 2 |  |"]
    assert cells.markdown([]) == cells.by_heading([]) == "Not measured yet."
    assert cells.by_heading([("one", [{"nfe": "1"}]), ("two", [])]).splitlines()[:1] == ["### one"]


def test_every_heading_is_used_and_no_column_is_called_by_its_name_in_code():
    lines = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("|")]
    above = [line.strip("| ").split(" | ") for line, rule in pairwise(lines) if rule.startswith("|---")]
    headings = {heading for line in above for heading in line}
    assert set(cells.HEADINGS.values()) <= headings
    assert {heading for heading in headings if "_" in heading} == {"desc_scale"}


def test_the_template_has_the_words_and_no_table():
    assert "|" not in report.TEMPLATE.read_text()


def test_the_shipped_document_is_that_of_the_shipped_tables():
    assert DOCUMENT.read_text() == report.document()
