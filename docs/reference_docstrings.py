"""Prepares docstrings for the reference."""

from __future__ import annotations

from typing import Any

import griffe


class Docstrings(griffe.Extension):
    """Drops the docstrings of packages that several sections show in part, and shows examples as code."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Called for each package that has been loaded."""
        if pkg.path in ("autograd", "nn", "viz"):
            pkg.docstring = None

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called for each object in a loaded package."""
        if obj.docstring is not None:
            # Only sections named `Examples:` are known.
            obj.docstring.value = obj.docstring.value.replace("\nExample:\n", "\nExamples:\n")
