"""A traced scalar graph, rolled up into arrays.

```
Values ─group→ groups ─lower→ array program ─differentiate→ array program ─plan→ buffers ─emit→ numpy
```

Each pass takes data and returns data, in the module of its name. The array program is defined in `ir`, and what it
means in `reference`; `program` runs it.
"""

from autograd.compiler.program import Program, compile

__all__ = ["Program", "compile"]
