"""What is declared constant is so in each of its arguments: calls that take numbers are found by trying."""

from __future__ import annotations

import importlib
import inspect
import itertools
import warnings
from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

import numpy as np
import pytest

from srcad import grad, jvp
from srcad.errors import SrcadError
from srcad.rules import registry
from srcad.rules.coverage import NAMESPACES, SCIPY, members

VALUES = (0.7, np.array([0.31, 1.27, 0.72, 1.93]), np.eye(3) + 0.3, 3, np.array([2, 0, 1]))
UNTRIED = set(
    "input open print breakpoint test show_config info show_runtime fromfile fromregex load loadtxt genfromtxt save savez "
    "savez_compressed savetxt tofile dump seed set_state setstate set_bit_generator get_bit_generator seterr setbufsize "
    "seterrcall set_printoptions show_options linprog_verbose_callback".split()
)
NO_VALUES = {np.einsum_path, np.mintypecode, np.diag_indices}
"""What they give back of a number is no result: an operand, a name of a type, an item of a tuple of indices."""


def constants() -> Iterator[Any]:
    spaces = [
        *NAMESPACES.items(),
        *((f"scipy.{topic}", importlib.import_module(f"scipy.{topic}")) for topic in SCIPY),
    ]
    for title, namespace in spaces:
        if title.startswith("numpy.random"):
            continue
        for name, value in members(namespace):
            is_exception = isinstance(value, type) and issubclass(value, BaseException)
            skipped = name in UNTRIED or is_exception or not callable(value)
            if not skipped and registry.is_constant(value) and value not in NO_VALUES:
                yield pytest.param(value, id=f"{title}.{name}")


def calls(function: Callable[..., Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    for count in (1, 2, 3):
        for arguments in itertools.product(VALUES, repeat=count):
            yield arguments, {}
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return
    named = [p.name for p in parameters if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)]
    for count, name, value in itertools.product((0, 1, 2), named, VALUES[:3]):
        for arguments in itertools.product(VALUES, repeat=count):
            yield arguments, {name: value}


def numbers(function: Callable[..., Any], arguments: Any, options: dict[str, Any]) -> list[np.ndarray] | None:
    """Return the numbers in what a call returns, None where it raises."""
    try:
        copied = {name: copy(value) for name, value in options.items()}
        return list(_inexact(function(*map(copy, arguments), **copied)))
    except Exception:
        return None


def _inexact(result: Any) -> Iterator[np.ndarray]:
    if isinstance(result, (float, complex, np.inexact, np.ndarray)) and np.asarray(result).dtype.kind in "fc":
        yield np.asarray(result)
    elif isinstance(result, (list, tuple)):
        for item in result:
            yield from _inexact(item)


def moves(function: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> list[Any]:
    """Return the arguments whose small changes change the result in proportion."""
    given: dict[Any, Any] = {**dict(enumerate(arguments)), **options}
    result = numbers(function, arguments, options)
    found = []
    for key, value in given.items() if result else ():
        if not np.issubdtype(np.asarray(value).dtype, np.inexact):
            continue

        def at(step: float, key: Any = key, value: Any = value) -> Any:
            moved = {**given, key: value + step * (1 + np.arange(np.size(value)).reshape(np.shape(value)))}
            keywords = {name: moved[name] for name in options}
            return numbers(function, [moved[place] for place in range(len(arguments))], keywords)

        around = [at(step) for step in (1e-4, 2e-4, -1e-4)]
        if any(part is None or len(part) != len(result) for part in around):
            continue
        for middle, *sides in zip(result, *around):
            if all(side.shape == middle.shape for side in sides):
                slopes = [(side - middle) / step for side, step in zip(sides, (1e-4, 2e-4, -1e-4))]
                if np.any(slopes[0]) and all(np.allclose(slopes[0], slope, rtol=0.1) for slope in slopes):
                    found.append(key)
    return found


@pytest.mark.parametrize("function", list(constants()))
def test_a_constant_moves_with_none_of_its_arguments(function: Callable[..., Any]) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for arguments, options in calls(function):
            assert not moves(function, arguments, options), (arguments, options)


def test_what_moves_is_seen() -> None:
    assert moves(np.sin, (0.7,), {}) == [0]
    assert moves(np.clip, (VALUES[1], 0.7, 1.5), {}) == [0, 1, 2]
    assert moves(np.round, (0.7,), {}) == []


MOVING = np.array([3.3, 0.7, 1.4])


@pytest.mark.parametrize("method", ["reduce", "accumulate"])
def test_the_first_entry_of_a_reduction_by_floor_division_moves(method: str) -> None:
    def divided(x):
        return np.sum(getattr(np.floor_divide, method)(np.expand_dims(x, 0)) * np.array([1.0, 2.0, 3.0]))

    np.testing.assert_allclose(grad(divided)(MOVING), [1, 2, 3])
    assert np.isclose(jvp(divided, (MOVING,), (np.ones(3),))[1], 6)


@pytest.mark.parametrize("window", [np.bartlett, np.blackman, np.hamming, np.hanning])
def test_the_length_of_a_window_may_not_move(window: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError, match="write int") as caught:
        grad(lambda x: np.sum(window(x)))(5.0)
    assert caught.value.location is not None
    np.testing.assert_allclose(grad(lambda x: np.sum(window(len(x)) * x))(MOVING), window(3))


def test_a_number_as_an_object_is_refused() -> None:
    with pytest.raises(SrcadError, match="Objects have no derivative"):
        grad(lambda x: np.object_(x) * 2.0)(1.5)


def test_an_open_mesh_is_a_view() -> None:
    def stored(x, y):
        x = x * 1.0
        rows, columns = np.ix_(x, y)
        rows[0] = columns[0, 1] * 2.0
        return np.sum(x * np.array([1.0, 2.0, 3.0])) + np.sum(np.sin(rows) * columns)

    x, y = MOVING, np.array([0.4, 1.1])
    first = 2 * y[1]
    np.testing.assert_allclose(
        grad(stored)(x, y), [0, 2 + np.cos(x[1]) * y.sum(), 3 + np.cos(x[2]) * y.sum()]
    )
    rows = np.array([first, x[1], x[2]])
    expected = np.sum(np.sin(rows)) + np.array([0.0, 2 * (1 + np.cos(first) * y.sum())])
    np.testing.assert_allclose(grad(stored, argnums=1)(x, y), expected)
