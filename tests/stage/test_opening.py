"""What comes with the payload for the first picture is what the stage's model itself would have answered."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sandbox.stage import opening as module
from sandbox.stage.opening import opening
from sandbox.stage.packs import key_of, pack_of
from sandbox.stage.payload import payload
from sandbox.stage.state import State
from sandbox.weights.files import WeightsError
from tests.stage.web import encoded, web_page

DRIVER = """
import { Model } from "./model.js";
import { panelQuestion, sharedQuestion, slotsOf, StageState } from "./state.js";
const load = async (key) => (await fetch(`pack/${encodeURIComponent(key)}`)).arrayBuffer();
const plain = (answer) => Object.fromEntries(Object.entries(answer).map(([name, value]) =>
  [name, ArrayBuffer.isView(value) ? [...value] : value]));
export async function answers([payload, query]) {
  const [model, state] = [new Model(payload, load), new StageState(payload.controls, query)];
  const shared = sharedQuestion(state);
  const count = Math.max(state.get("points"), 8);
  return Promise.all(slotsOf(state).map(async (slot) => {
    const panel = panelQuestion(payload, state, slot);
    const journey = { ...panel, t: 1 };
    return {
      field: plain(await model.answer("field", { shared, panel, side: 24 })),
      paths: plain(await model.answer("paths", { shared, panel: journey, count })),
      merits: plain(await model.answer("merits", { shared, panel: journey, count: 2000 })),
    };
  }));
}
"""


@pytest.mark.browser
@pytest.mark.parametrize(
    "state",
    [State(), State(concept="animal", seed=5, points=3, left="diffusion", right="balanced-coalescer", sampler="heun")],
    ids=["as it opens", "another"],
)
def test_it_says_what_the_model_says(chromium, state):
    files = {"driver.js": DRIVER} | {encoded(key_of(each)): pack_of(key_of(each)) for each in state.recipes()}
    script = "async (asked) => (await import('/driver.js')).answers(asked)"
    with web_page(chromium, files) as tab:
        answered = tab.evaluate(script, [payload(), state.write()])
    given = opening(state)
    assert given["query"] == state.write()
    assert len(given["panels"]) == len(answered) == 2
    for ours, theirs in zip(given["panels"], answered, strict=True):
        for kind, near in (("field", 1e-3), ("paths", 1e-4), ("merits", 2e-3)):
            assert ours[kind].keys() <= theirs[kind].keys()
            for name, value in ours[kind].items():
                np.testing.assert_allclose(value, theirs[kind][name], atol=near, err_msg=f"{kind} {name}")


def test_it_is_little_and_what_json_can_say():
    said = json.dumps(opening(State()), allow_nan=False)
    assert len(said) < 80_000


def test_what_is_not_finite_is_left_to_the_model(monkeypatch):
    whole = module.answer

    def diverged(question):
        told = whole(question)
        return replace(told, samples=np.full_like(told.samples, np.nan))

    monkeypatch.setattr(module, "answer", diverged)
    assert {tuple(panel) for panel in opening(State())["panels"]} == {("field", "paths")}


def test_where_something_has_to_be_made_first_nothing_is_said(monkeypatch):
    def missing(view):
        raise WeightsError("Nothing is there.")

    monkeypatch.setattr(module, "make_panel", missing)
    assert opening(State()) == {}
