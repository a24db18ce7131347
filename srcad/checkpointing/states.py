"""States of loops that are objects: their records, taken apart into what stands in them and made again of that."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

__all__ = ["Form", "form_of_records", "gradient_of", "gradient_parts", "made_text", "parts_of", "paths_in"]

Form = tuple[Any, tuple[tuple[str, Any], ...]] | None
"""The class of a record with the name and form of each field; None for what is no record."""


def form_of_records(value: Any) -> Form:
    """Return the records that a value consists of.

    Examples
    --------
    >>> from collections import namedtuple
    >>> Pair = namedtuple("Pair", "a b")
    >>> form_of_records(Pair(1.0, 2.0)) == (Pair, (("a", None), ("b", None)))
    True
    """
    names = _fields(type(value))
    if names is None or (hasattr(value, "__dict__") and set(vars(value)) - set(names)):
        return None
    return type(value), tuple((name, form_of_records(getattr(value, name))) for name in names)


@functools.lru_cache(maxsize=256)
def _fields(cls: type) -> tuple[str, ...] | None:
    """Return the fields of a class whose objects are made of these alone, None for another class."""
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return tuple(cls._fields) if str(cls.__new__.__module__).startswith("namedtuple_") else None
    if dataclasses.is_dataclass(cls) and not hasattr(cls, "__post_init__"):
        fields = dataclasses.fields(cls)
        plain = list(inspect.signature(cls).parameters) == [field.name for field in fields]
        return (
            tuple(field.name for field in fields) if plain and all(field.init for field in fields) else None
        )
    return _assigned(cls) if type(cls) is type and "__slots__" not in vars(cls) else None


def _assigned(cls: type) -> tuple[str, ...] | None:
    """Return the parameters of an ``__init__`` that does nothing but assign them to attributes of the same names."""
    init = vars(cls).get("__init__")
    if (
        cls.__bases__ != (object,)
        or not hasattr(init, "__code__")
        or {"__new__", "__setattr__"} & set(vars(cls))
    ):
        return None
    try:
        function: Any = ast.parse(textwrap.dedent(inspect.getsource(init))).body[0]
    except (OSError, TypeError, SyntaxError):
        return None
    found = []
    for statement in function.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return None
        pairs = [(statement.targets[0], statement.value)]
        if isinstance(statement.targets[0], ast.Tuple) and isinstance(statement.value, ast.Tuple):
            pairs = list(zip(statement.targets[0].elts, statement.value.elts))
        for target, value in pairs:
            own = (
                isinstance(target, ast.Attribute) and isinstance(value, ast.Name) and target.attr == value.id
            )
            if not own or not isinstance(target.value, ast.Name):  # type: ignore[union-attr]
                return None
            found.append(value.id)  # type: ignore[union-attr]
    names = list(inspect.signature(cls).parameters)
    return tuple(names) if sorted(found) == sorted(names) else None


def parts_of(value: Any, form: Form) -> Any:
    """Return the list of what stands in the records of a value; the value itself if there are none.

    Examples
    --------
    >>> from collections import namedtuple
    >>> Pair = namedtuple("Pair", "a b")
    >>> value = Pair(Pair(1.0, 2.0), [3.0])
    >>> parts_of(value, form_of_records(value))
    [1.0, 2.0, [3.0]]
    """
    return value if form is None else list(_parts(value, form))


def _parts(value: Any, form: Form) -> Iterator[Any]:
    if form is None:
        yield value
        return
    for name, inner in form[1]:
        yield from _parts(getattr(value, name), inner)


def paths_in(form: Form) -> Iterator[str]:
    """Yield how what stands in the records is read."""
    if form is None:
        yield ""
        return
    for name, inner in form[1]:
        yield from (f".{name}{path}" for path in paths_in(inner))


def made_text(form: Form, counter: Iterator[int], classes: dict[str, Any]) -> str:
    """Return the expression that makes the records of the items of ``state``; ``classes`` gets the names it uses."""
    if form is None:
        return f"state[{next(counter)}]"
    title = f"record_{len(classes)}"
    classes[title] = form[0]
    return f"{title}({', '.join(f'{name}={made_text(inner, counter, classes)}' for name, inner in form[1])})"


def gradient_parts(gradient: Any, form: Form) -> list[Any]:
    """Return the gradients of what stands in the records, from that of the whole in the form of the runtime.

    Examples
    --------
    >>> from collections import namedtuple
    >>> Pair = namedtuple("Pair", "a b")
    >>> gradient_parts([1.0, 0.0], (Pair, (("a", None), ("b", (Pair, (("a", None), ("b", None)))))))
    [1.0, 0.0, 0.0]
    """
    if form is None:
        return [gradient]
    found: list[Any] = []
    for k, (name, inner) in enumerate(form[1]):
        part: Any = 0.0
        if isinstance(gradient, dict):
            part = gradient.get(name, 0.0)
        elif isinstance(gradient, (list, tuple)):
            part = gradient[k]
        found += gradient_parts(0.0 if part is None else part, inner)
    return found


def gradient_of(parts: Iterator[Any], form: Form) -> Any:
    """Return the gradient of records, in the form of the runtime, from those of what stands in them."""
    if form is None:
        return next(parts)
    cls, fields = form
    found = {name: gradient_of(parts, inner) for name, inner in fields}
    return list(found.values()) if issubclass(cls, tuple) else found
