"""What is asked wrongly, of a function that could be differentiated: each answer has a place, a reason and a way out."""

from __future__ import annotations

import decimal
import fractions
import linecache
import struct
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import (
    SrcadError,
    Variable,
    checkpoint,
    checkpoint_loop,
    custom_root,
    def_vjp,
    ggnvp,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    sparse_jacobian,
    value_and_grad,
    vjp,
)
from srcad.callables import compilation
from srcad.errors import ArgumentError, NoDerivativeError, NoSourceError, OutputError, UnsupportedError
from tests.errors.test_errors import MARK, _assert_complete, _line_of

X = np.array([1.0, 2.0])
ON_PYTHON_310 = not hasattr(compile("0", "", "eval"), "co_positions")


def double(x):
    return x * 2.0


def nested(x):
    return x, {"a": x * 2.0}


def summed(x, y=2.0):
    return np.sum(x) * y


def in_one_line(x): return np.sum(x)  # noqa: E704  # fmt: skip


def _raised(question: Callable[[], Any], error: type[SrcadError]) -> SrcadError:
    with pytest.raises(error) as caught:
        question()
    return caught.value


QUESTIONS: dict[str, Callable[[], Any]] = {
    "a number for grad": lambda: grad(5),
    "a text for value_and_grad": lambda: value_and_grad("text"),
    "a number for vjp": lambda: vjp(5, 1.0),
    "an array for jvp": lambda: jvp(X, (1.0,), (1.0,)),
    "a number for jacobian": lambda: jacobian(5),
    "a number for hessian": lambda: hessian(5)(1.0),
    "a number for checkpoint": lambda: checkpoint(5),
    "a builtin class": lambda: grad(dict)(1.0),
    "a function of a library": lambda: grad(struct.pack)(1.0),
    "a number for grad of grad": lambda: grad(grad)(5),
    "a number for def_vjp": lambda: def_vjp(5)(lambda ans, g, x: g),
    "a number for custom_root": lambda: custom_root(5, double),
    "steps that are no number": lambda: checkpoint_loop(double, X, -1),
    "a text for a pattern": lambda: sparse_jacobian(double, "pattern"),
    "text that was executed": lambda: grad(eval("lambda x: x * x"))(1.0),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_what_is_no_function_of_the_users_is_shown_where_it_is_handed_over(
    question: Callable[[], Any],
) -> None:
    with pytest.raises((ArgumentError, NoDerivativeError, NoSourceError)) as caught:
        question()
    line = question.__code__.co_firstlineno
    text = linecache.getline(__file__, line)
    asked = "" if ON_PYTHON_310 else text.partition("lambda: ")[2].rstrip(",\n")
    _assert_complete(caught.value, __file__, line, asked)


@pytest.mark.parametrize(
    ("function", "cotangents", "words"),
    [
        (double, (np.ones(3),), "the shape (3,), where the value has (2,)"),
        (double, (1.0,), "the shape (), where the value has (2,)"),
        (double, ("text",), "is a str"),
        (double, (1j * X,), "is complex, where the value is real"),
        (double, (), "given 0 cotangents"),
        (nested, (X, X), "given 2 cotangents"),
        (nested, ((X,),), "where the value has 2 items"),
        (nested, ((X, {"b": X}),), "a dict with the keys ['a']"),
        (nested, ((X, {"a": np.ones(3)}),), "cotangent[1]['a']"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_cotangent_that_does_not_fit(
    function: Callable[..., Any], cotangents: tuple[Any, ...], words: str
) -> None:
    pullback = vjp(function, X)[1]
    error = _raised(lambda: pullback(*cotangents), ArgumentError)
    assert words in str(error)
    _assert_complete(error, __file__, _line_of(function, "def "), "def ")


@pytest.mark.parametrize(
    ("argnums", "words"),
    [([0, 1], "is a list"), (True, "is a bool"), (None, "is a NoneType"), (("x", 1.5), "holds a float")],
    ids=repr,
)
def test_argnums_of_a_wrong_class_are_called_so(argnums: Any, words: str) -> None:
    error = _raised(lambda: grad(summed, argnums=argnums)(X), ArgumentError)
    assert words in error.reason
    _assert_complete(error, __file__, _line_of(summed, "def summed"), "def ")


def test_integers_of_numpy_are_positions() -> None:
    np.testing.assert_array_equal(grad(summed, argnums=np.int64(0))(X), [2.0, 2.0])
    assert grad(summed, argnums=(np.int32(1), 0))(X)[0] == 3.0


NO_NUMBERS: dict[str, tuple[Any, str]] = {
    "a generator": ((v for v in X), "is a generator"),
    "an iterator": (iter([1.0]), "is a list_iterator"),
    "a range": (range(3), "is a range"),
    "a fraction": (fractions.Fraction(1, 2), "is a Fraction"),
    "a decimal": (decimal.Decimal("1.5"), "is a Decimal"),
    "bytes": (bytearray(b"a"), "is a bytearray"),
    "flags": (np.array([True]), "is an array of bool"),
    "text": (np.array(["a"]), "is an array of <U1"),
}


@pytest.mark.parametrize(("argument", "words"), NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_arguments_that_hold_no_numbers_are_called_by_their_kind(argument: Any, words: str) -> None:
    error = _raised(lambda: grad(lambda anything: 1.0)(argument), ArgumentError)
    assert words in error.reason


def nothing(x):
    x * 2.0


def pair(x):
    return x, x


@pytest.mark.parametrize(
    ("function", "words"), [(nothing, "Return the number"), (pair, "has_aux=True"), (double, "Use vjp")]
)
def test_the_way_out_fits_the_result_that_is_no_number(function: Callable[..., Any], words: str) -> None:
    error = _raised(lambda: grad(function)(X if function is double else 1.0), OutputError)
    assert words in error.hint
    _assert_complete(error, __file__, _line_of(function, "def "), "def ")


def misnamed(x):
    return np.sum(x, axes=0)


def misnamed_in_a_list(x):
    return [np.sum, np.prod][0](x, axes=0)


@pytest.mark.parametrize("function", [misnamed, misnamed_in_a_list])
def test_options_that_a_function_does_not_have_are_told_from_those_it_has(
    function: Callable[..., Any],
) -> None:
    error = _raised(lambda: grad(function)(X), NoDerivativeError)
    assert "'sum'" in error.reason and "keepdims=False" in error.hint
    _assert_complete(error, __file__, _line_of(function, "axes=0"), "")


def product(x, y):
    return np.sum(x * y)


@pytest.mark.parametrize("operator", [hvp, ggnvp])
def test_a_product_with_too_few_arguments_says_where_the_vector_stands(operator: Callable[..., Any]) -> None:
    error = _raised(lambda: operator(product)(X, X), ArgumentError)
    assert "too few arguments: missing a required argument: 'y'" in error.reason and "*args, v" in error.hint
    _assert_complete(error, __file__, _line_of(product, "def "), "def ")


def test_a_variable_that_is_given_text() -> None:
    assert "holds numbers" in _raised(lambda: Variable("text"), ArgumentError).reason


def test_a_result_that_is_no_pair_under_has_aux() -> None:
    for function in (in_one_line, summed):
        error = _raised(lambda f=function: value_and_grad(f, has_aux=True)(X), OutputError)
        assert "does not return a pair" in error.reason
        _assert_complete(error, __file__, _line_of(function, "def "), "def ")


class Model:
    """Has a method that is defined below a decorator, with an indentation."""

    @staticmethod
    @grad
    def loss(
        x,
        y=2.0,
    ):
        return x * y


def test_the_place_of_a_definition_is_its_column() -> None:
    error = _raised(lambda: Model.loss(X), OutputError)
    _assert_complete(error, __file__, _line_of(Model, "def loss"), "def loss(")
    assert error.location is not None and error.location.column == 4


def test_the_place_of_a_lambda_is_the_lambda() -> None:
    first, second = grad(lambda x: x * 2.0), grad(lambda x: (x, x))  # the second of two
    line = _line_of(test_the_place_of_a_lambda_is_the_lambda, "# the second of two")
    error = _raised(lambda: second(X), OutputError)
    _assert_complete(error, __file__, line, "lambda x: (x, x)")
    assert "'<lambda>' has type tuple" in error.reason
    _assert_complete(_raised(lambda: first(X), OutputError), __file__, line, "lambda x: x * 2.0")


def uses_a_global(x):
    before = helper(x) * 3.0
    return np.sum(step(before))


def helper(x):
    return x * x


def step(x):
    y = x * 1.0
    y.resize(2)  # refused at: y.resize(2)
    return y


def good_step(x):
    return x * 2.0


@pytest.mark.parametrize("times", [1, 3])
def test_nothing_half_compiled_stays_behind(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    grad(helper)(2.0)
    derivative, own = grad(uses_a_global), sys.modules[__name__]
    in_cache, modules, names, files = (
        len(compilation._CACHE),
        set(sys.modules),
        dict(vars(own)),
        set(linecache.cache),
    )
    for _ in range(times):
        error = _raised(lambda: derivative(X), UnsupportedError)
        _assert_complete(error, __file__, _line_of(step, MARK), "y.resize(2)")
    assert len(compilation._CACHE) == in_cache
    assert set(sys.modules) == modules
    assert not [file for file in linecache.cache if file not in files and file.startswith("<srcad")]
    assert {k: id(v) for k, v in vars(own).items()} == {k: id(v) for k, v in names.items()}
    monkeypatch.setitem(globals(), "step", good_step)
    np.testing.assert_array_equal(derivative(X), 12.0 * X)
    assert "resize" not in derivative.source
