"""Processes that are killed while they write a file: they leave the old or the new file, and nothing else."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from autograd.files import write_whole

SECONDS = 30.0
_WRITER = """
import sys
from autograd.files import write_whole
print("ready", flush=True)
for i in range(1_000_000):
    write_whole("file", str(i % 10) * int(sys.argv[1]))
"""


def tries(seed: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """Endless kills."""
    rng = random.Random(seed)
    while True:
        size, after = rng.choice([1, 4096, 5_000_000]), rng.uniform(0.0, 0.05)
        yield f"a file of {size} bytes, killed after {after:.4f} s", partial(judged, size, after)


def judged(size: int, after: float) -> str:
    """The fault that a kill has left, if any."""
    write_whole("file", "x" * size)
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(size)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    with writer.stdout as said:
        said.readline()
        time.sleep(after)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
    left = Path("file").read_text()
    if len(left) != size or len(set(left)) != 1:
        return f"the file is torn: {len(left)} bytes of {size}"
    write_whole("file", "y" * size)
    others = [name for name in os.listdir() if name != "file"]
    return f"beside the file there is still {others}" if others else ""
