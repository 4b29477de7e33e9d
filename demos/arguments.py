"""What the demos' command lines have in common."""

from __future__ import annotations

import argparse
from pathlib import Path


def writable(text: str) -> Path:
    """Takes the path of a file in a folder that is there, so that nothing is computed in vain."""
    path = Path(text)
    if not text or path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no file in a folder that exists")
    return path
