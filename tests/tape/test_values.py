"""Traced values in NumPy code: operators, methods, attributes, protocols, and what they refuse."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
import scipy.special

from srcad import grad
from srcad.errors import NoDerivativeError, SrcadError, UnsupportedError
from srcad.tape import GradientTape, Traced, apply
from tests.programs.numerical import direction_of, numerical_gradient

A = np.array([[0.6, 1.4, 0.3], [1.1, 0.7, 1.9]])
B = np.array([[1.3, 0.8, 2.2], [0.4, 1.6, 0.9]])


def check(function, *args):
    """Compare the tape's gradients of ``function`` with difference quotients."""
    expected = function(*args)
    direction = direction_of(expected)
    with GradientTape() as tape:
        watched = [tape.watch(a) for a in args]
        result = function(*watched)
    assert isinstance(result, Traced)
    np.testing.assert_array_equal(result.value, expected)
    gradients = tape.gradient(result, watched, output_gradients=direction, unconnected_gradients="zero")
    for (path, numbers), gradient in zip(numerical_gradient(function, args, direction).items(), gradients):
        np.testing.assert_allclose(gradient, numbers, rtol=1e-6, atol=1e-9, err_msg=f"args{list(path)}")


BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod]


@pytest.mark.parametrize("compute", BINARY)
@pytest.mark.parametrize("pair", [(A, B), (A, B[0]), (A[0], B), (A, 1.7), (1.7, B), (0.7, 1.9)], ids=str)
def test_operators_of_two_traced_values(compute, pair):
    check(compute, *pair)


@pytest.mark.parametrize("compute", BINARY)
@pytest.mark.parametrize("constant", [2, 1.3, np.float64(1.3), B, B[0]], ids=str)
def test_operators_with_a_constant_on_either_side(compute, constant):
    check(lambda x: compute(x, constant), A)
    check(lambda x: compute(constant, x), A)


@pytest.mark.parametrize("compute", [operator.neg, operator.pos, abs])
@pytest.mark.parametrize("value", [A - 1.0, -0.7], ids=["array", "float"])
def test_operators_of_one_value(compute, value):
    check(compute, value)


def test_matrix_products():
    check(lambda x, y: x @ y.T, A, B)
    check(lambda x: x @ B.T, A)
    check(lambda x: B.T @ x, A)
    check(lambda x, y: x @ y, A[0], B[0])


def test_divmod_gives_a_plain_quotient_and_a_traced_rest():
    with GradientTape() as tape:
        x = tape.watch(7.5)
        quotient, rest = divmod(x, 2.0)
        other = divmod(20.0, x)
    assert quotient == 3.0 and not isinstance(quotient, Traced)
    assert rest.value == 1.5 and other[1].value == 5.0
    assert tape.gradient([rest, other[1]], x) == 1.0 - 2.0


METHODS = {
    "sum": lambda x: x.sum(),
    "sum over an axis": lambda x: x.sum(axis=0, keepdims=True),
    "mean": lambda x: x.mean(1),
    "prod": lambda x: x.prod(),
    "max": lambda x: x.max(axis=1),
    "min": lambda x: x.min(),
    "var": lambda x: x.var(ddof=1),
    "std": lambda x: x.std(0),
    "dot": lambda x: x.dot(B.T),
    "ravel": lambda x: x.ravel(),
    "flatten": lambda x: x.flatten(),
    "reshape with numbers": lambda x: x.reshape(3, 2),
    "reshape with a shape": lambda x: x.reshape((3, -1)),
    "transpose": lambda x: x.transpose(),
    "transpose with numbers": lambda x: x.transpose(1, 0),
    "transpose with a tuple": lambda x: x.transpose((1, 0)),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "squeeze": lambda x: x[:1].squeeze(),
    "cumsum": lambda x: x.cumsum(axis=1),
    "cumprod": lambda x: x.cumprod(0),
    "clip": lambda x: x.clip(0.5, 1.5),
    "trace": lambda x: x.trace(),
    "diagonal": lambda x: x.diagonal(),
    "take": lambda x: x.take([0, 2, 2], axis=1),
    "repeat": lambda x: x.repeat(2, axis=0),
    "copy": lambda x: x.copy() * x,
    "astype": lambda x: x.astype(np.float64),
    "conj": lambda x: x.conj(),
    "item": lambda x: x.item(4),
    "item with indices": lambda x: x.item(1, 2),
    "item of one": lambda x: x[:1, :1].item(),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "real": lambda x: x.real,
    "flat": lambda x: sum(v * i for i, v in enumerate(x.flat)),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_and_attributes(name):
    check(METHODS[name], A)


INDICES = {
    "number": 1,
    "negative": -1,
    "slice": np.s_[:, ::-1],
    "ellipsis": np.s_[..., 0],
    "new axis": np.s_[:, None, 1:],
    "list with repeats": [0, 1, 1, 0],
    "pairs": ([0, 1, 1], [2, 0, 0]),
    "mask": A > 1.0,
}


@pytest.mark.parametrize("name", INDICES)
def test_entries(name):
    check(lambda x: x[INDICES[name]], A)


def test_iteration_gives_traced_rows():
    def weighted(x):
        total = 0.0
        for i, row in enumerate(x):
            total = total + (i + 1) * row
        return total

    check(weighted, A)
    assert len(Traced(A, ())) == 2


FUNCTIONS = {
    "several results": lambda x: np.split(x, 3, axis=1)[1] * np.split(x, 3, axis=1)[2],
    "a list of arguments": lambda x: np.concatenate([x, B, x * x], axis=1),
    "nested lists": lambda x: np.vstack([np.hstack((x, x * x)), np.hstack((x + 1.0, x))]),
    "stack": lambda x: np.stack([x[0], x[1], x[0]], axis=1),
    "starred arguments": lambda x: np.einsum("ij,kj,k->i", x, B, x[:, 0]),
    "keywords": lambda x: np.linalg.norm(x=x, axis=1),
    "named result": lambda x: np.linalg.slogdet(x @ x.T).logabsdet,
    "parts of a result": lambda x: np.linalg.eigh(x @ x.T)[0],
    "where": lambda x: np.where(x > 1.0, x * x, np.sqrt(x)),
    "reduce": lambda x: np.add.reduce(x) + np.multiply.reduce(x, axis=0),
    "reduce to extremes": lambda x: np.maximum.reduce(x, axis=1) - np.minimum.reduce(x, axis=1),
    "accumulate": lambda x: np.add.accumulate(x, axis=1),
    "outer": lambda x: np.subtract.outer(x[0], x),
    "a ufunc of three": lambda x: np.clip(x, x[0], 1.5 * x[1]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name):
    check(FUNCTIONS[name], A)


def test_one_part_of_a_result_alone_is_differentiated():
    def first(x):
        q, r = np.linalg.qr(x)
        return np.sum(r * r * np.arange(1.0, 5.0).reshape(2, 2))

    check(first, A[:, :2])


def test_steps_without_a_derivative_give_plain_values():
    with GradientTape() as tape:
        x, s = tape.watch((A, 1.6))
        plain = [
            x > 1.0, x == x, np.argmax(x), x.argsort(), np.floor(s), s // 1, math.floor(s), math.ceil(s), math.trunc(s),
            round(s), int(s), bool(s), x.shape, x.ndim, x.size, len(x), x.dtype, x.round(), 0.6 in x, np.equal(x, 1),
            np.less.outer(s, 2.0),
        ]  # fmt: skip
    assert not any(isinstance(value, Traced) for value in plain)
    assert plain[6:12] == [1, 2, 1, 2, 1, True]


def test_attributes_of_a_traced_number():
    x = Traced(1.5, ())
    assert (x.shape, x.ndim, x.size, x.dtype) == ((), 0, 1, np.dtype(float))


def test_the_class_of_the_value_decides_as_it_would_without_the_tape():
    def described(x):
        match x:
            case float():
                return "number"
            case np.ndarray():
                return "array"

    with GradientTape() as tape:
        x, y = tape.watch((1.0, A))
    assert described(x) == "number" and isinstance(x, Traced)
    assert described(y) == "array" and not isinstance(y, float)


def test_float_inside_the_block_is_refused_and_names_the_way_out():
    with GradientTape() as tape:
        x = tape.watch(0.5)
        for convert in (float, math.sin, complex):
            with pytest.raises(NoDerivativeError, match=r"np\.sin\(x\)"):
                convert(x)
    assert float(x) == 0.5 and math.sin(x) == math.sin(0.5) and complex(x) == 0.5


def test_conversion_to_an_array_inside_the_block_is_refused():
    target = np.zeros(2)
    with GradientTape() as tape:
        x, y = tape.watch((np.array([0.5, 1.0]), 2.0))
        for convert in (np.array, np.asarray, lambda v: np.array([y, y]), lambda v: np.full(3, y)):
            with pytest.raises(NoDerivativeError, match=r"np\.stack"):
                convert(x)
        with pytest.raises(NoDerivativeError):
            target[:] = x
        with pytest.raises(ValueError) as caught:
            target[0] = y
    assert isinstance(caught.value.__cause__, NoDerivativeError)
    np.testing.assert_array_equal(target, [0.0, 0.0])
    np.testing.assert_array_equal(np.asarray(x), [0.5, 1.0])


def test_changes_in_place_are_refused_and_point_to_the_compiler():
    raw = np.ones(2)
    with GradientTape() as tape:
        x = tape.watch(np.array([2.0, 1.0]))
        with pytest.raises(UnsupportedError, match=r"srcad\.grad"):
            x[0] = 1.0
        with pytest.raises(UnsupportedError, match=r"Write 'x = x \+ \.\.\.'"):
            x += 1.0
        with pytest.raises(UnsupportedError):
            x.sort()
        with pytest.raises(UnsupportedError):
            raw += x
        with pytest.raises(UnsupportedError):
            np.multiply(x, 2.0, out=raw)
        with pytest.raises(NoDerivativeError):
            np.copyto(raw, x)
        with pytest.raises(NoDerivativeError):
            np.add.at(raw, [0], x[:1])
    np.testing.assert_array_equal(raw, [1.0, 1.0])


def test_augmented_assignment_of_a_number_is_no_change_in_place():
    with GradientTape() as tape:
        x = tape.watch(3.0)
        y = first = x
        y *= x
        y += 1.0
    assert first.value == 3.0
    assert tape.gradient(y, x) == 6.0


def test_apply_calls_functions_that_cannot_be_intercepted():
    with GradientTape() as tape:
        x, y = tape.watch((0.5, 2.0))
        z = apply(math.sin, x) * np.sum(apply(np.array, [x, y, 1.0]) ** 2)
    dx, dy = tape.gradient(z, [x, y])
    assert dx == pytest.approx(math.cos(0.5) * 5.25 + math.sin(0.5) * 2 * 0.5)
    assert dy == pytest.approx(math.sin(0.5) * 4.0)


def unknown(x, y):
    return x + y


def test_apply_of_a_function_without_a_rule_and_without_source_is_refused():
    with GradientTape() as tape:
        x = tape.watch(0.5)
        with pytest.raises(SrcadError, match="source"):
            apply(eval("lambda x, y: x + y"), x, 1.0)
    assert apply(unknown, 1.0, 1.0) == 2.0


def test_a_traced_condition_chooses_and_has_no_gradient_of_its_own():
    values = np.array([0.0, 2.0, -1.0])
    with GradientTape() as tape:
        x = tape.watch(values)
        y = np.sum(np.where(x, x * x, 5.0 * x))
    np.testing.assert_allclose(tape.gradient(y, x), [5.0, 4.0, -2.0])


def test_random_samplers_are_refused_where_a_parameter_is_traced():
    with GradientTape() as tape:
        x = tape.watch(0.5)
        with pytest.raises(NoDerivativeError):
            np.random.default_rng(0).gamma(x)


def test_text_shows_the_value():
    x = Traced(np.array([1.0, 2.5]), ())
    assert str(x) == "[1.  2.5]" and repr(x) == "Traced(array([1. , 2.5]))"
    assert f"{Traced(1.25, ()):.1f}" == "1.2"


def test_copies_keep_the_history():
    with GradientTape() as tape:
        x = tape.watch(2.0)
        y = copy.deepcopy([x * x])[0] * copy.copy(x)
    assert tape.gradient(y, x) == 12.0


def test_pickling_is_refused():
    with pytest.raises(UnsupportedError, match="pickled"):
        pickle.dumps(Traced(1.0, ()))


def test_single_precision_stays():
    with GradientTape() as tape:
        x = tape.watch(A.astype(np.float32))
        y = np.mean(np.tanh(x * 2.0) ** 2 / 3)
    assert y.dtype == np.float32
    assert tape.gradient(y, x).dtype == np.float32


def test_mixed_precision_gives_each_source_its_own():
    with GradientTape() as tape:
        x, y = tape.watch((A.astype(np.float32), B))
        z = np.sum(x * y)
    dx, dy = tape.gradient(z, [x, y])
    assert (dx.dtype, dy.dtype) == (np.float32, np.float64)


def test_the_flags_of_the_users_arrays_stay():
    a, view = np.ones(2), np.zeros((2, 2))
    with GradientTape() as tape:
        x = tape.watch(np.array([3.0, 4.0]))
        first, second = np.atleast_1d(x, a)
        y = np.sum(first * second * np.ravel(view)[:2] + x * view[0])
        a[:] = 9.0
        view[:] = 5.0
    np.testing.assert_array_equal(tape.gradient(y, x), [0.0, 0.0])
    assert a.flags.writeable and view.flags.writeable
    np.testing.assert_array_equal(second.value, [1.0, 1.0])


def test_a_read_only_view_of_what_changes_later_is_copied():
    base = np.array([2.0, 3.0])
    frozen = base[:]
    frozen.setflags(write=False)
    with GradientTape() as tape:
        x = tape.watch(np.array([1.0, 1.0]))
        y = np.sum(x * frozen)
        base[:] = 7.0
    np.testing.assert_array_equal(tape.gradient(y, x), [2.0, 3.0])


def test_subclasses_of_arrays_are_refused():
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    with GradientTape() as tape:
        x = tape.watch(np.array([1.0, 1.0]))
        with pytest.raises(UnsupportedError, match="MaskedArray"):
            tape.watch(masked)
        with pytest.raises(UnsupportedError, match="MaskedArray"):
            x * masked


@pytest.mark.parametrize("store", [
    lambda a, x: a.__setitem__(0, x[1]),
    lambda a, x: a.fill(x[1]),
    lambda a, x: a.__setitem__(slice(1, None), x[1:]),
    lambda a, x: np.copyto(a, x),
])  # fmt: skip
def test_a_store_into_a_plain_array_is_refused_by_the_projects_error(store):
    with pytest.raises(SrcadError, match="tape"), GradientTape() as tape:
        store(np.zeros(3), tape.watch(np.array([0.5, -1.2, 2.0])))


def test_a_refused_store_of_a_number_shows_its_line():
    with pytest.raises(SrcadError) as caught, GradientTape() as tape:
        x = tape.watch(np.array([0.5, -1.2, 2.0]))
        a = np.zeros(3)
        a[0] = x[1]
    assert caught.value.location.text.strip() == "a[0] = x[1]"
    assert "test_values.py" in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    ["a[0] = x[0]", "a.flat[0] = x[0]", "a[:] = [x[0], x[1]]", "a += x", "a.fill(x[0])", "np.copyto(a, x)"],
)
def test_a_store_of_a_traced_value_is_refused_at_its_line(statement: str) -> None:
    program = compile(f"a = np.zeros(2)\n{statement}\n", "<program>", "exec")
    with pytest.raises(SrcadError) as refused, GradientTape() as tape:
        exec(program, {"np": np, "x": tape.watch(np.ones(2))})
    assert 'File "<program>", line 2' in str(refused.value)


def test_an_error_of_the_users_own_after_a_refusal_stays_what_it_is() -> None:
    with pytest.raises(ValueError, match="my own"), GradientTape() as tape:
        x = tape.watch(np.ones(2))
        try:
            float(x[0])
        except SrcadError:
            pass
        raise ValueError("my own")


def test_the_entries_one_after_the_other_and_the_size_in_memory() -> None:
    x = np.array([[0.3, -1.2], [0.7, 0.4]])
    with GradientTape() as tape:
        traced = tape.watch(x)
        last = traced.flat[-1]
        total = sum(entry * entry for entry in traced.flat) * last + np.sum(traced.flat[1:3])
        assert (traced.nbytes, traced.itemsize, traced.strides) == (x.nbytes, x.itemsize, x.strides)
        assert traced.flags.c_contiguous and len(traced.flat) == 4
        with pytest.raises(UnsupportedError, match="in place"):
            traced.flat[0] = 1.0
    expected = 2 * x * 0.4 + np.array([[0.0, 1.0], [1.0, np.sum(x * x)]])
    np.testing.assert_allclose(tape.gradient(total, traced), expected)


@pytest.mark.parametrize("call", [
    lambda x: scipy.optimize.brentq(lambda q: q * q - x[0], 0.0, 3.0),
    lambda x: scipy.linalg.circulant(x),
    lambda x: x.clip(-1.0, 1.0, out=np.zeros(2)),
    lambda x: x.compress([True, False], out=np.zeros(1)),
])  # fmt: skip
def test_what_c_code_turns_into_numbers_and_arrays_for_results_are_refused(call: Any) -> None:
    with pytest.raises(SrcadError), GradientTape() as tape:
        call(tape.watch(np.array([2.0, 0.5])))


def test_functions_of_scipy_that_call_others_with_a_rule() -> None:
    x = np.array([0.5, 1.3])
    with GradientTape() as tape:
        traced = tape.watch(x)
        y = np.sum(scipy.special.lambertw(traced).real + scipy.special.zeta(traced + 2))
    expected = grad(lambda x: np.sum(np.real(scipy.special.lambertw(x)) + scipy.special.zeta(x + 2)))(x)
    np.testing.assert_allclose(tape.gradient(y, traced), expected)


def test_products_along_chosen_axes() -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(3, 2) + 1
    with GradientTape() as tape:
        traced = tape.watch(a)
        y = np.sum(np.matmul(traced, b, axes=[(1, 0), (1, 0), (0, 1)]) ** 2)
    np.testing.assert_allclose(tape.gradient(y, traced), grad(lambda a: np.sum((a.T @ b.T) ** 2))(a))


@pytest.mark.parametrize("dtype", [object, str, "S8"])
def test_conversions_to_text_and_objects_are_refused(dtype):
    x = np.array([1.1, 0.6])
    with GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(UnsupportedError, match="has no derivative"):
            x.astype(dtype)


def test_lists_beside_arrays_are_arrays() -> None:
    with GradientTape(persistent=True) as tape:
        x = tape.watch(np.array([1.0, 2.0]))
        results = [
            np.sum([3.0, 4.0] * x + x * [3.0, 4.0]),
            [3.0, 4.0] @ x + x @ [3, 4],
            np.sum(x * [x[1], 4.0]),
            np.sum(np.maximum(x, [x[1], 1.5])),
            np.sum(x[0] * [1.0, 2.0]),
        ]
    expected = [[6.0, 8.0], [6.0, 8.0], [2.0, 5.0], [0.0, 2.0], [3.0, 0.0]]
    assert [tape.gradient(y, x).tolist() for y in results] == expected
    with GradientTape() as tape:
        number = tape.watch(2.0)
        with pytest.raises(TypeError):
            number * [1.0, 2.0]


class Scaled:
    """A class that answers for a number on its left."""

    def __init__(self, v):
        self.v = v

    def __rmul__(self, other):
        return Scaled(other * self.v)

    def __rpow__(self, other):
        return Scaled(other**self.v)

    def __gt__(self, other):
        return Scaled(self.v - other)


def test_operators_that_the_class_of_the_right_operand_answers():
    def f(x):
        return (x * Scaled(x)).v + (x ** Scaled(2.0)).v * (x < Scaled(x**3)).v

    with GradientTape() as tape:
        x = tape.watch(1.5)
        y = f(x)
    assert np.isclose(y.value, f(1.5)) and np.isclose(tape.gradient(y, x), 2 * 1.5 + 5 * 1.5**4 - 3 * 1.5**2)
