"""Python functions of Values as programs: traced once for each path that their decisions can take.

`guards` are what a function decides, `reads` the numbers that `.data` gives while it is traced, `tracing` sees both;
`state` is what the function reads beside its arguments, `arguments` takes those apart, a `Path` is one traced and
compiled way through the function, a `Batch` sends each row along its path, and `function` is what a user calls.
"""

from autograd.jitted.function import Jitted, jit

__all__ = ["Jitted", "jit"]
