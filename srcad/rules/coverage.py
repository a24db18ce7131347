"""What is differentiable, constant or refused, by namespace; ``python -m srcad.rules.coverage`` writes the page.

The page is made from the registry and the installed NumPy, so that it cannot be out of step with them.
"""

from __future__ import annotations

import builtins
import cmath
import importlib
import importlib.util
import math
import operator
import sys
import textwrap
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

import srcad.rules  # noqa: F401  (fills the registry)
from srcad.rules import registry

__all__ = ["NAMESPACES", "members", "page", "status"]

SERIES = ("polynomial", "chebyshev", "hermite", "hermite_e", "laguerre", "legendre")
NAMESPACES: dict[str, Any] = {
    "numpy": np,
    "methods of ufuncs": np.ufunc,
    "numpy.ndarray": np.ndarray,
    "numpy.linalg": np.linalg,
    "numpy.fft": np.fft,
    "numpy.random": np.random,
    "numpy.random.Generator": np.random.Generator,
    "numpy.polynomial": np.polynomial,
    **{f"numpy.polynomial.{name}": getattr(np.polynomial, name) for name in SERIES},
    "math": math,
    "cmath": cmath,
    "operator": operator,
    "builtins": builtins,
}
UFUNC_METHODS = ("reduce", "accumulate", "reduceat", "outer", "at")
SCIPY = (
    "special",
    "fft",
    "linalg",
    "stats",
    "signal",
    "ndimage",
    "integrate",
    "optimize",
    "interpolate",
    "sparse",
    "spatial.distance",
)

# Counts of autograd 1.9.1: functions with a reverse rule, and with a forward rule.
AUTOGRAD = {
    "numpy": (119, 117),
    "numpy.linalg": (10, 1),
    "numpy.fft": (15, 0),
    "scipy.special": (30, 1),
    "scipy.stats": (27, 0),
    "scipy.linalg": (4, 2),
    "scipy.signal": (1, 0),
    "scipy.integrate": (1, 0),
}
CATEGORIES = {
    "differentiable": "Differentiable",
    "written out": "Differentiable as Python code",
    "language": "Parts of the language",
    "mutating": "Written out as stores",
    "constant": "Zero derivative, or none",
    "refused": "Refused",
}


def status(function: Any) -> str | None:
    """Return the category of a function, or None where it is not accounted for."""
    if registry.find(function) is not None:
        return "differentiable"
    if registry.source_of(function) is not None:
        return "written out"
    if registry.is_language(function):
        return "language"
    if registry.is_mutating(function):
        return "mutating"
    if registry.is_constant(function):
        return "constant"
    return "refused" if registry.reason_refused(function) is not None else None


def members(namespace: Any) -> Iterator[tuple[str, Any]]:
    """Yield the public callables of a module, or the public methods and attributes of a class."""
    if namespace is np.ufunc:
        yield from _methods_of_ufuncs()
        return
    for name in sorted(dir(namespace) if namespace is np else getattr(namespace, "__all__", dir(namespace))):
        if name.startswith("_"):
            continue
        value = getattr(namespace, name)
        is_site_printer = type(value).__module__ in ("_sitebuiltins", "site")
        if isinstance(value, types.ModuleType) or is_site_printer:
            continue
        if callable(value) or namespace is np.ndarray:
            yield name, value


def _methods_of_ufuncs() -> Iterator[tuple[str, Any]]:
    for ufunc in {
        value.__name__: value for value in vars(np).values() if isinstance(value, np.ufunc)
    }.values():
        for method in UFUNC_METHODS:
            yield f"{ufunc.__name__}.{method}", getattr(ufunc, method)


def page() -> str:
    """Return the text of ``docs/coverage.md``."""
    grouped = {title: _grouped(members(namespace)) for title, namespace in NAMESPACES.items()}
    lines = [
        "# Coverage",
        "",
        "Every public function of these namespaces is accounted for. This page is written by",
        "`python -m srcad.rules.coverage` from the registry of derivative rules; a test compares the two.",
        "",
        "## Counts",
        "",
        "Functions with a reverse rule, and those of them with a forward rule, beside autograd 1.9.1. Aliases",
        "count once for each name.",
        "",
        "| namespace | reverse | forward | autograd, reverse | autograd, forward | constant | refused |",
        "|---|---|---|---|---|---|---|",
    ]
    counted = {title: [value for _, value in members(namespace)] for title, namespace in NAMESPACES.items()}
    counted.update(_scipy_functions())
    lines += [_count_line(title, functions) for title, functions in counted.items()]
    for title, groups in grouped.items():
        lines += ["", f"## {title}"]
        for category, heading in CATEGORIES.items():
            names = [name for name, _ in groups.get(category, [])]
            if names:
                lines += ["", f"{heading}: {', '.join(f'`{name}`' for name in names)}."]
    return "\n".join(map(_wrapped, [*lines, *_options(), *_reasons(grouped)])) + "\n"


def _wrapped(line: str) -> str:
    """Return a paragraph or an item of a list in lines that one can read; tables and headings stay."""
    if line.startswith(("|", "#")):
        return line
    indent = "  " if line.startswith("- ") else ""
    return textwrap.fill(line, 118, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _grouped(pairs: Iterator[tuple[str, Any]]) -> dict[str, list[tuple[str, Any]]]:
    groups: dict[str, list[tuple[str, Any]]] = {}
    for name, value in pairs:
        groups.setdefault(status(value) or "missing", []).append((name, value))
    return groups


def _scipy_functions() -> dict[str, list[Any]]:
    """Return the functions of SciPy with a status, by module; nothing where SciPy is not installed."""
    if importlib.util.find_spec("scipy") is None:
        return {}
    found = {}
    for topic in SCIPY:
        module = importlib.import_module(f"scipy.{topic}")
        registry.provide()
        functions = [value for _, value in members(module) if not isinstance(value, type)]
        if topic == "stats":
            written = [value for value in functions if status(value) == "written out"]
            functions = [
                rule.primal for rule in registry.registered() if _topic_of(rule) == "stats"
            ] + written
        found[f"scipy.{topic}"] = [value for value in functions if status(value) is not None]
    return found


def _topic_of(rule: registry.Rule) -> str:
    return (rule.reverse.__module__ or "").rpartition(".")[2].removeprefix("scipy_").partition("_")[0]


def _count_line(title: str, functions: list[Any]) -> str:
    rules = [rule for rule in map(registry.find, functions) if rule is not None]
    forward = [rule for rule in rules if all(map(rule.has_forward, rule.wrt))]
    written = sum(status(function) == "written out" for function in functions)
    peers = ["" if n is None else str(n) for n in AUTOGRAD.get(title, (None, None))]
    constant, refused = (
        sum(status(f) == category for f in functions) for category in ("constant", "refused")
    )
    cells = [
        f"`{title}`",
        str(len(rules) + written),
        str(len(forward) + written),
        *peers,
        str(constant),
        str(refused),
    ]
    return f"| {' | '.join(cells)} |"


def _options() -> list[str]:
    """Return the arguments that are refused, with the reasons."""
    lines = ["", "## Arguments that must keep their default", ""]
    reasons: dict[str, list[str]] = {}
    for rule in registry.registered():
        for reason in rule.refused.values():
            names = reasons.setdefault(reason, [])
            if rule.primal.__name__ not in names and not rule.reverse.__module__.startswith(
                "srcad.rules.scipy"
            ):
                names.append(rule.primal.__name__)
    for reason, names in reasons.items():
        if names:
            lines.append(f"- {reason} ({', '.join(f'`{name}`' for name in sorted(names))})")
    return lines


def _reasons(grouped: dict[str, dict[str, list[tuple[str, Any]]]]) -> list[str]:
    """Return the functions that are refused, with the reasons."""
    lines = ["", "## Why functions are refused", ""]
    reasons: dict[str, list[str]] = {}
    for title, groups in grouped.items():
        for name, value in groups.get("refused", []):
            reason = registry.reason_refused(value) or ""
            if "has no derivative rule: broadcast the operands" in reason:
                reason = (
                    "Methods of ufuncs without a rule of their own: broadcast the operands or write a loop."
                )
            reasons.setdefault(reason, []).append(
                name if title in ("numpy", "methods of ufuncs") else f"{title}.{name}"
            )
    lines += [f"- {reason} ({', '.join(f'`{name}`' for name in names)})" for reason, names in reasons.items()]
    return lines


if __name__ == "__main__":
    sys.stdout.write(page())
