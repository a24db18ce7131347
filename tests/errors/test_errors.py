"""Whatever is refused says where, why and what to write instead."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import jvp
from srcad.api import grad, value_and_grad, vjp
from srcad.errors import (
    ArgumentError,
    NoDerivativeError,
    NoSourceError,
    OutputError,
    SrcadError,
    UnsupportedError,
)
from tests.errors import refused, refused_iterators
from tests.errors.refused import REFUSED, Refused

X = np.array([1.0, 2.0, 3.0])
MARK = "# refused at: "
assert any(entry.function is refused_iterators.map_of_a_helper for entry in REFUSED)


def _assert_complete(error: SrcadError, file: str, line: int, under_the_caret: str = "") -> None:
    """Assert that an error has its place, a caret, a reason and a way out."""
    place = error.location
    assert place is not None, f"no location: {error}"
    assert place.file == file
    assert place.line == line
    with open(file, encoding="utf-8") as source:
        text = source.read().splitlines()[line - 1]
    assert place.text == text
    assert text[place.column :].startswith(under_the_caret), str(error)
    shown = str(error).splitlines()
    assert shown[-3].strip() == f'File "{file}", line {line}, column {place.column + 1}'
    assert shown[-2].strip() == text.strip()
    caret = shown[-1].index("^") - 4
    assert text.strip()[caret:].startswith(under_the_caret)
    _assert_sentences(error)


def _assert_sentences(error: SrcadError) -> None:
    for sentence in (error.reason, error.hint):
        assert sentence, "a reason or a way out is missing"
        assert sentence.endswith(".")


def _line_of(function: Callable[..., Any], fragment: str) -> int:
    """Return the line of the file where the function's text has this fragment."""
    lines, first = inspect.getsourcelines(function)
    return next(first + k for k, line in enumerate(lines) if fragment in line)


@pytest.mark.parametrize("entry", REFUSED, ids=lambda entry: entry.function.__name__)
def test_refused_at_its_line(entry: Refused) -> None:
    line = _line_of(entry.function, MARK)
    lines, first = inspect.getsourcelines(entry.function)
    expected = lines[line - first].partition(MARK)[2].strip()
    with pytest.raises(entry.error) as caught:
        grad(entry.function)(*entry.args)
    _assert_complete(caught.value, inspect.getfile(entry.function), line, expected)
    # Nothing half-compiled stays behind: the second call says the same.
    with pytest.raises(entry.error) as again:
        grad(entry.function)(*entry.args)
    assert str(again.value) == str(caught.value)


def chosen_by_type_inside_of_the_function(x):
    sizes = functools.singledispatch(lambda v: v * x)
    return sizes(x)


def test_singledispatch_inside_of_a_function_is_refused_at_its_line() -> None:
    with pytest.raises(
        NoDerivativeError, match="Define it, and those it chooses from, at module level"
    ) as caught:
        grad(chosen_by_type_inside_of_the_function)(1.5)
    assert caught.value.location is not None
    assert caught.value.location.line == _line_of(chosen_by_type_inside_of_the_function, "singledispatch(")


def calls_a_refused_helper(x):
    return refused.helper(x) * 2.0


def test_function_without_source() -> None:
    with pytest.raises(NoSourceError) as caught:
        grad(refused.without_source)(2.0)
    assert "without_source" in str(caught.value)
    _assert_sentences(caught.value)


def test_builtin_without_source_or_rule() -> None:
    with pytest.raises(SrcadError) as caught:
        grad(refused.struct.pack)(2.0)
    assert "pack" in str(caught.value)
    _assert_sentences(caught.value)


@pytest.mark.parametrize("thing", [3, "text", [1.0]], ids=repr)
def test_not_a_function(thing: Any) -> None:
    with pytest.raises(ArgumentError) as caught:
        grad(thing)(2.0)
    assert repr(thing) in str(caught.value)
    _assert_sentences(caught.value)


def array_result(x):
    return x * 2.0


def text_result(x):
    return "text"


def pair_result(x):
    return np.sum(x), 1.0


def forgotten_result(x):
    np.sum(x * 2.0)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (array_result, ["(3,)", "vjp"]),
        (text_result, ["str"]),
        (pair_result, ["tuple"]),
        (forgotten_result, ["None"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_result_is_no_scalar(function: Callable[..., Any], words: list[str]) -> None:
    for operator in (grad, value_and_grad):
        with pytest.raises(OutputError) as caught:
            operator(function)(X)
        assert function.__name__ in str(caught.value)
        for word in words:
            assert word in str(caught.value)
        assert caught.value.location is not None
        assert caught.value.location.file == __file__
        _assert_sentences(caught.value)


def test_array_of_one_entry_is_no_scalar() -> None:
    with pytest.raises(OutputError, match=r"\(1,\)"):
        grad(array_result)(X[:1])


def test_complex_result() -> None:
    with pytest.raises(OutputError):
        grad(lambda x: np.sum(x) * 1j)(X)


def two_parameters(x, y):
    return np.sum(x * y)


@pytest.mark.parametrize("argnums", [2, -3, "z", 1.5, (0, 2), ("x", "z"), None], ids=repr)
def test_bad_argnums(argnums: Any) -> None:
    with pytest.raises(ArgumentError) as caught:
        grad(two_parameters, argnums=argnums)(X, X)
    assert "two_parameters" in str(caught.value)
    assert "x, y" in str(caught.value)
    line = _line_of(two_parameters, "def two_parameters")
    _assert_complete(caught.value, __file__, line)


@pytest.mark.parametrize(
    ("args", "options"),
    [((), {}), ((X,), {}), ((X, X, X), {}), ((X, X), {"z": 1.0}), ((X, X), {"x": X})],
    ids=["none", "too few", "too many", "unknown keyword", "given twice"],
)
def test_wrong_arguments(args: tuple[Any, ...], options: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError) as caught:
        grad(two_parameters)(*args, **options)
    assert "two_parameters" in str(caught.value)
    _assert_complete(caught.value, __file__, _line_of(two_parameters, "def two_parameters"))


def test_wrong_arguments_of_vjp() -> None:
    with pytest.raises(ArgumentError):
        vjp(two_parameters, X)


def one_parameter(anything):
    return 1.0


@pytest.mark.parametrize(
    "argument",
    ["text", None, True, {1.0, 2.0}, np.array(["a"]), np.array([True]), np.array([1.0, None])],
    ids=repr,
)
def test_argument_that_has_no_derivative(argument: Any) -> None:
    with pytest.raises(ArgumentError) as caught:
        grad(one_parameter)(argument)
    assert "anything" in str(caught.value)
    _assert_complete(caught.value, __file__, _line_of(one_parameter, "def one_parameter"))


def divides(x, y):
    return x / y


def test_a_failed_call_leaves_nothing_behind() -> None:
    derivative = grad(divides)
    with pytest.raises(ZeroDivisionError):
        derivative(1.0, 0.0)
    assert derivative(1.0, 4.0) == 0.25


def uses_what_is_rebound(x):
    return changing(x) * 2.0


def changing(x):
    y = x * 1.0
    y.resize(2)
    return np.sum(y)


def test_a_refused_function_works_once_it_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = grad(uses_what_is_rebound)
    with pytest.raises(UnsupportedError):
        derivative(X)
    monkeypatch.setitem(globals(), "changing", array_sum)
    np.testing.assert_array_equal(derivative(X), [2.0, 2.0, 2.0])


def array_sum(x):
    return np.sum(x)


@pytest.mark.parametrize(
    "function, fragment, way_out",
    [
        (refused.thread_pool, "ThreadPoolExecutor()", "call its function"),
        (refused.variable_of_a_tape_inside, "Variable(x)", "Use the value itself"),
    ],
)
@pytest.mark.parametrize("derivative", [grad, lambda f: lambda x: jvp(f, (x,), (1.0,))], ids=["grad", "jvp"])
def test_classes_that_are_refused_are_named_where_they_are_called(function, fragment, way_out, derivative):
    with pytest.raises(UnsupportedError, match=way_out) as caught:
        derivative(function)(2.0)
    place = caught.value.location
    assert place.line == _line_of(function, fragment)
    assert place.text[place.column :].startswith(fragment)
