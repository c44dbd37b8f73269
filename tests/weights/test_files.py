"""One file of weights: sound, or refused in a sentence; whole, or not there at all."""

import errno
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from sandbox.engine.recipe import key, recorded
from sandbox.weights.files import WeightsError, checksum, file_name, notes_of, read, write
from tests.weights.small import Changed, Newer, Small

RECIPE = Small()
TENSORS = RECIPE.made().state_dict()


@pytest.fixture
def path(tmp_path):
    """A sound file."""
    path = tmp_path / file_name(RECIPE)
    write(path, RECIPE, TENSORS, note="for a test")
    return path


def same(found):
    """Whether these are the very tensors."""
    return found.keys() == TENSORS.keys() and all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)


def beginning_of_numbers(content):
    """Where a safetensors file's header ends."""
    return 8 + int.from_bytes(content[:8], "little")


def test_a_file_is_named_by_its_recipe_and_a_digest_of_the_readable_key():
    assert key(replace(RECIPE, size=5)) == '{"name": "small", "size": 5}'
    digest = hashlib.sha256(b'{"name": "small", "size": 5}').hexdigest()
    assert file_name(replace(RECIPE, size=5)) == f"small-{digest[:16]}.safetensors"


def test_what_is_written_is_read_with_its_notes(path):
    assert same(read(path, RECIPE))
    notes = notes_of(path)
    assert notes["note"] == "for a test"
    assert (
        json.loads(notes["recipe"])
        == json.loads(recorded(RECIPE))
        == {"name": "small", "seed": 0, "size": 4, "steps": 3}
    )
    assert list(path.parent.iterdir()) == [path]


def test_a_byte_changed_anywhere_among_the_numbers_is_noticed(path):
    content = path.read_bytes()
    numbers = range(beginning_of_numbers(content), len(content))
    assert len(numbers) == 4 * (4 * 3 + 4)
    for place in numbers:
        for flip in (0x01, 0x80, 0xFF):
            path.write_bytes(content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :])
            with pytest.raises(WeightsError, match=r"^The weights in .* cannot be read: the file is damaged\.$"):
                read(path, RECIPE)


def test_a_bit_changed_anywhere_in_the_file_is_noticed_or_changes_nothing(path):
    content, rng = path.read_bytes(), np.random.default_rng(0)
    for bit in rng.choice(8 * len(content), 500, replace=False):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(changed)
        try:
            found = read(path, RECIPE)
        except WeightsError:
            continue
        assert same(found)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WeightsError, match="damaged"):
        read(path, RECIPE)


def put(path, tensors, **notes):
    safetensors.torch.save_file(tensors, path, notes)


def proved(tensors, recipe):
    """Notes with a checksum that is right."""
    notes = {"recipe": recipe if isinstance(recipe, str) else recorded(recipe)}
    return {**notes, "checksum": checksum(tensors, notes)}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.unlink(), "damaged"),
        (lambda path: path.write_bytes(b"nonsense"), "damaged"),
        (lambda path: path.write_bytes(bytes(range(256)) * 40), "damaged"),
        (lambda path: put(path, TENSORS), "damaged"),  # no recipe
        (lambda path: put(path, TENSORS, recipe=recorded(RECIPE)), "damaged"),  # no checksum
        (lambda path: put(path, TENSORS, **proved(TENSORS, "Small(seed=0)")), "damaged"),  # of the older rule
        (lambda path: put(path, TENSORS, **proved(TENSORS, "[1, 2]")), "damaged"),
        (lambda path: put(path, TENSORS, **proved(TENSORS, "[" * 100_000)), "damaged"),
        (lambda path: put(path, {"a": torch.zeros(2, dtype=torch.bfloat16)}, **proved({}, RECIPE)), "damaged"),
        (lambda path: put(path, TENSORS, **proved(TENSORS, replace(RECIPE, seed=7))), "belong to another recipe"),
    ],
    ids=["gone", "text", "noise", "no recipe", "no checksum", "older", "list", "deep", "other numbers", "other recipe"],
)
def test_what_is_no_file_of_the_recipe_is_refused_in_a_sentence(path, spoil, sentence):
    spoil(path)
    with pytest.raises(WeightsError, match=rf"^The weights in {path.name} .*{sentence}.*\.$"):
        read(path, RECIPE)


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_numbers_that_are_not_finite_are_refused_though_the_checksum_is_right(path, value):
    broken = {name: torch.full_like(tensor, value) for name, tensor in TENSORS.items()}
    write(path, RECIPE, broken)
    with pytest.raises(WeightsError, match=r"are not all finite numbers\.$"):
        read(path, RECIPE)


def test_a_new_field_with_a_default_finds_and_reads_the_older_file(path):
    assert file_name(Newer()) == path.name
    assert same(read(path, Newer()))
    assert file_name(Newer(colour="blue")) != path.name
    with pytest.raises(WeightsError, match="another recipe"):
        read(path, Newer(colour="blue"))


def test_another_default_finds_the_older_file_and_refuses_it(path):
    assert file_name(Changed()) == path.name
    with pytest.raises(WeightsError, match="another recipe"):
        read(path, Changed())


def test_a_checksum_covers_names_kinds_shapes_numbers_and_notes():
    tensor, notes = torch.zeros(4), {"recipe": "x"}
    sums = [
        checksum({"a": tensor}, notes),
        checksum({"b": tensor}, notes),
        checksum({"a": tensor.int()}, notes),
        checksum({"a": tensor.reshape(2, 2)}, notes),
        checksum({"a": tensor + 1}, notes),
        checksum({"a": tensor}, {"recipe": "y"}),
        checksum({"a": tensor, "b": torch.zeros(0)}, notes),
    ]
    assert len(set(sums)) == len(sums)
    assert checksum({"a": torch.zeros(8)[::2]}, notes) == sums[0]  # of the numbers, not of how they lie in memory
    assert checksum({"b": tensor, "a": tensor}, notes) == checksum({"a": tensor, "b": tensor}, notes)


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_write_that_fails_leaves_nothing_and_the_older_file_as_it_was(path, monkeypatch, step):
    def full(self, *_):
        if step == "write_bytes":
            with self.open("wb") as file:
                file.write(b"half of")
        raise OSError(errno.ENOSPC, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(Path, step, full)
    with pytest.raises(OSError, match="No space left"):
        write(path, RECIPE, {name: tensor + 1 for name, tensor in TENSORS.items()})
    monkeypatch.undo()
    assert list(path.parent.iterdir()) == [path]
    assert path.read_bytes() == before


def test_two_writes_of_one_file_at_a_time_do_not_disturb_each_other(path, monkeypatch):
    replace, between = Path.replace, [{name: tensor + 1 for name, tensor in TENSORS.items()}]

    def interrupted(self, target):
        if between:
            write(path, RECIPE, between.pop())  # as another thread might, just now
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    write(path, RECIPE, TENSORS)
    assert same(read(path, RECIPE))
    assert list(path.parent.iterdir()) == [path]


def test_notes_of_what_cannot_be_read_are_refused_in_a_sentence(tmp_path):
    (tmp_path / "x.safetensors").write_bytes(b"nonsense")
    for name in ("x.safetensors", "nothing.safetensors"):
        with pytest.raises(WeightsError, match=rf"^{name} cannot be read\.$"):
            notes_of(tmp_path / name)
