"""Somebody's own pictures: what is read from a folder and a table, and a sentence for all that is wrong with them."""

import os
import re
import struct
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from sandbox.learned.own import read_pictures
from sandbox.learned.own_files import read_file
from sandbox.learned.picture_set import PARTS
from tests.learned.test_picture_sets import check_captions, check_parts, check_pictures

KINDS = ("red", "green", "blue")
SAID = {"red": "warm; a red thing", "green": "cold;a green thing", "blue": "Cold.;a  blue thing;;"}


def picture(kind, number):
    """A picture that no other is like: (40, 60, 3)."""
    pixels = np.random.default_rng([KINDS.index(kind), number]).integers(0, 90, (40, 60, 3), dtype=np.uint8)
    pixels[..., KINDS.index(kind)] = 200 + number
    return pixels


@pytest.fixture
def folder(tmp_path):
    """Nine pictures each of three colours."""
    there = tmp_path / "things"
    there.mkdir()
    for kind in KINDS:
        for number in range(9):
            Image.fromarray(picture(kind, number)).save(there / f"{kind}{number}.png")
    return there


@pytest.fixture
def lines():
    """The table of these pictures, line by line."""
    return ["file,kind,captions", *(f"{kind}{number}.png,{kind},{SAID[kind]}" for kind in KINDS for number in range(9))]


def read(folder, lines, size=32):
    table = folder.parent / "things.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_pictures(folder, table, size)


def fault(folder, lines, size=32):
    """The sentence that reading ends with."""
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read(folder, lines, size)
    sentence = str(error.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert not re.search(r"[.!?] [A-Z]", sentence)
    return sentence


@pytest.mark.parametrize("size", [8, 32, 64])
def test_own_pictures_are_a_picture_set_as_others(folder, lines, size):
    pictures = read(folder, lines, size)
    assert (pictures.size, pictures.channels) == (size, 3)
    assert pictures.name.startswith("own-")
    for check in (check_captions, check_parts):
        check(pictures)
    for part, count in zip(PARTS, (5, 2, 2), strict=True):
        np.testing.assert_array_equal(np.bincount(pictures.pictures(part).kind), count)


def test_own_pictures_keep_to_shapes_and_ranges(folder, lines):
    for number in range(9):
        Image.new("RGB", (8, 8), (255, number, 0)).save(folder / f"red{number}.png")
    check_pictures(read(folder, lines))


def test_a_caption_means_all_kinds_that_it_was_given_to(folder, lines):
    pictures = read(folder, lines)
    assert pictures.kinds == KINDS
    assert {caption.text: caption.kinds for caption in pictures.captions} == {
        "warm": ("red",),
        "a red thing": ("red",),
        "cold": ("green", "blue"),
        "a green thing": ("green",),
        "a blue thing": ("blue",),
    }


def test_a_kind_without_captions_is_called_by_its_name(folder, lines):
    pictures = read(folder, [",".join(line.split(",")[:2]) for line in lines])
    assert [(caption.text, caption.kinds) for caption in pictures.captions] == [(kind, (kind,)) for kind in KINDS]
    some = read(folder, [line.replace(SAID["red"], "") for line in lines])
    assert some.caption("red").kinds == ("red",)
    assert some.caption("cold").kinds == ("green", "blue")


def test_columns_may_stand_in_any_order_among_others(folder, lines):
    turned = [",".join(reversed(line.split(","))) + f",{number}" for number, line in enumerate(lines)]
    turned[0] = " Captions ,KIND,File,photographer"
    assert read(folder, turned).name == read(folder, lines).name


def test_a_table_from_a_spreadsheet_is_read(folder, lines):
    quoted = ["\ufeff" + lines[0], "", *(f'"{line.split(",")[0]}",{line.split(",", 1)[1]}\r' for line in lines[1:])]
    assert read(folder, quoted).name == read(folder, lines).name


def test_the_name_is_another_when_anything_is(folder, lines):
    names = {read(folder, lines).name, read(folder, lines, 31).name}
    names.add(read(folder, [line.replace("a red thing", "a red one") for line in lines]).name)
    names.add(read(folder, [*lines[:-2], *lines[:-3:-1]]).name)
    exchanged = [f"red1.png,green,{SAID['green']}", f"green1.png,red,{SAID['red']}"]
    names.add(read(folder, changed(changed(lines, 3, exchanged[0]), 12, exchanged[1])).name)
    Image.new("RGB", (60, 40)).save(folder / "red0.png")
    names.add(read(folder, lines).name)
    assert len(names) == 6


def test_every_picture_is_read_once(folder, lines):
    pictures = read(folder, lines)
    expected = [
        np.asarray(Image.fromarray(picture(kind, number)[:, 10:50]).resize((32, 32), Image.Resampling.BOX))
        for kind in KINDS
        for number in range(9)
    ]
    found = np.concatenate([255 * pictures.pictures(part).pixels for part in PARTS])
    assert sorted(one.tobytes() for one in np.rint(found).astype(np.uint8)) == sorted(one.tobytes() for one in expected)


@pytest.mark.parametrize(
    ("ending", "options"), [("png", {}), ("jpg", {}), ("gif", {}), ("bmp", {}), ("webp", {"lossless": True})]
)
def test_formats(tmp_path, ending, options):
    file = tmp_path / f"one.{ending}"
    Image.new("RGB", (30, 20), (200, 100, 0)).save(file, **options)
    np.testing.assert_allclose(read_file(file, 8, "line 2")[4, 4], (200, 100, 0), atol=3)


def test_what_shows_through_is_white_and_photographs_stand_upright(tmp_path):
    half = np.zeros((8, 8, 4), np.uint8)
    half[:4, :, 3] = 255
    Image.fromarray(half).save(tmp_path / "half.png")
    np.testing.assert_array_equal(read_file(tmp_path / "half.png", 8, "")[:, 0, 0], [0] * 4 + [255] * 4)

    turned = Image.Exif()
    turned[0x0112] = 3  # upside down
    Image.fromarray(half).convert("RGB").save(tmp_path / "turned.png", exif=turned)
    white_below = half.copy()
    white_below[4:] = 255
    Image.fromarray(white_below).convert("RGB").save(tmp_path / "turned.png", exif=turned)
    np.testing.assert_array_equal(read_file(tmp_path / "turned.png", 8, "")[:, 0, 0], [255] * 4 + [0] * 4)


@pytest.mark.parametrize("size", [7, 65, 32.0, "32", True])
def test_sizes_that_are_none(folder, lines, size):
    assert fault(folder, lines, size) == f"The size is a whole number from 8 to 64, not {size!r}."


def test_what_is_not_there_is_said(folder, lines):
    with pytest.raises(ValueError, match=r"^There is no folder .*nowhere; name the one that the pictures are in.$"):
        read_pictures(folder / "nowhere", folder / "things.csv")
    with pytest.raises(ValueError, match=r"^There is no table .*nothing.csv; it is a CSV file"):
        read_pictures(folder, folder / "nothing.csv")


def changed(lines, number, text):
    """The table with another line of this number, from 1."""
    return [*lines[: number - 1], text, *lines[number:]]


@pytest.mark.parametrize(
    ("number", "text", "sentence"),
    [
        (1, "file;kind;captions", "The first line of things.csv has to name the columns file and kind, and captions"),
        (1, "file,file,kind", "The first line of things.csv has to name .* once each and with commas between them.$"),
        (1, "file,kind,captions,captions", "The first line of things.csv has to name .* once each"),
        (1, "", "The first line of things.csv has to name"),
        (3, "red1.png,red", "The first line has 3 values, and line 3 of things.csv has 2; write as many"),
        (
            3,
            "red1.png,red,a,b",
            "The first line has 3 values, and line 3 of things.csv has 4; .* between quotation marks.$",
        ),
        (3, "red1.png, ,a", "There is no kind in line 3 of things.csv; fill it in or leave the line out.$"),
        (3, " ,red,a", "There is no name of a file in line 3 of things.csv;"),
        (3, f"red1.png,{'k' * 101},a", "The kind in line 3 of things.csv has 101 letters; make it 100 or fewer.$"),
        (
            3,
            f"red1.png,red,a;{'c' * 101}",
            "The caption in line 3 of things.csv has 101 letters; make it 100 or fewer.$",
        ),
        (3, f"{'f' * 256},red,a", "The name of a file in line 3 of things.csv has 256 letters; make it 255 or fewer.$"),
        (
            3,
            "red1.png,red,a \x07 thing",
            r"The caption in line 3 .* cannot be printed; write it anew: 'a \\x07 thing'.$",
        ),
        (3, "red1.png,red\u202e,a", "The kind in line 3 of things.csv has a letter that cannot be printed"),
        (3, "red\x001.png,red,a", "The name of a file in line 3 of things.csv has a letter that cannot be printed"),
        (3, 'red1.png,red,"a', r"things.csv is no CSV file \(unexpected end of data\); save it as one, with commas.$"),
        (3, 'red1.png,red,"a"b', "things.csv is no CSV file"),
        (3, f"red1.png,red,{'c;' * 10**5}", r"things.csv is no CSV file \(field larger than field limit"),
        (3, "none.png,red,a", "There is no file 'none.png' in things, which line 3 of things.csv names; add it"),
        (3, "é" * 255 + ",red,a", "There is no file 'é+' in things"),  # too long for the disk, in bytes
        (3, ".,red,a", "There is no file '.' in things"),
        (
            3,
            "red0.png,red,a",
            "'red0.png' in line 3 of things.csv shows the same as line 2 of things.csv; leave one of them out.$",
        ),
        (3, "./red0.png,red,a", "'./red0.png' in line 3 of things.csv shows the same as line 2"),
        (
            3,
            "../things/red1.png,red,a",
            "'../things/red1.png' in line 3 of things.csv leads out of the folder; write its name",
        ),
        (3, "a/../red1.png,red,a", "leads out of the folder"),
        (3, r"..\red1.png,red,a", "leads out of the folder"),
        (3, "/etc/hostname,red,a", "'/etc/hostname' in line 3 of things.csv leads out of the folder"),
        (3, r"C:\red1.png,red,a", "leads out of the folder"),
        (3, "C:red1.png,red,a", "leads out of the folder"),
    ],
)
def test_faults_of_the_table_are_said(folder, lines, number, text, sentence):
    assert re.search(sentence, fault(folder, changed(lines, number, text)))


def test_a_table_that_is_no_text_or_too_large_is_said(folder, lines):
    table = folder.parent / "things.csv"
    table.write_bytes("file,kind\nbär.png,bär\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"^things.csv is no text in UTF-8; save it as a CSV file in UTF-8.$"):
        read_pictures(folder, table)
    with table.open("wb") as file:
        file.truncate(20_000_001)
    with pytest.raises(ValueError, match=r"^things.csv is larger than 20 MB; leave rows or columns out.$"):
        read_pictures(folder, table)


def test_too_few_or_too_many_are_said(folder, lines):
    def rows(kinds, of_each):
        return ["file,kind,captions", *(f"{k}-{i}.png,kind{k},{k}" for k in range(kinds) for i in range(of_each))]

    assert fault(folder, lines[:8]) == "things.csv needs from 2 to 64 kinds of picture, and has 1."
    assert fault(folder, rows(65, 8)) == "things.csv needs from 2 to 64 kinds of picture, and has 65."
    assert "no file '0-0.png'" in fault(folder, rows(64, 8))
    assert fault(folder, lines[:-2]) == "things.csv needs from 8 to 2,000 pictures of the kind 'blue', and has 7."
    assert fault(folder, rows(2, 2001)).endswith("pictures of the kind 'kind0', and has 2,001.")
    assert "no file '0-0.png'" in fault(folder, rows(2, 2000))
    assert fault(folder, rows(11, 2000)) == (
        "things.csv has more than 20,000 pictures; leave some out, from line 20,002 of things.csv on."
    )
    assert "no file '0-0.png'" in fault(folder, rows(10, 2000))
    assert fault(folder, rows(10, 2000), 64) == (
        "things.csv has 20,000 pictures, and 5,000 of 64 x 64 are read; leave some out or choose a smaller size."
    )
    many = [f"{line.rpartition(',')[0]},{';'.join(f'{i} {j}' for j in range(20))}" for i, line in enumerate(lines)]
    assert (
        fault(folder, [lines[0], *many[1:]]) == "The table has 540 captions, and at most 500 are read; leave some out."
    )
    assert (
        len(read(folder, [lines[0], *many[1:26], *(line.rpartition(",")[0] + "," for line in lines[26:])]).captions)
        == 500
    )


def test_a_link_leads_nowhere_outside_the_folder(folder, lines, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / "red1.png").rename(outside / "red1.png")
    (folder / "red1.png").symlink_to(outside / "red1.png")
    (folder / "sub").symlink_to(outside)
    sentence = "is a link out of the folder; put the picture itself into things."
    assert fault(folder, lines) == f"'red1.png' in line 3 of things.csv {sentence}"
    assert (
        fault(folder, changed(lines, 3, "sub/red1.png,red,a")) == f"'sub/red1.png' in line 3 of things.csv {sentence}"
    )
    (folder / "red1.png").unlink()
    (folder / "red1.png").symlink_to(folder / "red0.png")
    assert "'red1.png' in line 3 of things.csv shows the same as line 2" in fault(folder, lines)
    (folder / "red1.png").unlink()
    (folder / "red1.png").symlink_to(folder / "red1.png")
    assert "There is no file 'red1.png'" in fault(folder, lines)


def test_a_folder_may_be_a_link_and_have_folders(folder, lines, tmp_path):
    name = read(folder, lines).name
    (folder / "more").mkdir()
    (folder / "red1.png").rename(folder / "more" / "red1.png")
    (tmp_path / "link").symlink_to(folder)
    assert read(tmp_path / "link", changed(lines, 3, f"more/red1.png,red,{SAID['red']}")).name == name


def test_a_copy_is_said_whatever_its_name_and_format(folder, lines):
    with Image.open(folder / "blue8.png") as image:
        image.save(folder / "red1.bmp")
    sentence = fault(folder, changed(lines, 3, "red1.bmp,red,a"))
    assert (
        sentence
        == "'blue8.png' in line 28 of things.csv shows the same as line 3 of things.csv; leave one of them out."
    )


def test_a_pipe_is_no_picture(folder, lines):
    (folder / "red1.png").unlink()
    os.mkfifo(folder / "red1.png")
    assert "There is no file 'red1.png' in things" in fault(folder, lines)


NO_PICTURE = "'red1.png' in line 3 of things.csv is no picture that can be read; save it as PNG, JPEG, GIF, BMP, WEBP."
TOO_LARGE = "'red1.png' in line 3 of things.csv has too many pixels; save it with 4,096 x 4,096 or fewer."


def claimed_png(width, height, *chunk):
    """A file that says it is so large a picture, and has no pixel to show."""
    chunks = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), *chunk, b"IDAT", b"")
    written = [
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in zip(chunks[::2], chunks[1::2], strict=True)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", NO_PICTURE),
        (b"file,kind\n", NO_PICTURE),
        (b"P6 4 4 255\n" + bytes(48), NO_PICTURE),  # a picture, and of no format that is asked for
        (claimed_png(16, 16, b"zTXt", b"a\0\0" + zlib.compress(bytes(10**7))), NO_PICTURE),  # ten megabytes of text
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", NO_PICTURE),
        (b"cos\nsystem\n(S'touch harm'\ntR.", NO_PICTURE),
        (claimed_png(16, 16), NO_PICTURE),
        (claimed_png(4096, 4096), NO_PICTURE),
        (claimed_png(4097, 16), TOO_LARGE),
        (claimed_png(16, 4097), TOO_LARGE),
        (claimed_png(10_000, 10_000), TOO_LARGE),  # a decompression bomb, says Pillow
        (claimed_png(100_000, 100_000), TOO_LARGE),  # and here it refuses
    ],
    ids=lambda content: repr(content[-20:]),
)
def test_files_that_are_no_pictures_are_said(folder, lines, content, sentence):
    (folder / "red1.png").write_bytes(content)
    assert fault(folder, lines) == sentence


def test_pictures_that_would_be_spoilt_or_take_long_are_said(folder, lines):
    Image.fromarray(np.full((9, 9), 40_000, np.uint16)).save(folder / "red1.png")
    assert fault(folder, lines) == "'red1.png' in line 3 of things.csv has more than 8 bits a colour; save it with 8."
    with (folder / "red1.png").open("wb") as file:
        file.truncate(5_000_001)
    assert fault(folder, lines) == "'red1.png' in line 3 of things.csv is larger than 5 MB; save the picture smaller."


def test_a_limit_of_whoever_runs_this_holds_too(folder, lines, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2000)
    assert fault(folder, lines).endswith("has too many pixels; save it with 4,096 x 4,096 or fewer.")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(max_size=300), st.text(alphabet='file,kind"; \n\rab.png\x00é', max_size=300).map(str.encode))
)
def test_any_other_table_is_answered_with_a_sentence(tmp_path, content):
    table = tmp_path / "any.csv"
    table.write_bytes(content)
    with pytest.raises(ValueError, match=r"\.$"):
        read_pictures(tmp_path, table)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["png", "jpg", "gif", "bmp", "webp"]), st.integers(0, 2**32), st.integers(1, 20))
def test_a_spoilt_picture_is_read_or_answered_with_a_sentence(tmp_path, ending, seed, faults):
    file = tmp_path / f"one.{ending}"
    Image.fromarray(picture("red", 0)).save(file)
    content = bytearray(file.read_bytes())
    rng = np.random.default_rng(seed)
    for place in rng.integers(0, len(content), faults):
        content[place] = rng.integers(256)
    file.write_bytes(content)
    try:
        assert read_file(file, 8, "line 2").shape == (8, 8, 3)
    except ValueError as error:
        assert str(error).startswith(f"'one.{ending}' in line 2 ")  # noqa: PT017
