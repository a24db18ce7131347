"""Functions of complex numbers as functions of their real and imaginary parts, of which difference quotients are taken."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcad.errors import ArgumentError
from srcad.lang import texts

__all__ = ["by_parts"]

_SERIAL = itertools.count(1)


def by_parts(
    f: Callable[..., Any], value: Any, args: list[Any], argnums: int | Sequence[int] | None
) -> tuple[Callable[..., Any], list[Any], int | Sequence[int] | None]:
    """Return a function of real arguments and results in the place of ``f``, with its arguments and positions.

    It is ``f`` itself where no argument is complex, nor ``value``, its result.

    Examples
    --------
    >>> import inspect
    >>> parted, args, argnums = by_parts(lambda z, x: z * x, 3 + 6j, [1 + 2j, 3.0], (0,))
    >>> print(inspect.getsource(parted), end="")
        def parted(real_0, imag_0, argument_1):
            value = f(real_0 + 1j * imag_0, argument_1)
            return [np.real(value), np.imag(value)]
    >>> args, argnums
    ([1.0, 2.0, 3.0], [0, 1])
    """
    paths = [(path, np.iscomplexobj(leaf)) for path, leaf in _numbers_in(value)]
    inside = [leaf for argument in args for _, leaf in _numbers_in(argument)]
    if not any(map(np.iscomplexobj, inside)) and not any(is_complex for _, is_complex in paths):
        return f, args, argnums
    chosen = [argnums] if isinstance(argnums, int) else argnums
    names: list[str] = []
    given: list[str] = []
    parts: list[Any] = []
    places: list[int] = []
    for position, value in enumerate(args):
        if _is_complex(value):
            own = [f"real_{position}", f"imag_{position}"]
            given.append(f"{own[0]} + 1j * {own[1]}")
            values = [value.real, value.imag]
        else:
            if any(np.iscomplexobj(leaf) for _, leaf in _numbers_in(value)):
                raise ArgumentError(f"Complex numbers stand inside args[{position}], and difference quotients are taken of "
                                    "real numbers.", "Give them as arguments of their own.")  # fmt: skip
            own, values = [f"argument_{position}"], [value]
            given += own
        if chosen is not None and position in chosen:
            places += range(len(names), len(names) + len(own))
        names += own
        parts += [np.array(v) if isinstance(v, np.ndarray) else v for v in values]
    results = [f"{part}(value{path})" if part else f"value{path}" for path, is_complex in paths
               for part in (("np.real", "np.imag") if is_complex else ("",))]  # fmt: skip
    return _written(f, names, given, results), parts, None if chosen is None else places


def _written(f: Callable[..., Any], names: list[str], given: list[str], results: list[str]) -> Any:
    text = (
        f"def make(f):\n    def parted({', '.join(names)}):\n        value = f({', '.join(given)})\n"
        f"        return [{', '.join(results)}]\n    return parted\n"
    )
    file = f"<srcad parts {next(_SERIAL)}>"
    texts.keep(file, text)
    space: dict[str, Any] = {"np": np}
    exec(compile(text, file, "exec"), space)
    return space["make"](f)


def _is_complex(value: Any) -> bool:
    return isinstance(value, (complex, np.complexfloating)) or (
        isinstance(value, np.ndarray) and value.dtype.kind == "c"
    )


def _numbers_in(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Return the numbers and arrays in containers, each with the text that reads it."""
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in _numbers_in(item, f"{path}[{key!r}]")]
    if isinstance(value, (list, tuple)):
        return [pair for i, item in enumerate(value) for pair in _numbers_in(item, f"{path}[{i}]")]
    inexact = isinstance(value, (float, complex, np.inexact))
    return [(path, value)] if inexact or isinstance(value, np.ndarray) and value.dtype.kind in "fc" else []
