"""The common parts of the demos' command lines: types of arguments, and packages that must be there."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path


def writable(text: str) -> Path:
    """Accepts the path of a file in an existing folder, so that no result is lost at the end."""
    path = Path(text)
    if not text or path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a file in an existing folder")
    return path


def need(*packages: str) -> None:
    """Ends a program that lacks packages before it computes anything."""
    if missing := [package for package in packages if find_spec(package) is None]:
        raise SystemExit(f"error: this needs {' and '.join(missing)}: pip install '.[demos]'")


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Accepts integers from `least` to `most`."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least or (most is not None and number > most):
            bounds = f"from {least}" if most is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number {bounds}")
        return number

    return parse
