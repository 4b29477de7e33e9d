"""The cost of importing, and the modules that it loads."""

from __future__ import annotations

import builtins
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import autograd


def loaded_by(code: str) -> set[str]:
    """The modules that are loaded after some code has run in a separate process."""
    script = f"{code}\nimport sys; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_the_engine_needs_only_the_standard_library() -> None:
    use = "from autograd import Value, formula, grad; a = Value(2.0); (a * a).tanh().backward(); "
    use += "grad(lambda x: x**3)(1.0); formula(a * a)"
    others = {name.partition(".")[0] for name in loaded_by(use) - loaded_by("")} - {"autograd", "__mp_main__"}
    assert others <= sys.stdlib_module_names


def test_importing_loads_nothing_heavy() -> None:
    heavy = {
        "ast",
        "asyncio",
        "dataclasses",
        "decimal",
        "fractions",
        "inspect",
        "json",
        "random",
        "subprocess",
        "traceback",
    }
    later = {
        "autograd.kernels",
        "autograd.terms",
        "autograd.transforms",
        "autograd.compiler",
        "autograd.differentiable",
    }
    # In Python 3.14 a named tuple whose annotations are strings loads `ast`.
    named = "import typing; typing.NamedTuple('Pair', [('x', 'int')])"
    assert not (loaded_by("import autograd") - loaded_by(named)) & (heavy | later)


def test_pictures_need_no_arrays() -> None:
    assert "numpy" not in loaded_by("import viz; from autograd import Value; viz.svg(Value(2.0) * 3)")


def test_a_star_hides_no_builtin() -> None:
    assert not set(autograd.__all__) & set(dir(builtins))
    for name in (*autograd.__all__, "compile", "sum"):
        assert name in dir(autograd)
        assert callable(getattr(autograd, name))


def test_an_unknown_name_is_named() -> None:
    assert not hasattr(autograd, "nonsense")
    assert callable(autograd.gradcheck)


def test_the_version_is_that_of_the_distribution() -> None:
    assert autograd.__version__ == version("glassgrad")


@pytest.mark.parametrize("package", ["nn", "viz"])
def test_another_package_of_our_name_is_named(package: str, tmp_path: Path) -> None:
    other = tmp_path / "autograd" / "__init__.py"
    other.parent.mkdir()
    other.touch()
    path = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(Path(autograd.__file__).parents[1])!r}]"
    failed = subprocess.run([sys.executable, "-c", f"{path}\nimport {package}"], capture_output=True, text=True)
    assert failed.stderr.splitlines()[-1].startswith("ImportError: ")
    assert str(other) in failed.stderr.splitlines()[-1]
