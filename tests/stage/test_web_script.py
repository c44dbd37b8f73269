"""The Python script that a view gives away, run as a visitor would run it: it makes the points that are on the stage."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from playwright.sync_api import expect

from sandbox.stage.lesson import asked, lesson, shown
from sandbox.stage.state import State
from sandbox.weights import store
from tests.browser import ROOT, page

pytestmark = pytest.mark.browser

CLOSE = 1e-4  # space units
SEEN = "try { localStorage.setItem('coalescer-sandbox-tour', 'seen'); } catch {}"
# Runs a script and writes the samples of every question that it has answered.
RECORDING = """
import json, runpy, sys
from sandbox.measure import experiment
plain, found = experiment.answer, []
def answer(question):
    made = plain(question)
    found.append(made.trajectory.states[-1].tolist())
    return made
experiment.answer = answer
runpy.run_path(sys.argv[1])
json.dump(found, open(sys.argv[2], "w"))
"""
STATES = {
    "default": {},
    "other": {
        "space": "moons",
        "concept": "dog",
        "seed": "7",
        "desc_scale": "16",
        "guidance": "2.5",
        "sampler": "heun",
        "right_steps": "4",
        "adaptive": "1",
        "third": "nearest-pair",
        "third_steps": "3",
        "fourth": "balanced-coalescer",  # which has no weights at 16: what is drawn is what the script makes
    },
}


def taken(tab, name, path):
    """What an entry of the menu gives, in a file."""
    with tab.expect_download() as download:
        tab.get_by_role("button", name=name).click()
    download.value.save_as(path)
    return path


@pytest.mark.parametrize("query", STATES.values(), ids=STATES)
def test_the_script_makes_the_points_that_are_on_the_stage(chromium, tmp_path, query):
    state, complaints = State.read(query)
    assert complaints == []
    (tmp_path / "stage.html").write_text(lesson(state, shown(state), [*held(state)]))
    with page(chromium) as tab:
        tab.add_init_script(SEEN)
        tab.goto((tmp_path / "stage.html").as_uri())
        expect(tab.locator(".lesson")).to_contain_text("inside", timeout=60_000)
        tab.locator(".take summary").click()
        table = taken(tab, "Samples (CSV)", tmp_path / "samples.csv")
        script = taken(tab, "Python script", tmp_path / "script.py")
    command = [sys.executable, "-c", RECORDING, str(script), str(tmp_path / "points.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(table.read_text().splitlines()))
    made = json.loads((tmp_path / "points.json").read_text())
    assert len(made) == len(state.panels()) == len(done.stdout.splitlines())
    for panel, points in enumerate(made, 1):
        shown_there = [[float(row["x"]), float(row["y"])] for row in rows if row["panel"] == str(panel)]
        assert len(shown_there) >= 500
        count = min(len(points), len(shown_there))
        assert np.abs(np.array(points[:count]) - np.array(shown_there[:count])).max() < CLOSE, panel


def held(state):
    """What there are weights for."""
    return (method for method in asked(state, shown(state), [8.0, 16.0]) if not store.missing(method))
