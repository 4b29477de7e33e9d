"""The operations that the engine itself declares, without those that tests and examples add to the table."""

from __future__ import annotations

from autograd import ops

DECLARED = {
    name: entry for name, entry in ops.OPERATIONS.items() if getattr(entry, "forward", entry).__module__ == ops.__name__
}
"""By name; a family is the function that makes its members."""
