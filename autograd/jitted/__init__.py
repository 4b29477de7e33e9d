"""Python functions of Values as programs: traced once for each path that their decisions can take.

`tracing` sees what a function decides and reads, `reads` are the numbers that `.data` gives meanwhile, `state` is what
it reads beside its arguments, `arguments` takes those apart, a `Path` is one traced and compiled way through the
function, and `function` finds the path for each row.
"""

from autograd.jitted.function import Jitted, jit

__all__ = ["Jitted", "jit"]
