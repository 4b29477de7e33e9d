"""Tries odd, damaged, hostile and interrupted inputs: `python -m tests.torture --seconds 60 --seed 1`.

Prints the numbers of tries and failures, and exits with 1 if anything failed. The same seed gives the same tries in the
same order; their number depends on the machine.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.torture.isolated import outcomes

STRANDS = {
    "odd arguments": "odd",
    "random graphs": "expressions",
    "derivatives for gradcheck": "slopes",
    "interrupts": "interrupted",
    "damaged files": "damage",
    "kills while writing": "kills",
    "hostile labels": "labels",
    "scale": "scale",
}
"""The kinds of tries, with the module whose `tries` makes them."""

SHOWN = 10
"""The maximum number of faults of a kind that are printed, since there may be many similar ones."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="the total time")
    parser.add_argument("--seed", type=int, default=0, help="determines the tries")
    parser.add_argument("--only", choices=sorted(STRANDS.values()), help="a single strand")
    options = parser.parse_args()
    strands = {name: module for name, module in STRANDS.items() if options.only in (None, module)}
    failed = 0
    print(f"{'seed ' + str(options.seed):28}{'tried':>10}{'failed':>10}", flush=True)
    for name, module in strands.items():
        end = time.monotonic() + options.seconds / len(strands)
        found = list(outcomes(f"tests.torture.{module}", options.seed, end))
        faults = [each for each in found if each[1]]
        print(f"{name:28}{len(found):10,}{len(faults):10,}", flush=True)
        for what, fault in faults[:SHOWN]:
            print(f"    {what[:300]!a}\n        {fault[:400]!a}", flush=True)
        failed += len(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
