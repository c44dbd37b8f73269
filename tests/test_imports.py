"""The house: few rooms, imports that run one way, and nothing outside sandbox/page that needs streamlit."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SANDBOX = ROOT / "sandbox"
FILES = sorted(SANDBOX.rglob("*.py"))
MODULES, FOLDERS, LINES = 4, 13, 250  # directly under sandbox/ at the most, and of a module

# From the bottom up: a folder may import from those below its own; its files may import one another.
LAYERS = (
    {"engine"},
    {"weights"},
    {"pictures"},
    {"learned"},
    {"spaces"},
    {"pairs"},
    {"methods"},
    {"measure"},
    {"results"},
    {"stage"},
    {"commands", "contract", "page"},
    {"__main__"},
)
LEVEL = {module: level for level, layer in enumerate(LAYERS) for module in layer}


def unit(path):
    """The module, or the folder that stands for it."""
    return path.relative_to(SANDBOX).parts[0].removesuffix(".py")


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(source):
    """Every dotted name that a source imports, wherever in the file: `from a import b` gives a.b."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write imports in full, from sandbox.x import y"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def units_imported(path):
    names = [name.split(".") for name in imported(path.read_text())]
    return {parts[1] for parts in names if parts[0] == "sandbox" and len(parts) > 1}


every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


@pytest.mark.parametrize("module", sorted({unit(path) for path in FILES} - {"__init__"}))
def test_every_module_has_its_layer(module):
    assert module in LEVEL, (
        f"sandbox/{module} is new: say in LAYERS (tests/test_imports.py) from which layers it may import"
    )


@every_file
def test_imports_run_one_way(path):
    here = unit(path)
    for other in units_imported(path) - {here}:
        assert other in LEVEL, f"{dotted(path)} imports sandbox.{other}, which has no layer in tests/test_imports.py"
        assert LEVEL[other] < LEVEL.get(here, -1), f"{dotted(path)} must not import sandbox.{other}: not a layer below"


def folders(root):
    return {path.parent.name for path in root.glob("*/*.py")}


def test_the_sandbox_has_few_rooms():
    assert len(list(SANDBOX.glob("*.py"))) <= MODULES
    assert len(folders(SANDBOX)) <= FOLDERS


@every_file
def test_a_module_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES


def test_every_folder_of_tests_mirrors_one_of_the_sandbox():
    assert folders(ROOT / "tests") <= folders(SANDBOX)


@every_file
def test_only_the_page_imports_streamlit(path):
    if unit(path) != "page":
        assert "streamlit" not in {name.split(".")[0] for name in imported(path.read_text())}


@every_file
def test_no_module_of_the_sandbox_imports_the_tests_or_the_app(path):
    assert not {"app", "tests"} & {name.split(".")[0] for name in imported(path.read_text())}


def test_every_module_outside_the_page_imports_without_streamlit():
    modules = [dotted(path) for path in FILES if unit(path) != "page"]
    script = """
import importlib, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "streamlit":
            raise ModuleNotFoundError("streamlit is not to be imported here")

sys.meta_path.insert(0, Blocked())
for module in sys.argv[1:]:
    importlib.import_module(module)
"""
    command = [sys.executable, "-c", script, *modules]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
