"""Reading images: files that are read, and files that are refused with a message."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from demos.digits.data import OURS, DataError, read_csv, split


def test_our_own_file() -> None:
    images = read_csv()
    assert len(images) == 1797
    assert images.pixels.shape == (1797, 64)
    assert (images.pixels.min(), images.pixels.max()) == (0.0, 1.0)
    assert np.bincount(images.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (images.targets.argmax(axis=1) == images.labels).all()


def test_split_is_stratified_disjoint_and_repeatable() -> None:
    images = read_csv()
    train, test = split(images)
    again = split(images)[1]
    assert (test.pixels == again.pixels).all()
    assert len(train) + len(test) == len(images)
    shares = np.bincount(test.labels) / np.bincount(images.labels)
    assert abs(shares - 0.2).max() < 0.005
    both = {row.tobytes() for row in train.pixels} & {row.tobytes() for row in test.pixels}
    assert not both


def damaged(few: Path, edit: str) -> Path:
    lines = few.read_text().splitlines()
    fields = lines[4].split(",")
    if edit == "columns":
        fields = fields[:-1]
    elif edit == "pixel":
        fields[7] = "256"
    elif edit == "label":
        fields[-1] = "11"
    elif edit == "word":
        fields[7] = "dark"
    lines[4] = ",".join(fields)
    few.write_text("\n".join(lines))
    return few


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ("columns", r"line 5: 64 columns, where line 1 has 65"),
        ("pixel", r"line 5: a pixel is 256; pixels must be from 0 to 1, to 16 or to 255"),
        ("label", r"line 5: the label is 11; labels must be whole numbers from 0 to 9"),
        ("word", r"line 5: 'dark' is not a number"),
    ],
)
def test_damaged_lines_are_named(few_digits: Path, edit: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_csv(damaged(few_digits, edit))


def test_files_that_are_not_data(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: "):
        read_csv(tmp_path / "missing.csv")
    path = tmp_path / "file"
    for content, message in [
        (OURS.read_bytes()[:5000], "truncated or damaged"),
        (b"", "is empty"),
        (b"\xff\xfe\x00", "bytes that are not text"),
        (b"1,2,3\n", "3 columns are not the pixels of a square image and a label"),
        (gzip.compress(b"1,2\n")[:-6], "truncated or damaged"),
    ]:
        path.write_bytes(content)
        with pytest.raises(DataError, match=message):
            read_csv(path)


def test_identical_labels_are_refused(few_digits: Path) -> None:
    lines = [line.split(",") for line in few_digits.read_text().split()]
    few_digits.write_text("\n".join(",".join([*line[:-1], "0"]) for line in lines) + "\n\n")
    with pytest.raises(DataError, match="every label is 0"):
        split(read_csv(few_digits))


def rearranged(few: Path, *, first: bool, header: str = "") -> Path:
    rows = [line.split(",") for line in few.read_text().split()]
    lines = [",".join([row[-1], *row[:-1]] if first else row) for row in rows]
    few.write_text("\n".join([header] * bool(header) + lines))
    return few


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("header", ["", "names", "label"])
def test_a_label_at_either_end_and_a_first_line_of_names(few_digits: Path, first: bool, header: str) -> None:
    expected = read_csv(few_digits)
    pixels = ",".join(f"pixel{i}" for i in range(64))
    names = "" if not header else f"{header},{pixels}" if first else f"{pixels},{header}"
    found = read_csv(rearranged(few_digits, first=first, header=names))
    assert (found.labels == expected.labels).all()
    assert (found.pixels == expected.pixels).all()


def test_two_columns_that_look_like_labels_are_refused(few_digits: Path) -> None:
    rows = [line.split(",") for line in few_digits.read_text().split()]
    few_digits.write_text("\n".join(",".join([row[-1], *row[1:]]) for row in rows))
    with pytest.raises(DataError, match="first and the last column"):
        read_csv(few_digits)
