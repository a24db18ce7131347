"""Calls resolved when they happen, of which options stand in the text of a function, as they do in a user's call.

A rule has the options that its derivative depends on. The compiler writes the others out (a ``dtype`` is a conversion,
the ``order`` of a ufunc says nothing about numbers), or refuses them with their reason; so a late call that has one of
them goes through a function in whose text the call stands.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from srcad.callables.wrappers import written
from srcad.rules import registry

__all__ = ["LiteralCall", "literal_call", "without_defaults"]

_LITERAL = (type(None), bool, str, type, np.dtype, type(np._NoValue))
_LAID_OUT = (np.reshape, np.ravel, np.ndarray.reshape, np.ndarray.flatten)
_WRITTEN: dict[Any, LiteralCall] = {}


class LiteralCall(NamedTuple):
    """A function in the place of another one, and which arguments it still takes.

    Attributes
    ----------
    function : callable
        The function to call.
    places : tuple of int
        The positions of the arguments that it takes.
    names : tuple of str
        The options that it takes.
    """

    function: Any
    places: tuple[int, ...]
    names: tuple[str, ...]

    def positional(self, args: Any) -> tuple[Any, ...]:
        """Return those of the arguments (or of their tangents, or shadows) that the function takes."""
        return tuple(args[place] for place in self.places)

    def named(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return those of the options that the function takes."""
        return {name: options[name] for name in self.names if name in options}


def literal_call(f: Any, args: Any, options: dict[str, Any]) -> LiteralCall | None:
    """Return the call to make in the place of ``f(*args, **options)``, None where the rule of ``f`` takes all of them.

    Examples
    --------
    >>> import inspect
    >>> call = literal_call(np.prod, (np.ones(3), None, np.float32), {"keepdims": True})
    >>> print(inspect.getsource(call.function), end="")
    def prod(value0):
        return primal(value0, None, literal2, keepdims=True)
    >>> call.places, call.names
    ((0,), ())
    """
    rule = registry.find(f) if registry.is_key(f) else None
    if rule is None or rule.given or _is_taken(rule, args, options):
        return None
    places = tuple(i for i, value in enumerate(args) if not isinstance(value, _LITERAL))
    names = tuple(name for name, value in options.items() if not isinstance(value, _LITERAL))
    literals = {f"literal{i}": value for i, value in enumerate(args) if i not in places}
    literals |= {f"literal_{name}": value for name, value in options.items() if name not in names}
    key = f, len(args), tuple(options), places, names, tuple(literals.values())
    if key not in _WRITTEN:
        _WRITTEN[key] = LiteralCall(_written(f, len(args), tuple(options), literals), places, names)
    return _WRITTEN[key]


def _is_taken(rule: registry.Rule, args: Any, options: dict[str, Any]) -> bool:
    """Tell whether the rule takes these arguments, and what it refuses has its default."""
    signature = rule.signature
    try:
        bound = signature.bind(*args, **options).arguments
    except TypeError:
        return False
    by_layout = rule.primal in _LAID_OUT and bound.get("order", "C") not in ("C", "F")
    refused = [name for name in rule.refused if name in bound]
    defaults = all(bound[name] is signature.parameters[name].default for name in refused)
    return not by_layout and defaults and all(name in options for name in refused)


def without_defaults(f: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a call without those that the rule of ``f`` refuses, which have their defaults.

    >>> without_defaults(np.prod, {"axis": 0, "dtype": None})
    {'axis': 0}
    """
    rule = registry.find(f) if registry.is_key(f) else None
    if rule is None or rule.given or rule.refused.keys().isdisjoint(options):
        return options
    return {name: value for name, value in options.items() if name not in rule.refused}


def _written(f: Any, count: int, names: tuple[str, ...], literals: dict[str, Any]) -> Any:
    """Return the function that calls ``f``, with the literals for globals."""
    kept = [name for name in names if f"literal_{name}" not in literals]
    taken = [f"value{i}" for i in range(count) if f"literal{i}" not in literals]
    passed = [
        _text(f"literal{i}", literals) if f"literal{i}" in literals else f"value{i}" for i in range(count)
    ]
    passed += [f"{name}={name if name in kept else _text(f'literal_{name}', literals)}" for name in names]
    head = ", ".join([*taken, *["*"] * bool(kept), *kept])
    title = getattr(f, "__name__", "function")
    return written(
        f"def {title}({head}):\n    return primal({', '.join(passed)})\n", title, primal=f, **literals
    )


def _text(name: str, literals: dict[str, Any]) -> str:
    """Return what stands in the text for a literal: itself, or its name for a type."""
    value = literals[name]
    return repr(value) if value is None or isinstance(value, (bool, str)) else name
