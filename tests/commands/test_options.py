"""Options follow from what declares them, and take what the page takes; the rest is refused in a sentence."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox import methods
from sandbox.commands import draw
from sandbox.commands import run as commands
from sandbox.commands.main import main
from sandbox.commands.parser import ADAPTIVE, COMPARED, JOBS, SAMPLES, UsageError, parser, sampler_options
from sandbox.engine.recipe import option, options
from sandbox.engine.samplers import Ddim
from sandbox.methods import METHODS, NearestPair, method_options
from sandbox.pairs import World
from sandbox.stage import controls as controls_module
from sandbox.stage.state import State, controls
from sandbox.weights import store
from sandbox.weights.files import file_name
from tests.commands.conftest import Quick

PARSER = parser({**commands.COMMANDS, **draw.COMMANDS})
OF_PANELS = {name: known for name, known in controls().items() if known.group in controls_module.OF_PANELS}


def parsed(*words, parser=PARSER):
    return vars(parser.parse_args(words))


@pytest.mark.parametrize("command", [[], ["list"], ["train"], ["sample"], ["compare"], ["figure"], ["page"]])
def test_help(capsys, command):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    assert "usage: python -m sandbox" in capsys.readouterr().out


@dataclass(frozen=True)
class Bent(Ddim):
    name = "bent"

    bend: float = option(0.5, "How far it bends.", low=0.0, high=1.0)


@dataclass(frozen=True, kw_only=True)
class MeanOfK(NearestPair):
    name = "mean-of-k"
    samplers = (Bent(),)

    desc_scale: float = option(2.0, "Another default.", low=0.001, high=1e6)
    nearest: int = option(8, "Takes the mean of so many, and not 100 % of them.", low=1, high=64)
    inverse: bool = option(False, "Takes the farthest.")


def help_of(capsys, command):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    return " ".join(capsys.readouterr().out.split())


def test_an_option_that_a_method_or_a_sampler_declares_is_one_of_the_commands(monkeypatch, capsys, refused):
    monkeypatch.setattr(methods, "METHODS", (*METHODS, MeanOfK))
    for command in ("train", "sample", "compare", "figure"):
        said = help_of(capsys, command)
        assert (
            "Takes the mean of so many, and not 100 % of them. Takes a whole number from 1 to 64; 8 unless given."
            in said
        )
        assert "Takes the farthest. Takes 0 or 1; 0 unless given." in said
        assert ("--bend X How far it bends. Takes a number from 0 to 1; 0.5 unless given." in said) == (
            command in ("sample", "compare")
        )
    every = parser({**commands.COMMANDS, **draw.COMMANDS})
    words = ["--nearest", "1,4", "--desc-scale", ".5,8", "--inverse", "0,1", "--bend", "1"]
    asked = parsed("compare", *words, parser=every)
    assert [asked[name] for name in ("nearest", "desc_scale", "inverse", "bend")] == [
        [1, 4],
        [0.5, 8.0],
        [False, True],
        1.0,
    ]
    asked = parsed("sample", "--nearest", "3", parser=every)
    assert [asked[name] for name in ("nearest", "desc_scale", "inverse", "bend")] == [3, None, None, None]  # its own
    assert "--nearest is a whole number from 1 to 64, not '65'." in refused("sample", "--nearest", "65")
    assert "--nearest is a whole number from 1 to 64, not 'x'." in refused("compare", "--nearest", "1,x,65")


SHARED = (
    "space",
    "concept",
    "seed",
    "steps",
    "sampler",
    "guidance",
    "description_noise",
    *sampler_options(),
    *method_options(),
)


def test_the_commands_have_the_defaults_of_the_page_and_of_the_recipes():
    asked = parsed("sample")
    usual = {name: controls()[name].default for name in ("space", "seed", "steps", "guidance", "description_noise")}
    assert {name: asked[name] for name in usual} == usual
    assert asked["method"] == controls()["left"].default
    assert asked["pairs"] == World.pairs
    assert [asked[name] for name in ("concept", "sampler", "enough", *sampler_options(), *method_options())] == [
        None
    ] * (3 + len(sampler_options()) + len(method_options()))
    compared = parsed("compare")
    assert compared["methods"] == [controls()["left"].default, controls()["right"].default]
    assert [compared[name] for name in ("steps", "seeds", "concepts")] == [[1, 2, 64], [0, 1, 2], None]
    assert {name for name in parsed("figure") if name not in ("run", "out")} == set(OF_PANELS)


def numbers(found):
    return {name: known for name, known in found.items() if known.kind in (int, float, bool)}


# Every numeric option with the words before its value.
NUMERIC = [
    *((("figure",), name, known) for name, known in numbers(OF_PANELS).items()),
    *(
        (("sample",), name, known)
        for name, known in numbers({**controls(), **options(World)}).items()
        if name in (*SHARED, "pairs")
    ),
    *((("compare",), name, known) for name, known in numbers({**method_options(), **options(World)}).items()),
    (("train",), "seed", controls()["seed"]),
    (("compare",), "seeds", controls()["seed"]),
    (("compare",), "guidance", controls()["guidance"]),
    (("compare",), "steps", controls()["steps"]),
    (("sample",), "samples", SAMPLES),
    (("sample",), "adaptive", ADAPTIVE),
    (("compare",), "samples", COMPARED),
    (("compare",), "jobs", JOBS),
]
EDGES = (
    "",
    " 7 ",
    "nan",
    "inf",
    "-inf",
    "1e308",
    "1e400",
    "-1",
    "1_0",
    "²",
    "٣",
    "１",
    "0x1",
    "1e1",
    "99999999999999",
    "2147483648",
)
texts = st.one_of(
    st.text(),
    st.sampled_from(EDGES),
    st.integers().map(str),
    st.floats().map(str),
    st.text("0123456789+-.eE_ ", max_size=8),
)


def value_of(words, name, text):
    """What a command makes of a text, alone: of a list its only value."""
    dest = "enough" if name == "adaptive" and words == ("sample",) else name
    found = parsed(*words, f"--{name.replace('_', '-')}={text}")[dest]
    return found[0] if isinstance(found, list) else found


@pytest.mark.parametrize(("words", "name", "known"), NUMERIC, ids=lambda part: part if isinstance(part, str) else "")
@given(text=texts.filter(lambda text: "," not in text and text.strip() != "own"))
@example(text="0")
@example(text="1")
@example(text="nan")
@example(text="inf")
@example(text="²")
@example(text="٣")
@example(text="99999999999999")
@example(text="-0.0")
def test_any_text_is_an_allowed_value_or_refused_in_a_sentence_as_the_page_does(words, name, known, text):
    try:
        known.check(known.read(text))
    except ValueError:
        taken = False
        with pytest.raises(UsageError, match=f"^--{name.replace('_', '-')} is {known.words}, not "):
            value_of(words, name, text)
    else:
        taken, value = True, value_of(words, name, text)
        assert known.check(value) == value
        assert type(value) is known.kind
    if controls().get(name) == known:
        state, complaints = State.read({name: text})
        assert taken == (complaints == [])
        if taken:
            assert state.value(name) == value


@pytest.mark.parametrize("name", [name for name, known in OF_PANELS.items() if known.choices])
@given(text=st.text())
def test_a_name_is_one_that_the_page_knows(name, text):
    known, (_, complaints) = controls()[name], State.read({name: text})
    try:
        value = parsed("figure", f"--{name.replace('_', '-')}={text}")[name]
    except UsageError:
        assert complaints
    else:
        assert not complaints
        assert known.check(value) == value
    for choice in known.choices:
        assert parsed("figure", f"--{name.replace('_', '-')}={choice}")[name] in (choice, (choice,))


@pytest.fixture
def idle(monkeypatch):
    """Nothing may be trained, loaded or computed."""

    def busy(*_, **__):
        raise AssertionError("this was to be refused before")

    for place, name in (
        (store, "make"),
        (store, "load"),
        (commands, "answer"),
        (commands, "compare"),
        (draw, "make_scene"),
    ):
        monkeypatch.setattr(place, name, busy)


LARGEST = "2,147,483,647"
REFUSED = [
    ("sample --space mars", "--space is one of cats-and-dogs, "),
    ("sample --method magic", "--method is one of coalescer, "),
    ("sample --concept horse", "cats-and-dogs has no concept 'horse'; it has cat, dog, animal, none."),
    ("sample --concept=", "cats-and-dogs has no concept ''"),
    ("sample --sampler magic", "--sampler is one of jump, "),
    ("sample --samples 99999999999999", "--samples is a whole number from 1 to 1,000,000, not '99999999999999'."),
    ("sample --samples 1000001", "not '1000001'."),
    ("sample --samples 0", "not '0'."),
    ("sample --samples many", "not 'many'."),
    ("sample --pairs 99999999999999", "--pairs is a whole number from 1 to 1,000,000, not '99999999999999'."),
    ("sample --guidance nan", "--guidance is a number from 0 to 5, not 'nan'."),
    ("sample --guidance inf", "not 'inf'."),
    ("sample --guidance 5.1", "not '5.1'."),
    ("sample --guidance=-1e9", "not '-1e9'."),
    ("sample --threshold nan", "--threshold is a number from 0 to 0.9, not 'nan'."),
    ("sample --threshold 2", "not '2'."),
    ("sample --adaptive -1", "--adaptive is a number from 0 to 1, not '-1'."),
    ("sample --adaptive nan", "not 'nan'."),
    ("sample --steps 0", "--steps is a whole number from 1 to 64, not '0'."),
    ("sample --steps 65", "not '65'."),
    ("sample --steps 2.5", "not '2.5'."),
    ("sample --steps ²", "not '²'."),
    ("sample --steps ٣", "not '٣'."),
    ("sample --steps １", "not '１'."),
    (f"sample --steps {'9' * 5000}", "not '999"),
    ("sample --seed -1", f"--seed is a whole number from 0 to {LARGEST}, not '-1'."),
    ("sample --seed 2147483648", "not '2147483648'."),
    ("sample --seed ²", "not '²'."),
    ("sample --desc-scale 0", "--desc-scale is a number from 0.001 to 1,000,000, not '0'."),
    ("sample --desc-scale nan", "not 'nan'."),
    ("sample --description-noise -1", "--description-noise is a number from 0 to 0.5, not '-1'."),
    ("sample --direction-loss cubic", "--direction-loss is one of sqrt, norm, squared, not 'cubic'."),
    ("sample --method diffusion --threshold .2", "--threshold and --adaptive belong to the sampler jump."),
    ("sample --sampler ddim --adaptive .5", "--threshold and --adaptive belong to the sampler jump."),
    (
        "sample --method diffusion --pairs 1 --concept dog",
        "None of the 1 pairs is described as 'dog': take more pairs.",
    ),
    ("sample --method balanced-coalescer --pairs 100001", "Balancing takes at most 100,000 pairs."),
    ("sample --speed 9", "unrecognized arguments: --speed 9 (see python -m sandbox --help)."),
    ("sample --steps", "argument --steps: expected one argument (see python -m sandbox sample --help)."),
    ("compare --methods coalescer,magic", "--methods is one of coalescer, "),
    ("compare --methods coalescer,magic", "not 'magic'."),
    ("compare --concepts cat,horse", "cats-and-dogs has no concept 'horse'"),
    ("compare --concepts cat,", "cats-and-dogs has no concept ''"),
    ("compare --seeds 0,x", f"--seeds is a whole number from 0 to {LARGEST}, not 'x'."),
    ("compare --seeds 0,2147483648", "not '2147483648'."),
    ("compare --steps 1,65,2", "--steps is a whole number from 1 to 64, not '65'."),
    ("compare --steps own,2", "not 'own'."),
    ("compare --desc-scale 8,x", "--desc-scale is a number from 0.001 to 1,000,000, not 'x'."),
    ("compare --desc-scale 8,0", "not '0'."),
    ("compare --guidance 1,nan", "--guidance is a number from 0 to 5, not 'nan'."),
    ("compare --pairs 50,99999999999999", "--pairs is a whole number from 1 to 1,000,000, not '99999999999999'."),
    ("compare --sampler ddim,magic", "not 'magic'."),
    ("compare --spaces moons,mars", "not 'mars'."),
    ("compare --samples 5", "--samples is a whole number from 6 to 20,000, not '5'."),
    ("compare --samples 20001", "not '20001'."),
    ("compare --jobs 1.5", "--jobs is a whole number from -1 to 256, not '1.5'."),
    ("compare --methods nearest-pair,diffusion --threshold .2 --sampler ddim", "belong to the sampler jump."),
    ("compare --methods coalescer,balanced-lookup --pairs 100001", "Balancing takes at most 100,000 pairs."),
    ("compare --methods diffusion --pairs 1", "None of the 1 pairs is described as"),
    ("compare --json --csv", "not allowed with argument --json (see python -m sandbox compare --help)."),
    ("train --method nearest-pair", "nearest-pair is exact: it has nothing to train."),
    ("train --desc-scale 1e308", "--desc-scale is a number from 0.001 to 1,000,000, not '1e308'."),
    ("train --seed 2147483648", f"--seed is a whole number from 0 to {LARGEST}, not '2147483648'."),
    ("train --method balanced-coalescer --pairs 100001", "Balancing takes at most 100,000 pairs."),
    ("train --out taken", "taken/coalescer-"),
    ("train --out taken/further", "taken/further: Not a directory."),
    ("figure --out panels.exe", "the figure is written as .html or .json: name the file so."),
    ("figure --out folder.html", "folder.html cannot be written."),
    (
        "figure --out taken/panels.html",
        "taken/panels.html cannot be written: a file stands where its folder should be.",
    ),
    ("figure --desc-scale zero", "--desc-scale is a number from 0.001 to 1,000,000, not 'zero'."),
    ("figure --points 100000", "--points is a whole number from 1 to 500, not '100000'."),
    ("figure --concept horse", "cats-and-dogs has no concept 'horse'"),
    ("figure --adaptive 2", "--adaptive is 0 or 1, not '2'."),
    ("figure --left magic", "--left is one of coalescer, "),
    ("", "the following arguments are required: list | train | sample | compare | figure"),
    ("fly", "invalid choice: 'fly'"),
]


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(("words", "sentence"), REFUSED, ids=[words[:60] for words, _ in REFUSED])
def test_what_cannot_be_done_is_said_in_a_sentence_before_anything_is_computed(refused, folder, words, sentence):
    (folder / "taken").touch()
    (folder / "folder.html").mkdir()
    said = refused(*words.split())
    assert sentence in said
    assert len(said) < 500
    assert not (folder / "cache").exists()


def test_a_table_that_is_none_is_refused(refused, folder):
    words = "compare --methods nearest-pair --concepts cat --steps 1 --seeds 0 --samples 10 --pairs 50 --out"
    assert str(folder) in refused(*words.split(), str(folder))
    (folder / "other.csv").write_text("a,b\n1,2\n")
    assert "other.csv" in refused(*words.split(), "other.csv")


@pytest.mark.usefixtures("registered")
def test_training_that_diverges_is_said_and_leaves_nothing(refused, folder):
    for words in (["train"], ["sample", "--samples", "3"]):
        assert "Training diverged at step 1 of 20" in refused(*words, "--method", "wild")
    assert [*(folder / "cache").iterdir()] == []


@pytest.mark.usefixtures("registered")
def test_damaged_weights_are_said_with_the_folder_they_may_be_in(refused, folder):
    path = folder / "cache" / file_name(Quick())
    path.parent.mkdir()
    path.write_bytes(b"noise")
    for words in (["train"], ["sample"], ["compare"]):
        flag = "--methods" if words == ["compare"] else "--method"
        said = refused(*words, flag, "quick")
        assert f"{path.name} cannot be read: the file is damaged" in said
        assert said.endswith(f"what was trained on this machine is in {path.parent}.")
    assert replace(Quick(), seed=1)  # other recipes are not concerned
    assert main(["train", "--method", "quick", "--seed", "1"]) == 0
