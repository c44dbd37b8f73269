"""How a command ends: pipes that close, full disks, memory that is not there, keys that are pressed."""

import errno
import os
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest
import torch

from sandbox.commands import draw
from sandbox.commands import run as commands
from sandbox.commands.main import main

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "sandbox")


def ends_with_a_closed_reader(*words):
    """Run a command whose output nobody can read: its status and what it says."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            [*COMMAND, *words], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writer)
    return ended.returncode, ended.stderr


def test_head_takes_its_line_and_nothing_is_said():
    """The output is more than a pipe holds, so that the command is still writing when its reader is gone."""
    words = [*COMMAND, "sample", "--method", "nearest-pair", "--samples", "20000", "--steps", "1"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        first = process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert (first, said, process.returncode) == (b"x,y\n", b"", 0)


@pytest.mark.parametrize("words", [["list"], ["sample", "--help"]])
def test_output_that_nobody_reads_ends_quietly_when_it_is_short_too(words):
    assert ends_with_a_closed_reader(*words) == (0, "")


class Full:
    """A standard output on a full disk."""

    def __init__(self, file):
        self.fileno = file.fileno

    def write(self, text):
        return len(text)

    def flush(self):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_said(monkeypatch, folder, capsys):
    with (folder / "output").open("wb") as file:
        monkeypatch.setattr(sys, "stdout", Full(file))
        assert main(["list"]) == 2
        assert capsys.readouterr().err == "sandbox: No space left on device.\n"
        assert os.path.samestat(os.fstat(file.fileno()), os.stat(os.devnull))  # so that Python can end in peace


MEMORY = "sandbox: there is not enough memory for this; take fewer samples, pairs or processes."


def memory_error(*_, **__):
    raise MemoryError


def killed(*_, **__):
    raise BrokenProcessPool("A worker process was terminated.")


@pytest.mark.parametrize(
    "fails",
    [memory_error, killed, lambda *_, **__: np.empty(2**56), lambda *_, **__: torch.empty(2**59)],
    ids=["python", "a process of a sweep", "numpy", "torch"],
)
def test_memory_that_is_not_there_is_said(monkeypatch, refused, fails):
    monkeypatch.setattr(commands, "answer", fails)
    monkeypatch.setattr(commands, "compare", fails)
    assert refused("sample", "--samples", "3") == MEMORY
    assert refused("compare", "--samples", "10") == MEMORY


def test_a_fault_of_the_program_is_not_taken_for_want_of_memory(monkeypatch):
    def fault(*_):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(commands, "answer", fault)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        main(["sample", "--samples", "3"])


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("sample --samples 3", "nothing half-made was kept"),
        ("figure --field exact", "nothing half-made was kept"),
        ("compare --samples 10", "nothing half-made was kept"),
        ("compare --samples 10 --out kept.csv", "what is finished is in the table"),
    ],
)
def test_a_command_that_is_stopped_says_what_is_kept(monkeypatch, refused, words, kept):
    def stop(*_, **__):
        raise KeyboardInterrupt

    for module, name in ((commands, "answer"), (commands, "compare"), (draw, "make_scene")):
        monkeypatch.setattr(module, name, stop)
    assert refused(*words.split(), status=130) == f"sandbox: stopped; {kept}."


def test_torch_takes_one_thread(run):
    torch.set_num_threads(2)
    try:
        run("list")
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(1)
