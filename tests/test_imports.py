"""What importing costs, and what it brings."""

from __future__ import annotations

import builtins
import subprocess
import sys

import autograd


def loaded_by(code: str) -> set[str]:
    """The modules that are there after some code has run, in a process of its own."""
    script = f"{code}\nimport sys; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_the_engine_needs_the_standard_library_alone() -> None:
    use = "from autograd import Value, formula, grad; a = Value(2.0); (a * a).tanh().backward(); "
    use += "grad(lambda x: x**3)(1.0); formula(a * a)"
    others = {name.partition(".")[0] for name in loaded_by(use) - loaded_by("")} - {"autograd", "__mp_main__"}
    assert others <= sys.stdlib_module_names


def test_a_star_hides_no_builtin() -> None:
    assert not set(autograd.__all__) & set(dir(builtins))
    for name in (*autograd.__all__, "compile", "sum"):
        assert name in dir(autograd)
        assert callable(getattr(autograd, name))


def test_an_unknown_name_is_named() -> None:
    assert not hasattr(autograd, "nonsense")
    assert callable(autograd.gradcheck)
