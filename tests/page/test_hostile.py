"""Hostile links and damaged packs: a state that can be drawn, pictures or sentences, and never an error that nobody caught."""

import base64
import json
import random
import re
import struct

import pytest

from sandbox.stage.packs import method_pack, world_pack
from sandbox.stage.payload import payload
from sandbox.stage.state import State, controls
from tests.stage.web import web_page

LINKS = 2000
DAMAGED = 300
SEED = 20
NASTY = (
    *(
        "",
        " ",
        "-",
        "0",
        "1",
        "-1",
        "1e999",
        "-1e999",
        "nan",
        "inf",
        "-inf",
        "1e-320",
        "0x10",
        "1_000",
        "٣",
        "½",
        "²",
        "1,5",
    ),
    *("9" * 400, "1" + "0" * 300, "true", "None", "null", "undefined", "[object Object]", "__proto__", "constructor"),
    *(
        "toString",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "' OR 1=1 --",
        "%00",
    ),
    *(
        "\x00",
        "\u202e",
        "\ud7ff",
        "a\ufeffb",
        "𝒳" * 50,
        "../../etc/passwd",
        "regions,regions",
        "regions,,pairs",
        ",",
        "a,b,c",
    ),
    *("![](http://example.org/a.png)", "${7*7}", "{{7*7}}", "coalescer ", "Coalescer", "cats-and-dogs\n", "x" * 10_000),
)
STRANGERS = (
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "values",
    "controls",
    "",
    "space ",
    "SPACE",
    "steps[]",
    "\x00",
    "n" * 5000,
)
SENTENCE = re.compile(r"[^\n]{1,600}\.")
NOT_FOR_VISITORS = re.compile(
    r"undefined|null|NaN|not a function|Cannot|properties|iterable|Invalid|Error|Unexpected|Traceback", re.IGNORECASE
)


def links(seed=SEED, count=LINKS):
    """Links of a few values each: allowed ones, nasty ones, and names that nobody knows."""
    rng = random.Random(seed)
    known = controls()

    def value(control):
        draw = rng.random()
        if draw < 0.5:
            return rng.choice(NASTY)
        if draw < 0.7 and control and control.choices:
            return rng.choice(control.choices)
        if draw < 0.9:
            return repr(rng.choice((rng.uniform(-10, 10), rng.randrange(-5, 600), 10 ** rng.uniform(-9, 12))))
        return "".join(
            chr(rng.choice((rng.randrange(32, 127), rng.randrange(160, 0xD7FF)))) for _ in range(rng.randrange(30))
        )

    made = []
    for _ in range(count):
        names = rng.sample([*known, *STRANGERS], rng.randrange(1, 7))
        made.append({name: value(known.get(name)) for name in names})
    return made


def test_any_link_is_a_state_that_can_be_asked_and_written():
    for link in links():
        state, complaints = State.read(link)
        assert 1 <= len(state.views()) <= 4
        again, none = State.read(state.write())
        assert (again.write(), none) == (state.write(), []), link
        for said in complaints:
            assert SENTENCE.fullmatch(re.sub(r"[\x00-\x1f]", " ", said)), said


@pytest.fixture(scope="module")
def tab(chromium):
    with web_page(chromium) as tab:
        tab.faults = []
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        yield tab


@pytest.mark.browser
def test_any_link_is_the_same_state_on_the_stage(tab):
    told = payload()
    read = tab.evaluate(
        """async ([controls, links]) => {
          const {StageState, fitValue} = await import("/state.js");
          return links.map(link => {
            const state = new StageState(controls, link);
            const query = state.query();
            const again = new StageState(controls, query).query();
            const allowed = Object.entries(controls).every(([name, one]) => fitValue(one, state.get(name)) !== undefined);
            return {query, allowed, same: JSON.stringify(again) === JSON.stringify(query)};
          });
        }""",
        [told["controls"], links()],
    )
    assert all(one["allowed"] and one["same"] for one in read)
    assert tab.faults == []
    for link, one in zip(links(), read, strict=True):
        python = State.read(link)[0].write()
        for name in told["controls"]:
            if name != "concept":  # which the space decides, and the stage knows it once its pack has come
                assert alike(one["query"].get(name), python.get(name)), (name, link)


def alike(one, other):
    """Whether two texts say the same, as far as the stage keeps a text."""
    try:
        return one == other or one[:200] == other[:200] or float(one) == pytest.approx(float(other))
    except (TypeError, ValueError):
        return False


def damaged(whole, seed):
    """Packs that something happened to: cut, bits flipped in the header or anywhere, a wrong length, another's header."""
    rng = random.Random(seed)
    (length,) = struct.unpack("<I", whole[:4])
    header = json.loads(whole[4 : 4 + length])
    for _ in range(DAMAGED):
        kind = rng.randrange(5)
        bad = bytearray(whole)
        if kind == 0:
            bad = bad[: rng.choice((0, 3, rng.randrange(len(bad)), rng.randrange(4 + length)))]
        elif kind == 1:
            bad[4 + rng.randrange(length)] ^= 1 << rng.randrange(8)
        elif kind == 2:
            for _ in range(20):
                bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        elif kind == 3:
            bad[:4] = struct.pack("<I", rng.choice((0, 1, length - 1, length + 8, 2**31, 2**32 - 1)))
        else:
            said = json.dumps(spoilt(header, rng)).encode()
            bad = struct.pack("<I", len(said)) + said + bytes(-(4 + len(said)) % 8) + whole[-(-(4 + length) // 8) * 8 :]
        yield bytes(bad)


def text(pack):
    """Bytes as the browser is sent them here."""
    return base64.b64encode(pack).decode()


def spoilt(header, rng):
    """A header that is JSON, with something else in one of its places."""
    header = json.loads(json.dumps(header))
    at = header
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = rng.choice(keys)
        if isinstance(at[key], dict | list) and at[key] and rng.random() < 0.8:
            at = at[key]
            continue
        at[key] = rng.choice((None, -1, 1e300, 0.5, "x", [], {}, [[]], "toString", [None, 2], True))
        return header


@pytest.mark.browser
@pytest.mark.parametrize("which", ["world", "method"])
def test_a_damaged_pack_is_a_picture_or_a_sentence(tab, which):
    state = State()
    method = state.view("coalescer", 2).drawn.method
    packs = {"world": world_pack(state.world), "method": method_pack(method)}
    bad = [text(each) for each in damaged(packs[which], SEED)]
    said = []
    for some in range(0, len(bad), 50):
        said += tab.evaluate(
            """async ([payload, whole, which, bad]) => {
              const {Model} = await import("/model.js");
              const shared = {space: "cats-and-dogs", description_noise: 0.05, concept: "cat", seed: 0};
              const panel = {method: "coalescer", options: {desc_scale: 8, direction_loss: "sqrt"}, sampler: "jump",
                settings: {threshold: 0.5, enough: null}, guidance: 1, steps: 2, t: 1};
              const buffer = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer;
              const said = [];
              for (const one of bad) {
                const now = {...whole, [which]: one};
                const model = new Model(payload, async key => buffer(now[key.split("/")[0]]));
                for (const [kind, more] of [["field", {side: 3}], ["paths", {count: 8}], ["point", {start: [0.1, 0.2]}]]) {
                  const answer = await model.answer(kind, {shared, panel, ...more});
                  said.push(answer.error ?? (answer.displacement ?? answer.states).length);
                }
              }
              return said;
            }""",
            [payload(), {name: text(pack) for name, pack in packs.items()}, which, bad[some : some + 50]],
        )
    prove_plain(said)
    assert tab.faults == []


def prove_plain(said):
    """Each is a number of values, or a sentence for whoever looks at the page."""
    sentences = {one for one in said if isinstance(one, str)}
    assert sentences
    assert any(isinstance(one, int) and one > 0 for one in said)
    for sentence in sentences:
        assert SENTENCE.fullmatch(sentence), sentence
        assert not NOT_FOR_VISITORS.search(sentence), sentence


@pytest.mark.browser
def test_a_damaged_world_is_drawn_or_said_on_the_stage(tab):
    bad = [text(each) for each in damaged(world_pack(State().world), SEED + 1)][:120]
    shown = []
    for some in range(0, len(bad), 40):
        shown += tab.evaluate(
            """async ([payload, bad]) => {
              const {mount} = await import("/mount.js");
              const client = {ask: async () => ({error: "There is no answer."}), forget() {}, close() {}};
              const shown = [];
              for (const one of bad) {
                const place = document.body.appendChild(document.createElement("div"));
                const load = async () => Uint8Array.from(atob(one), letter => letter.charCodeAt(0)).buffer;
                const stage = mount(place, {...payload, query: {}, load, client}, () => {});
                await new Promise(done => setTimeout(done, 60));
                const message = place.querySelector(".message:not([hidden])");
                const drawn = place.querySelectorAll(".panel").length;
                shown.push(message ? message.textContent : drawn);
                stage.destroy();
                place.remove();
              }
              return shown;
            }""",
            [payload(), bad[some : some + 40]],
        )
    assert tab.faults == []
    prove_plain(shown)
