"""The documentation: every example runs and prints what it shows, every link leads somewhere, every word is in the code.

A fence that says `slow` (an experiment that trains networks) is only compiled, unless SANDBOX_DOCS=slow is set.
"""

import os
import re
import shlex
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from urllib.parse import parse_qsl

import pytest

from sandbox import methods, spaces
from sandbox.commands.main import main
from sandbox.commands.parser import parser
from sandbox.stage.state import State

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SLOW = os.environ.get("SANDBOX_DOCS") == "slow"
COMMAND = "python -m sandbox"

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@dataclass(frozen=True)
class Block:
    """A fenced example: its language and further words, its text, and the line of the page on which the text begins."""

    info: tuple[str, ...]
    text: str
    line: int

    @property
    def runs(self):
        return SLOW or "slow" not in self.info


def blocks(page, language):
    found = re.finditer(r"^```(\S[^\n]*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    every = [
        Block(tuple(m[1].split()), m[2], page.read_text(encoding="utf-8")[: m.start(2)].count("\n") + 1) for m in found
    ]
    return [block for block in every if block.info[0] == language]


def commands(page):
    """`(line, words, lines of output shown)` of every command, with `$ ` before it where its output is shown."""
    found = []
    for block in blocks(page, "console") + blocks(page, "bash"):
        for number, line in enumerate(block.text.splitlines(), block.line):
            if line.removeprefix("$ ").startswith(COMMAND):
                words = shlex.split(line.removeprefix("$ ").removeprefix(COMMAND), comments=True)
                found.append((number, words, [], block.runs))
            elif line.startswith("$ ") or block.info[0] == "bash":
                found.append((number, None, [], False))
            elif found:
                found[-1][2].append(line)
    return [command for command in found if command[1] is not None]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Nothing that an example does outlives it: neither files, nor trained weights, nor methods and spaces it adds."""
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(methods, "METHODS", methods.METHODS)
    monkeypatch.setattr(spaces, "SPACES", spaces.SPACES)


@every_page
def test_python_examples_run(page, monkeypatch):
    module = types.ModuleType(f"example_{page.stem.replace('-', '_')}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks(page, "python"):
        code = compile("\n" * (block.line - 1) + block.text, str(page), "exec")  # so that lines are those of the page
        if not block.runs:
            continue
        try:
            exec(code, module.__dict__)
        except Exception as error:
            lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(page)]
            place = f"{page.relative_to(ROOT)}:{lines[-1] if lines else block.line}"
            pytest.fail(f"{place}: {type(error).__name__}: {error}")


def same(shown, printed):
    """Whether two lines say the same: words exactly, numbers nearly (processors round differently), up to a final `…`."""
    left, right = re.split(r"[\s,]+", shown.strip()), re.split(r"[\s,]+", printed.strip())
    if left[-1] == "…":
        left, right = left[:-1], right[: len(left) - 1]
    if len(left) != len(right):
        return False
    for a, b in zip(left, right, strict=True):
        try:
            equal = float(b) == pytest.approx(float(a), rel=0.02, abs=0.02)
        except ValueError:
            equal = a == b
        if not equal:
            return False
    return True


@every_page
def test_commands_print_what_is_shown(page, capsys):
    for number, words, shown, runs in commands(page):
        place = f"{page.relative_to(ROOT)}:{number}"
        if not runs:
            parser(dict.fromkeys(("list", "train", "sample", "compare", "figure", "page"), print)).parse_args(words)
            continue
        assert main(words) == 0, f"{place}: {capsys.readouterr().err}"
        printed = iter(capsys.readouterr().out.splitlines())
        for line in shown:
            # In the order shown; a line `...` stands for any number of others.
            found = line.strip() in ("", "...") or any(same(line, candidate) for candidate in printed)
            assert found, f"{place}: not printed, or not in this place: {line}"


def test_shown_output_is_compared():
    assert same("cat  2  0.9981  …", "cat     2   0.9972  17.3")
    assert not same("cat  2  0.9981  …", "cat     2   0.9572  17.3")
    assert not same("cat  2  0.9981", "dog     2   0.9981")
    assert not same("cat  2", "cat  2  3")


def headings(page):
    """The anchors of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@every_page
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        there = page.parent / file if file else page
        assert there.exists(), f"{page.relative_to(ROOT)} links to {target}, which does not exist"
        assert not anchor or anchor in headings(there), f"{page.relative_to(ROOT)}: {target} has no such heading"


@every_page
def test_tests_and_files_that_are_named_exist(page):
    text = page.read_text(encoding="utf-8")
    for file in re.findall(r"`((?:sandbox|tests|docs)/[\w/.-]+\.\w+)`", text):
        # Pages on adding something name the file that the reader is to write.
        assert (ROOT / file).exists() or f"new file `{file}`" in text, f"{page.relative_to(ROOT)} names {file}"
    written = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    for test in re.findall(r"`(test_\w+)`", text):
        assert f"def {test}(" in written, f"{page.relative_to(ROOT)} names {test}, which does not exist"


@every_page
def test_links_to_the_page_ask_for_what_can_be_shown(page):
    for query in re.findall(r"`[^`\s]*\?([a-z_]+=[^`\s]+)`", page.read_text(encoding="utf-8")):
        values = dict(parse_qsl(query, strict_parsing=True))
        state, complaints = State.read(values)
        assert not complaints, f"{page.relative_to(ROOT)}: ?{query}: {complaints}"
        assert set(state.write()) == set(values), f"{page.relative_to(ROOT)}: ?{query} says what is so by itself"


def notation():
    """`(symbol, files)` of each row of the tables in docs/notation.md: its words and where it says they are."""
    rows = [
        line.split("|")
        for line in (ROOT / "docs/notation.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    return [
        (symbol, re.findall(r"`([\w/.]+\.py)`", row[-2])) for row in rows for symbol in re.findall(r"`(\w+)`", row[1])
    ]


@pytest.mark.parametrize(("symbol", "files"), notation())
def test_the_words_of_the_notation_are_in_the_code(symbol, files):
    assert files
    for file in files:
        assert re.search(rf"\b{symbol}\b", (ROOT / "sandbox" / file).read_text(encoding="utf-8")), (
            f"{symbol} is not in sandbox/{file}"
        )


def shares(text):
    """Every share that a listing shows, as whole per cent."""
    return {round(100 * float(number)) for number in re.findall(r"(?<![\w.])(?:0\.\d+|1)(?![\w.])", text)}


def test_the_shares_of_the_tour_are_those_of_its_listing():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tour, listing = readme[readme.index("### Ten minutes") : readme.index("## The command line")].split("```console", 1)
    said = {int(number) for number in re.findall(r"(\d+) %", tour)}
    assert len(said) > 8
    assert said <= shares(listing), f"said, and not listed: {sorted(said - shares(listing))}"
