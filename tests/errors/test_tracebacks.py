"""What a derivative raises shows the user's own files and lines."""

from __future__ import annotations

import gc
import inspect
import io
import linecache
import pdb
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import grad, hvp, jacfwd, jacrev, jvp, value_and_grad, vjp
from srcad.callables import compilation
from srcad.errors import NoDerivativeError, SrcadError, UnsupportedError
from tests.errors import raising, refused

X = np.array([1.0, 2.0, 3.0])
OPERATORS = {
    "grad": grad,
    "value_and_grad": value_and_grad,
    "vjp": lambda f: lambda *args: vjp(f, *args),
    "jvp": lambda f: lambda x: jvp(f, (x,), (np.ones_like(x) if isinstance(x, np.ndarray) else 1.0,)),
    "grad of grad": lambda f: grad(grad(f)),
    "jacrev": jacrev,
    "jacfwd": jacfwd,
}


def _line_of(function: Callable[..., Any], fragment: str) -> int:
    lines, first = inspect.getsourcelines(function)
    return next(first + k for k, line in enumerate(lines) if fragment in line)


def _entries(error: BaseException, file: str = raising.__file__) -> list[tuple[str, int]]:
    """Return the functions and lines of the traceback that lie in a file."""
    return [(e.name, e.lineno or 0) for e in traceback.extract_tb(error.__traceback__) if e.filename == file]


def _files(error: BaseException) -> list[str]:
    return [entry.filename for entry in traceback.extract_tb(error.__traceback__)]


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
@pytest.mark.parametrize(
    ("function", "argument", "error", "places"),
    [
        (raising.raises_in_a_loop, 1.0, KeyError, [(raising.raises_in_a_loop, "raise KeyError")]),
        (
            raising.raises_in_a_callee,
            1.0,
            IndexError,
            [(raising.raises_in_a_callee, "the call"), (raising.deeper, "fails here")],
        ),
        (raising.raises_inside_numpy, X, ValueError, [(raising.raises_inside_numpy, "fails here")]),
        (raising.calls_what_is_nowhere, 1.0, NameError, [(raising.calls_what_is_nowhere, "fails here")]),
        (raising.fails_an_assertion, 1.0, AssertionError, [(raising.fails_an_assertion, "assert y")]),
        (raising.fails_in_math, 1.0, ValueError, [(raising.fails_in_math, "fails here")]),
        (
            raising.fails_in_a_second_call,
            1.0,
            ZeroDivisionError,
            [
                (raising.fails_in_a_second_call, "the call"),
                (raising.deepest, "the inner call"),
                (raising.deeper_still, "fails here"),
            ],
        ),
        (
            raising.with_a_nested_function,
            1.0,
            ZeroDivisionError,
            [(raising.with_a_nested_function, "the call"), (raising.with_a_nested_function, "fails here")],
        ),
        (
            raising.calls_what_loops_over_a_generator,
            1.0,
            ZeroDivisionError,
            [
                (raising.calls_what_loops_over_a_generator, "the call"),
                (raising.loops_over_a_generator, "the loop"),
                (raising.halves, "fails here"),
            ],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_exception_shows_the_lines_that_the_primal_shows(
    operator: Any, function: Any, argument: Any, error: type[Exception], places: list[tuple[Any, str]]
) -> None:
    with pytest.raises(error) as expected:
        function(argument)
    with pytest.raises(error) as caught:
        operator(function)(argument)
    assert not isinstance(caught.value, SrcadError)
    assert str(caught.value) == str(expected.value)
    assert _entries(caught.value) == _entries(expected.value)
    assert [line for _, line in _entries(caught.value)] == [_line_of(*place) for place in places]
    assert not [file for file in _files(caught.value) if file.startswith("<srcad")]


def test_callees_known_only_when_running() -> None:
    with pytest.raises(IndexError) as caught:
        grad(raising.calls_what_it_is_given, argnums=1)([np.sin, raising.deeper], 1.0)
    assert _entries(caught.value) == [
        ("calls_what_it_is_given", _line_of(raising.calls_what_it_is_given, "the call")),
        ("deeper", _line_of(raising.deeper, "fails here")),
    ]


def test_every_level_of_a_recursion_is_shown() -> None:
    with pytest.raises(ZeroDivisionError) as expected:
        raising.recursive(1.0, 4)
    with pytest.raises(ZeroDivisionError) as caught:
        grad(raising.recursive)(1.0, 4)
    assert _entries(caught.value) == _entries(expected.value)
    assert len(_entries(caught.value)) == 5


def test_cause_and_context_stay() -> None:
    with pytest.raises(ValueError, match="the reason") as caught:
        grad(raising.catches_its_own)(1.0)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert _entries(caught.value) == [("catches_its_own", _line_of(raising.catches_its_own, "raised here"))]


def test_the_context_of_a_caller_that_handles_an_exception_is_not_hidden() -> None:
    try:
        raise LookupError("before")
    except LookupError as before:
        with pytest.raises(IndexError) as caught:
            grad(raising.raises_while_handling)(1.0)
        assert caught.value.__context__ is before
        assert not caught.value.__suppress_context__


def test_the_exception_is_the_same_object() -> None:
    class Refusal(Exception):
        pass

    kept = Refusal()

    def refuses(x):
        raise kept

    with pytest.raises(Refusal) as caught:
        grad(refuses)(1.0)
    assert caught.value is kept


def test_an_error_of_the_backward_sweep_shows_the_generated_line_below_the_users() -> None:
    value, pullback = vjp(raising.solved, np.eye(2))
    assert value.shape == (2, 2)
    with pytest.raises(TypeError) as caught:
        pullback(np.array([["a", "b"], ["c", "d"]]))
    assert ("solved", _line_of(raising.solved, "fails backwards")) in _entries(caught.value)
    assert [file for file in _files(caught.value) if file.startswith("<srcad")]


def test_the_text_of_the_line_is_shown() -> None:
    with pytest.raises(IndexError) as caught:
        grad(raising.raises_in_a_callee)(1.0)
    shown = "".join(traceback.format_exception(type(caught.value), caught.value, caught.value.__traceback__))
    assert "return y * y * (1.0, 2.0)[int(x + 5.0)]  # fails here" in shown


if sys.version_info >= (3, 11):

    def test_the_part_of_the_line_is_marked_as_in_the_primal() -> None:
        def marked(call: Callable[[], Any]) -> list[str]:
            with pytest.raises(ZeroDivisionError) as caught:
                call()
            entries = traceback.extract_tb(caught.value.__traceback__)
            return [
                linecache.getline(entry.filename, entry.lineno or 0)[entry.colno : entry.end_colno]
                for entry in entries
                if entry.filename == raising.__file__
            ]

        assert marked(lambda: grad(raising.fails_in_a_second_call)(1.0)) == marked(
            lambda: raising.fails_in_a_second_call(1.0)
        )


def test_a_debugger_finds_the_values_at_the_users_line() -> None:
    with pytest.raises(IndexError) as caught:
        grad(raising.chooses_by_index)(X, 7)
    frames = [entry for entry, _ in traceback.walk_tb(caught.value.__traceback__)]
    debugger = pdb.Pdb()
    debugger.reset()
    debugger.setup(frames[-1], caught.value.__traceback__)
    assert debugger.curframe.f_code.co_filename == raising.__file__
    np.testing.assert_array_equal(debugger.curframe_locals["y"], X * 2.0)


def test_a_breakpoint_in_generated_text_shows_the_users_names() -> None:
    derivative = grad(raising.steps)
    derivative(X, 2.0)
    line = next(n for n, text in enumerate(derivative.source.splitlines(), 1) if "reversed" in text)
    commands = [
        "break derivative.latest.entries[0]",
        "continue",
        f"tbreak {line}",
        "continue",
        "p h",
        "p w",
        "continue",
    ]
    told = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO("\n".join([*commands, ""])), stdout=told, readrc=False)
    debugger.use_rawinput = False

    def run() -> Any:
        return derivative(X, 2.0)

    result = debugger.runcall(run)
    np.testing.assert_array_equal(result, derivative(X, 2.0))
    shown = told.getvalue()
    assert f"reakpoint 2 at {derivative.latest.entries[0].__code__.co_filename}:{line}" in shown
    assert repr(np.tanh(X * 2.0)) in shown and " 2.0\n" in shown


def test_a_debugger_finds_the_generated_text_as_long_as_the_function_lives() -> None:
    def f(x):
        return x * x * 3.0

    derivative = grad(f)
    derivative(1.0)
    generated = derivative.latest.entries[0]
    file = generated.__code__.co_filename
    assert "".join(linecache.getlines(file)) == derivative.source
    assert inspect.getsource(generated) == derivative.source
    linecache.checkcache()
    assert linecache.getlines(file)
    del derivative, generated
    compilation.forget()
    gc.collect()
    assert linecache.getlines(file), "whoever walks the cache now must not lose an entry on the way"
    grad(lambda x: x * 5.0)(1.0)
    assert not linecache.getlines(file)


def test_a_program_that_fails_again_and_again_leaves_nothing_behind() -> None:
    derivative = grad(raising.fails_in_math)
    with pytest.raises(ValueError) as first:
        derivative(1.0)
    for _ in range(5):
        with pytest.raises(ValueError) as again:
            derivative(1.0)
    assert len(_entries(again.value)) == len(_entries(first.value)) == 1
    assert derivative(6.0) == 1.0


def test_an_error_of_srcad_at_run_time_has_the_users_place() -> None:
    with pytest.raises(NoDerivativeError) as caught:
        grad(raising.calls_what_it_is_given, argnums=1)([struct.pack], 1.0)
    place = caught.value.location
    assert place is not None
    assert (place.file, place.line) == (
        raising.__file__,
        _line_of(raising.calls_what_it_is_given, "the call"),
    )
    assert place.text[place.column :].startswith("function(x)")
    assert "function(x)" in str(caught.value)


def test_refused_inside_a_callee() -> None:
    def outer(x):
        return refused.helper(x) * 2.0

    with pytest.raises(UnsupportedError) as caught:
        grad(outer)(X)
    place = caught.value.location
    assert place is not None
    assert (place.file, place.line) == (refused.__file__, _line_of(refused.helper, "in the callee"))
    assert place.text[place.column :].startswith("y.resize")


def test_what_the_runtime_raises_is_seen_below_the_users_line() -> None:
    def f(x):
        items = [x]
        for k in range(2):
            items.pop(k)
        return x

    with pytest.raises(IndexError) as caught:
        grad(f)(2.0)
    files = _files(caught.value)
    assert __file__ in files[1:]
    between = files[files.index(__file__, 1) + 1 :]
    assert not [file for file in between if file.startswith("<srcad")]


class _WithoutInit:
    pass


def _given_an_argument(x: float) -> Any:
    made = _WithoutInit(x)  # type: ignore[call-arg]
    made.x = x  # type: ignore[attr-defined]
    return made.x * x  # type: ignore[attr-defined]


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_a_class_without_init_takes_no_arguments(operator: Any) -> None:
    with pytest.raises(TypeError, match="takes no arguments"):
        operator(_given_an_argument)(2.0)


def _masked(x: Any) -> Any:
    y = 2.0 * x
    masked = np.ma.array(y, mask=[True, False])
    return np.sum(masked * masked)


@pytest.mark.parametrize(
    "derivative",
    [grad(_masked), lambda x: hvp(_masked)(x, x), lambda x: grad(lambda y: grad(_masked)(y)[0])(x)],
)
def test_a_refusal_in_a_file_of_numpy_names_the_users_line(derivative: Any) -> None:
    with pytest.raises(SrcadError, match="masked array") as caught:
        derivative(np.ones(2))
    assert caught.value.location is not None
    assert (caught.value.location.file, caught.value.location.text.strip()[:8]) == (__file__, "masked =")
