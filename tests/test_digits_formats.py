"""Images in common formats: files that are read, and files that are refused with a message."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from demos.digits import sizes
from demos.digits.data import DataError, Images, read_csv, split
from demos.digits.formats import read
from demos.digits.resizing import resize

GREYS = np.random.default_rng(0).integers(0, 256, (6, 4, 3))
GREYS[0, 0, 0] = 255
LABELS = np.array([3, 1, 4, 1, 5, 9])


def idx(array: np.ndarray[Any, Any]) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def mnist(folder: Path, images: bytes, labels: bytes, ending: str = "") -> Path:
    path = folder / f"train-images-idx3-ubyte{ending}"
    path.write_bytes(images)
    (folder / f"train-labels-idx1-ubyte{ending}").write_bytes(labels)
    return path


def assert_ours(images: Images) -> None:
    assert (images.height, images.width) == (4, 3)
    np.testing.assert_allclose(images.pixels, GREYS.reshape(6, 12) / 255, rtol=1e-15)
    assert images.labels.tolist() == LABELS.tolist()


def test_idx_as_mnist_ships_it(tmp_path: Path) -> None:
    assert_ours(read(mnist(tmp_path, gzip.compress(idx(GREYS)), gzip.compress(idx(LABELS)), ".gz")))
    assert_ours(read(mnist(tmp_path, idx(GREYS), idx(LABELS))))


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float32])
def test_npz(tmp_path: Path, kind: Any) -> None:
    path = tmp_path / "mine.npz"
    np.savez_compressed(path, images=GREYS.astype(kind), labels=LABELS)
    assert_ours(read(path))
    np.savez(path, images=GREYS.reshape(6, 12), labels=LABELS.astype(float))
    assert_ours(read(path, size=(4, 3)))


@pytest.mark.parametrize(("largest", "kind"), [(1, bool), (1, float), (16, np.uint8), (255, np.uint8)])
def test_the_largest_pixel_tells_the_scale(tmp_path: Path, largest: int, kind: Any) -> None:
    path = tmp_path / "mine.npz"
    images = np.zeros((2, 3, 3), kind)
    images[1, 1, 1] = largest
    np.savez(path, images=images, labels=[0, 1])
    assert read(path).pixels.max() == 1


def test_csv_of_any_size(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv.gz"
    lines = [",".join(map(str, [*row, label])) for row, label in zip(GREYS.reshape(6, 12), LABELS, strict=True)]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert_ours(read(path, size=(4, 3)))
    with pytest.raises(DataError, match=r"line 1: 13 columns.*square"):
        read(path)
    with pytest.raises(DataError, match=r"line 1: 13 columns.*5×3"):
        read(path, size=(5, 3))


def npz(**arrays: Any) -> Any:
    def write(folder: Path) -> Path:
        np.savez(folder / "mine.npz", **arrays)
        return folder / "mine.npz"

    return write


def cut(folder: Path) -> Path:
    path: Path = npz(images=GREYS, labels=LABELS)(folder)
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (npz(x=GREYS), "holds x, but no images and no labels"),
        (npz(images=GREYS), "holds images, but no labels"),
        (npz(images=np.array([print], object), labels=[1]), "array of objects"),
        (npz(images=[["a"]], labels=[1]), "images is an array of <U1, not numbers"),
        (npz(images=GREYS * 1j, labels=LABELS), "images is an array of complex128, not numbers"),
        (npz(images=GREYS[0, 0], labels=LABELS), "the images are 3; they should be images × height × width"),
        (npz(images=GREYS[:0], labels=[]), "the images are 0 × 4 × 3"),
        (npz(images=GREYS, labels=LABELS[:5]), "6 images need as many labels; these are 5"),
        (npz(images=GREYS, labels=LABELS + 5), "a label is 10; labels must be whole numbers from 0 to 9"),
        (npz(images=GREYS, labels=LABELS + 0.5), "a label is 3.5; labels"),
        (npz(images=GREYS * 2, labels=LABELS), "a pixel is 510; pixels must be from 0 to 1, to 16 or to 255"),
        (npz(images=-GREYS, labels=LABELS), "a pixel is -255; pixels"),
        (npz(images=GREYS / np.nan, labels=LABELS), "a pixel is nan; pixels"),
        (npz(images=GREYS.reshape(6, 12), labels=LABELS), "12 pixels are not those of a square image"),
        (cut, "is not a .npz file of images, or a damaged one"),
        (lambda folder: mnist(folder, idx(GREYS)[:-1], idx(LABELS)), "6 × 4 × 3 bytes, not 71"),
        (lambda folder: mnist(folder, idx(GREYS)[:9], idx(LABELS)), "is not an IDX file of unsigned bytes"),
        (lambda folder: mnist(folder, idx(GREYS), b"labels"), "labels-idx1-ubyte is not an IDX file of unsigned bytes"),
        (lambda folder: mnist(folder, idx(GREYS), idx(GREYS)), "6 images need as many labels; these are 6 × 4 × 3"),
    ],
)
def test_files_that_are_not_images(tmp_path: Path, write: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(write(tmp_path))


def test_labels_that_are_missing(tmp_path: Path) -> None:
    path = mnist(tmp_path, idx(GREYS), idx(LABELS))
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="train-labels-idx1-ubyte cannot be read: No such file"):
        read(path)
    with pytest.raises(DataError, match="name must contain 'images'"):
        read(path.rename(tmp_path / "digits"))


def test_too_few_images_for_a_test() -> None:
    with pytest.raises(DataError, match="4 images are too few"):
        split(Images(np.zeros((4, 9)), np.arange(4), 3, 3))


def interpolated(image: Any, side: int) -> Any:
    """Bilinear interpolation, pixel by pixel from its definition."""
    height, width = image.shape
    out = np.zeros((side, side))
    for i in range(side):
        for j in range(side):
            y = min(max((i + 0.5) * height / side - 0.5, 0), height - 1)
            x = min(max((j + 0.5) * width / side - 0.5, 0), width - 1)
            top, left = int(y), int(x)
            below, right = min(top + 1, height - 1), min(left + 1, width - 1)
            upper = image[top, left] * (1 - (x - left)) + image[top, right] * (x - left)
            lower = image[below, left] * (1 - (x - left)) + image[below, right] * (x - left)
            out[i, j] = upper * (1 - (y - top)) + lower * (y - top)
    return out


@pytest.mark.parametrize("side", [1, 3, 4, 7, 20])
def test_resizing(side: int) -> None:
    images = Images(GREYS.reshape(6, 12) / 255, LABELS, 4, 3)
    larger = resize(images, side)
    assert (larger.height, larger.width) == (side, side)
    for old, new in zip(images.pixels.reshape(6, 4, 3), larger.pixels.reshape(6, side, side), strict=True):
        np.testing.assert_allclose(new, interpolated(old, side), atol=1e-15)


def test_resizing_to_the_same_size_changes_nothing() -> None:
    images = read_csv()
    np.testing.assert_array_equal(resize(images, 8).pixels, images.pixels)


def member(shape: str, kind: str = "<f8", contents: bytes = b"") -> bytes:
    """A numpy file with any header."""
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + contents


HOSTILE: dict[str, Callable[[], bytes]] = {
    "more than the limit, zipped": lambda: member("(100000, 100, 100)", contents=bytes(20_000_000)),
    "bytes that are many pixels": lambda: member("(100000000, 1, 1)", "|u1", bytes(100_000_000)),
    "no more than a header": lambda: member("(1000000000000,)"),
    "65 dimensions": lambda: member("(" + "1, " * 65 + ")", contents=bytes(8)),
    "a negative length": lambda: member("(-1, 8, 8)", contents=bytes(512)),
    "texts": lambda: member("(1, 1, 1)", "<U1000", bytes(4000)),
    "records": lambda: member("(1, 1, 1)", "<U1\x1b[31m"),
    "no array": lambda: b"hello",
    "a header without end": lambda: b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + bytes(50_000_000),
}


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", ["images", "labels"])
def test_archives_made_to_take_much_memory_are_refused_at_once(tmp_path: Path, hostile: str, name: str) -> None:
    path = tmp_path / "\x1b[31mbomb.npz"
    np.savez(path, images=GREYS, labels=LABELS)
    with zipfile.ZipFile(path) as archive:
        contents = {each: archive.read(each) for each in archive.namelist()} | {f"{name}.npy": HOSTILE[hostile]()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for each, content in contents.items():
            archive.writestr(each, content)
    assert_refused_at_once(path)


TOO_MUCH: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(b"0," * 130_000_000, 1),
    "commas": lambda: gzip.compress(b"," * 20_000_000 + b"\n", 1),
    "idx": lambda: gzip.compress(struct.pack(">I5I", 0x803, 2**20, 2**20, 2**20, 0, 0) + bytes(30_000_000), 1),
    "dimensions": lambda: gzip.compress(struct.pack(">I255I", 0x8FF, *[1] * 255) + b"\0", 1),
    "escapes": lambda: b"\x1b[31m" * 10_000 + b",1,2,3,4\n",
    "digits": lambda: b"1,2,3,4," + b"9" * 100_000 + b"\n",
}


@pytest.mark.parametrize("content", TOO_MUCH)
def test_texts_and_bytes_made_to_take_much_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "images"
    path.write_bytes(TOO_MUCH[content]())
    (tmp_path / "labels").write_bytes(path.read_bytes())
    assert_refused_at_once(path, memory=600_000_000)


def assert_refused_at_once(path: Path, memory: int = 2_000_000) -> None:
    """Asserts that a file is refused in one line, without control characters, before much is unpacked."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError) as caught:
            read(path)
        assert tracemalloc.get_traced_memory()[1] < memory
    finally:
        tracemalloc.stop()
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 300
    assert path.name[-8:] in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="devices and pipes as POSIX has them")
def test_devices_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("/dev/zero"), tmp_path / "pipe"):
        with pytest.raises(DataError, match="it is not a file, but a device or a pipe"):
            read(path)
    for other in (tmp_path, Path("nul\0")):
        with pytest.raises(DataError, match="cannot be read: "):
            read(other)


def test_arrays_stored_by_columns_are_read_as_they_are(tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", images=np.asfortranarray(GREYS), labels=LABELS)
    assert_ours(read(tmp_path / "mine.npz"))


@pytest.mark.parametrize(("inputs", "hidden"), [(10_000_000, [128]), (64, [10**9]), (64, [3000, 3000])])
def test_networks_that_no_memory_holds_are_refused(tmp_path: Path, inputs: int, hidden: list[int]) -> None:
    with pytest.raises(ValueError, match=r"weights and biases, and at most 6,000,000 fit"):
        sizes.check(inputs, hidden)
    nn.save(nn.MLP(2, [3, 10]), tmp_path / "model.npz")
    with zipfile.ZipFile(tmp_path / "model.npz") as archive:
        contents = {each: archive.read(each) for each in archive.namelist()}
    stream = io.BytesIO()
    np.save(stream, np.array(f"MLP {inputs}-{'-'.join(map(str, hidden))}-10 (relu, linear)"))
    with zipfile.ZipFile(tmp_path / "model.npz", "w") as archive:
        for each, content in (contents | {"@module.npy": stream.getvalue()}).items():
            archive.writestr(each, content)
    with pytest.raises(ValueError, match="at most 6,000,000 fit"):
        sizes.of(tmp_path / "model.npz")
