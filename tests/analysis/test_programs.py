"""Programs: stores in containers, calls, loops and branches."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad.analysis.infer import infer
from srcad.analysis.kinds import ANY, FLOAT64, INT, Kind, array
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.returns import Callees
from srcad.pipeline import read
from tests.analysis.containment import contains, function_of, kinds_of

X = np.arange(6.0).reshape(2, 3)


class Lazy:
    def __init__(self) -> None:
        self.cache: Any = None

    @property
    def value(self) -> Any:
        self.cache = np.ones(3)
        return 1.0

    def __add__(self, other: Any) -> Any:
        self.cache = other
        return other


class Layer:
    def __init__(self) -> None:
        self.w, self.b, self.steps = np.ones((3, 4)), np.zeros(4), 0

    def forward(self, x: Any) -> Any:
        return np.tanh(x @ self.w + self.b)

    def widen(self) -> None:
        self.w = np.ones((3, 4, 1))


def append_row(rows: list[Any]) -> None:
    rows.append(np.ones(2))


def scaled(values: list[Any], factor: float = 2.0) -> list[Any]:
    return [v * factor for v in values]


def power(x: Any, n: int) -> Any:
    return x if n == 0 else x * power(x, n - 1)


def even(x: Any, n: int) -> Any:
    return x if n == 0 else odd(x, n - 1)


def odd(x: Any, n: int) -> Any:
    return x * 2.0 if n == 0 else even(x, n - 1)


def forever(x: Any) -> Any:
    return forever(x)


def element_stored_in_a_list(x):
    items = [1.0, 2.0]
    items[0] = x
    return items[0], items[1]


def element_appended_through_an_alias(x):
    items = [1.0]
    other = items
    other.append(x)
    return items[-1], len(items)


def list_extended_in_place(x):
    items = [1.0]
    items += [x]
    return items[-1]


def list_grown_by_a_slice(x):
    items = [1.0]
    items[1:] = [x, x]
    return items[2], np.array([items[1], items[2]])


def value_stored_in_a_dict(x):
    table = {"w": 1.0, "b": 2}
    table["w"] = x
    return table["w"], table["b"]


def dict_updated(x):
    table = {"w": 1.0}
    table.update(w=x)
    table.setdefault("v", 3.0)
    return table["w"]


def dict_changed_in_an_alias(x):
    table = {"inner": {"w": 1.0}}
    inner = table["inner"]
    inner["w"] = x
    return table["inner"]["w"]


def attribute_stored(x):
    layer = Layer()
    layer.b = x
    return layer.b


def argument_object_changed(x, layer):
    layer.w = x[0]
    return layer.w, layer.b


def object_changed_by_a_method(x, layer):
    layer.widen()
    return layer.w


def list_changed_by_a_function(x):
    rows = [1.0]
    append_row(rows)
    return rows[1]


def list_changed_by_a_closure(x):
    rows = [1.0]

    def put(v):
        rows.append(v)

    put(x)
    return rows[1]


def captured_variable_rebound(x):
    total = 0

    def add(v):
        nonlocal total
        total = total + v

    add(x)
    return total


def accumulator(x):
    total = 0
    for row in x:
        total = total + row
    return total


def rank_grows_in_a_loop(x):
    y = x[0, 0]
    for _ in range(2):
        y = y + x
    return y


def tuple_grows(x):
    pair = (x,)
    for _ in range(3):
        pair = (pair, x)
    return pair


def loop_of_two_variables(x):
    a, b = 1.0, x
    for _ in range(3):
        a, b = b, a
    return a, b


def branches(x):
    y = x[:, :1] if x.shape[0] > 1 else x
    return y, x - y


def recursion(x):
    return power(x, 3), even(x[0, 0], 3), power(2.0, 2)


def helper_calls(x):
    return scaled([x, x]), scaled([1.0], factor=x)


def method_call(x, layer):
    return layer.forward(x), layer.steps


def property_that_stores(x, lazy):
    first = lazy.value
    return first, lazy.cache


def operator_that_stores(x, lazy):
    total = lazy + x
    return total, lazy.cache


def list_popped(x):
    items = [1.0, x]
    last = items.pop()
    return last, items


def rows_of_a_comprehension(x):
    return np.array([row * 2 for row in x]), np.stack([row for row in x], axis=1)


PROGRAMS = [
    element_stored_in_a_list, element_appended_through_an_alias, list_extended_in_place, list_grown_by_a_slice,
    value_stored_in_a_dict, dict_updated, dict_changed_in_an_alias, attribute_stored, argument_object_changed,
    object_changed_by_a_method, list_changed_by_a_function, list_changed_by_a_closure, captured_variable_rebound,
    accumulator, rank_grows_in_a_loop, tuple_grows, loop_of_two_variables, branches, recursion, helper_calls, method_call,
    list_popped, rows_of_a_comprehension,
]  # fmt: skip


@pytest.mark.parametrize("program", [property_that_stores, operator_that_stores], ids=lambda p: p.__name__)
def test_what_the_code_of_a_class_stores_is_unknown(program: Callable[..., Any]) -> None:
    _, result = kinds_of(program, X, Lazy())

    assert contains(result, program(X, Lazy()))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
@pytest.mark.parametrize("shape", [(2, 3), (1, 3), (2, 1), (1, 1)], ids=str)
def test_the_inferred_kinds_hold_the_values(program: Callable[..., Any], shape: tuple[int, ...]) -> None:
    layer = Layer()
    layer.w = np.ones((shape[1], 4))
    arguments = (np.ones(shape), layer)[: program.__code__.co_argcount]
    kinds, result = kinds_of(program, *arguments)

    seen, value = run(program, *arguments)

    assert contains(result, value), (result, value)
    for name, held in seen.items():
        if name in kinds:
            assert contains(kinds[name], held), (name, kinds[name], held)


def run(program: Callable[..., Any], *arguments: Any) -> tuple[dict[str, Any], Any]:
    """Return the local variables of a program when it returns, and its result."""
    seen: dict[str, Any] = {}

    def profile(frame: Any, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is program.__code__:
            seen.update(frame.f_locals)

    sys.setprofile(profile)
    try:
        value = program(*arguments)
    finally:
        sys.setprofile(None)
    return seen, value


# -- what is to be known -----------------------------------------------------------------------------

MATRIX = array(None, True, ("N", "N"), "float64")
VECTOR = array(None, True, ("N",), "float64")


def returned(program: Callable[..., Any], *arguments: Any) -> Kind:
    return kinds_of(program, *arguments)[1]


def test_recursive_functions_return_what_their_base_case_tells() -> None:
    assert returned(recursion, X).items == (MATRIX, FLOAT64, FLOAT64)


def test_a_function_that_never_returns_gives_nothing() -> None:
    assert Callees(read).returns(forever, [FLOAT64]).name == "never"


def test_methods_use_the_attributes_of_their_object() -> None:
    assert returned(method_call, X, Layer()).items == (MATRIX, INT)


def test_a_function_that_fills_its_own_lists_changes_nothing() -> None:
    callees = Callees(read)

    assert not callees.changes(scaled, [kind_of([1.0]), FLOAT64])
    assert callees.changes(append_row, [kind_of([1.0])])


def test_what_a_method_stores_is_one_of_what_an_attribute_may_be() -> None:
    assert returned(object_changed_by_a_method, X, Layer()) == array(None, dtype="float64")


def test_a_dict_keeps_the_kinds_that_nothing_is_stored_under() -> None:
    assert returned(value_stored_in_a_dict, X).items[1].name == "int"


def test_a_comprehension_knows_its_rows() -> None:
    assert returned(rows_of_a_comprehension, X).items == (
        array(None, True, ("?", "N"), "float64"),
        array(None, True, ("N", "?"), "float64"),
    )


def test_the_dependencies_of_callees_are_known() -> None:
    callees = Callees(read)
    callees.returns(even, [FLOAT64, INT])

    assert {"odd", "even"} <= {dependency.name for dependency in callees.dependencies}


def _calls_to_infer(length: int) -> int:
    """Return how many functions are called to infer the kinds of so many lines."""
    lines = [f"    x{k + 1} = np.tanh(x{k} @ w + b) * {k}.0 - x{k}[0]" for k in range(length)]
    text = "def f(x0, w, b):\n" + "\n".join(lines) + f"\n    return np.sum(x{length})\n"
    fn = read(function_of(text))
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        kinds = infer(fn, {"x0": MATRIX, "w": MATRIX, "b": VECTOR}, lambda callee, kinds: ANY)
    finally:
        sys.setprofile(before)
    assert kinds[f"x{length}"] == MATRIX
    return calls


def test_the_work_grows_with_the_length_of_the_function() -> None:
    assert _calls_to_infer(100) < 2.2 * _calls_to_infer(50)
