"""Python functions of Values as programs, traced once for each path through their decisions.

`guards` are a function's decisions, `reads` the numbers from `.data` during a trace; `tracing` records both. `state` is
what the function reads besides its arguments, `arguments` takes those apart, a `Path` is one traced and compiled path
through the function, a `Batch` runs each row along its path, and `function` is what a user calls.
"""

from autograd.jitted.function import Jitted, jit

__all__ = ["Jitted", "jit"]
