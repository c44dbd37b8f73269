"""One list of dependencies, and a wheel that does all that the repository does."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

from sandbox.commands.main import main

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PINNED = re.compile(r"[\w-]+==[\w.]+")


def run(*words, **settings):
    finished = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False, **settings)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def shipped():
    """Every file under sandbox/ that is no trace of running it."""
    files = (path for path in (ROOT / "sandbox").rglob("*") if path.is_file())
    return {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}


def test_requirements_txt_is_what_the_project_depends_on():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == PROJECT["dependencies"]


def test_every_dependency_is_pinned_and_named_once():
    named = [*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["reference"]]
    assert [name for name in named if not PINNED.fullmatch(name)] == []
    names = [name.partition("==")[0].lower() for name in named]
    assert len(set(names)) == len(names)


def test_versions_in_the_readme_are_those_of_the_project():
    named = {*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["reference"]}
    assert set(PINNED.findall((ROOT / "README.md").read_text(encoding="utf-8"))) <= named


def test_an_installed_wheel_does_what_the_repository_does(tmp_path, capsys):
    source, site, elsewhere = tmp_path / "source", tmp_path / "site", tmp_path / "elsewhere"
    shutil.copytree(ROOT / "sandbox", source / "sandbox", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip, offline = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"), ("--no-deps", "--no-index")
    run(*pip, "wheel", *offline, "--no-build-isolation", "-w", tmp_path, source)
    (wheel,) = tmp_path.glob("*.whl")

    with ZipFile(wheel) as content:
        info = f"coalescer_sandbox-{PROJECT['version']}.dist-info"
        inside = {name for name in content.namelist() if not name.startswith(info)}
        metadata = Parser().parsestr(content.read(f"{info}/METADATA").decode())
        scripts = ConfigParser()
        scripts.read_string(content.read(f"{info}/entry_points.txt").decode())
    assert inside == shipped()
    assert [name for name in metadata.get_all("Requires-Dist") if "extra" not in name] == PROJECT["dependencies"]
    assert dict(scripts["console_scripts"]) == {"coalescer-sandbox": "sandbox.commands.main:main"}

    run(*pip, "install", *offline, "--target", site, wheel)
    elsewhere.mkdir()
    settings = {
        "cwd": elsewhere,
        "env": os.environ | {"PYTHONPATH": str(site), "SANDBOX_CACHE": str(tmp_path / "cache")},
    }
    commands = (["list"], ["sample", "--space", "moons", "--samples", "3"])
    script = f"import sandbox.commands.main as it; print(it.__file__); [it.main(words) for words in {commands}]"
    where, printed = run(sys.executable, "-c", script, **settings).split("\n", maxsplit=1)
    assert Path(where).is_relative_to(site)
    assert [main(words) for words in commands] == [0, 0]
    assert printed == capsys.readouterr().out
    assert not (tmp_path / "cache").exists()  # the weights came with the wheel
    assert "usage: coalescer-sandbox" in run(site / "bin" / "coalescer-sandbox", "--help", **settings)
