"""The imports with which a generated text is a module of its own."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Iterable
from typing import Any

__all__ = ["imports_of"]

_ABBREVIATED = {
    "np": "import numpy as np", "rt": "from srcad import runtime as rt", "math": "import math",
    "numpy_library": "import numpy as numpy_library", "math_library": "import math as math_library",
    "runtime_library": "from srcad import runtime as runtime_library",
}  # fmt: skip


def imports_of(names: Iterable[str], statics: dict[str, Any]) -> tuple[str, ...]:
    """Return the import statements for what a text refers to; a comment for what nothing can import.

    Parameters
    ----------
    names : iterable of str
        The identifiers of the text, dotted ones as they stand there.
    statics : dict
        What the identifiers that are no variables stand for.

    >>> imports_of(["np.sin", "x", "len"], {})
    ('import numpy as np',)
    """
    lines = {line for name in names if (line := _line(name, statics)) is not None}
    return tuple(sorted(lines, key=lambda line: (line.startswith("#"), line.startswith("from"), line)))


def _line(name: str, statics: dict[str, Any]) -> str | None:
    root, _, path = name.partition(".")
    if root in _ABBREVIATED and (path or name not in statics):
        return _ABBREVIATED[root]
    if name not in statics:
        return None
    value = statics[name]
    if path:
        return _import_of_path(name, value)
    if getattr(builtins, name, None) is value:
        return None
    if isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value:
        return f"import {value.__name__}" + (f" as {name}" if value.__name__ != name else "")
    home, title = _home(value)
    if home is None:
        return f"# {name} stands for {value!r}"
    return f"from {home} import {title}" + (f" as {name}" if title != name else "")


def _import_of_path(name: str, value: Any) -> str:
    """Return the import of the module that a dotted name begins with."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:length])
        found = sys.modules.get(module)
        for part in parts[length:]:
            found = getattr(found, part, None)
        if found is value:
            return f"import {module}"
    return _import_of_home(name, value) or f"# {name} stands for {value!r}"


def _import_of_home(name: str, value: Any) -> str | None:
    """Return the import of a package's module that the text calls by its last name."""
    root, _, path = name.partition(".")
    home = getattr(value, "__module__", None) or ""
    package, _, title = home.rpartition(".")
    found = sys.modules.get(home)
    for part in path.split("."):
        found = getattr(found, part, None)
    return f"from {package} import {title}" if package and title == root and found is value else None


def _home(value: Any) -> tuple[str | None, str]:
    """Return the module from which a value can be imported, and its name there."""
    title = getattr(value, "__qualname__", None) or getattr(value, "__name__", "")
    module = getattr(value, "__module__", None) or ""
    candidates = [module, "numpy", "math"] if module != "__main__" else []
    for candidate in candidates:
        if "." not in title and getattr(sys.modules.get(candidate), title, None) is value:
            return candidate, title
    return None, title
