"""Files of the older naming rule get their new names, and nothing in them is run."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from sandbox.methods import AskedCoalescer, BalancedCoalescer, Coalescer, Diffusion
from sandbox.methods.rename import main, old_recipe, renamed
from sandbox.pairs import Balance, BalanceWeights, World
from sandbox.weights.files import file_name, notes_of, read

SMALL = Coalescer(world=World("blobs", pairs=50), training_steps=3, width=8, depth=1)
# By the older rule a file was named by its recipe's repr, which is written out here.
OLD_WORLD = "World(space='{}', pairs={}, description_noise=0.05, seed=0)"
OLD_SMALL = (
    f"Coalescer(world={OLD_WORLD.format('blobs', 50)}, seed=0, width=8, depth=1, batch=256, training_steps=3, "
    "learning_rate=0.02, desc_scale=8.0, direction_loss='sqrt')"
)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def old_file(folder, text=OLD_SMALL, name="coalescer", **notes):
    """A file of weights as the older code left it, with its tensors."""
    tensors = SMALL.blank().state_dict()
    path = folder / f"{name}-{digest(text)}.safetensors"
    safetensors.torch.save_file(tensors, path, {"recipe": text, **notes})
    return path, tensors


def old_balance(folder, space="moons"):
    """Balance weights as the older code left them, without a word of their recipe."""
    rng = np.random.default_rng(0)
    tensors = {name: rng.random(3000).astype(np.float32) for name in ("weights", "none_weights")}
    path = folder / f"balance-{digest(f'({OLD_WORLD.format(space, 3000)}, 8.0)')}.safetensors"
    safetensors.numpy.save_file(tensors, path)
    return path, tensors


def test_an_old_file_gets_its_new_name_with_the_same_tensors_and_notes(tmp_path, capsys):
    path, tensors = old_file(tmp_path, fingerprint="[1.0, 2.0]")
    main([str(tmp_path)])
    assert [each.name for each in tmp_path.iterdir()] == [file_name(SMALL)]
    assert capsys.readouterr().out == f"{path.name} -> {file_name(SMALL)}\n"
    found = read(tmp_path / file_name(SMALL), SMALL)
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[name], tensors[name]) for name in tensors)
    notes = notes_of(tmp_path / file_name(SMALL))
    assert notes["fingerprint"] == "[1.0, 2.0]"
    assert json.loads(notes["recipe"])["world.space"] == "blobs"


@pytest.mark.parametrize(
    "recipe",
    [
        Coalescer(),
        Coalescer(world=World("moons"), desc_scale=0.25, direction_loss="norm"),
        Diffusion(world=World("rings", description_noise=0.1, seed=3), seed=2),
        AskedCoalescer(world=World("attributes"), neighbours=8, landing=10.0),
        BalancedCoalescer(training_steps=20_000),
    ],
    ids=lambda recipe: recipe.name,
)
def test_any_older_recipe_is_read(recipe, tmp_path):
    world = recipe.world
    text = repr(replace(recipe, world=World())).replace(
        repr(World()),
        f"World(space={world.space.name!r}, pairs={world.pairs}, "
        f"description_noise={world.description_noise}, seed={world.seed})",
    )
    assert "Space(" not in text
    assert old_recipe(text, tmp_path / "x.safetensors") == recipe


def test_half_precision_stays_as_it_is(tmp_path):
    path, tensors = old_file(tmp_path)
    halves = {name: tensor.half() for name, tensor in tensors.items()}
    safetensors.torch.save_file(halves, path, {"recipe": OLD_SMALL})
    renamed(path)
    found = read(tmp_path / file_name(SMALL), SMALL)
    assert all(torch.equal(found[name], halves[name]) and found[name].dtype == torch.half for name in halves)


def test_balance_weights_are_known_by_their_old_name(tmp_path):
    path, tensors = old_balance(tmp_path)
    balance = Balance(World("moons"))
    assert renamed(path) == file_name(balance)
    found = read(tmp_path / file_name(balance), balance)
    assert all(np.array_equal(found[name].numpy(), tensors[name]) for name in tensors)
    assert found.keys() == BalanceWeights(1).state_dict().keys()


def test_renaming_twice_is_renaming_once(tmp_path, capsys):
    old_file(tmp_path)
    old_balance(tmp_path)
    main([str(tmp_path)])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    capsys.readouterr()
    main([str(tmp_path)])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert capsys.readouterr().out.count("left alone: it is not of the older rule") == 2


HOSTILE = [
    "__import__('os').system('touch {}')",
    "Coalescer(seed=__import__('os').system('touch {}'))",
    "Coalescer(world=World(space=open('{}', 'w')))",
    "[open('{}', 'w') for _ in 'x']",
    "Coalescer(**open('{}', 'w'))",
    'exec(\'open("{}", "w")\')',
    "Coalescer.__init__(world=open('{}', 'w'))",
]
STRANGE = [
    "NearestPair(desc_scale=8.0)",  # never had weights
    "World(space='moons')",
    "Coalescer(space='moons')",
    "Coalescer(3)",
    "Coalescer(world=Coalescer())",
    "Coalescer(world=World(space='atlantis'))",
    "Coalescer(desc_scale=-1)",
    "Coalescer(",
    "Coalescer(seed=1\0)",
    "(" * 5000,
    "-" * 50_000 + "1",
    "Coalescer(world=" * 3000,
    "None",
    "",
    '{"name": "coalescer"}',
]


@pytest.mark.parametrize("text", [*HOSTILE, *STRANGE], ids=lambda text: text[:40].replace("\0", ""))
def test_text_is_never_run_and_what_is_not_of_the_older_rule_is_left_alone(tmp_path, text):
    (tmp_path / "folder").mkdir()
    path, _ = old_file(tmp_path / "folder", text.format(tmp_path / "run") if text in HOSTILE else text)
    before = path.read_bytes()
    assert renamed(path).startswith("left alone: ")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]
    assert list((tmp_path / "folder").iterdir()) == [path]
    assert path.read_bytes() == before


def test_files_of_others_and_damaged_ones_are_left_alone(tmp_path, capsys):
    (tmp_path / "damaged.safetensors").write_bytes(b"nonsense")
    (tmp_path / "balance-0123456789abcdef.safetensors").write_bytes(safetensors.torch.save({"a": torch.zeros(2)}))
    (tmp_path / "notes.txt").write_text("mine")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    main([str(tmp_path)])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert capsys.readouterr().out.count("left alone") == 2


@pytest.mark.parametrize("arguments", [[], ["nowhere"]], ids=["no folder", "none there"])
def test_without_a_folder_it_says_so(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "folder" in capsys.readouterr().err
