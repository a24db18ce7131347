"""Names that may or may not stand for the same array; functions that change what they are given."""

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7, 0.9])
Y = np.array([0.8, -0.5, 0.6, 1.1])
S = np.array([[0.4, 1.3, -0.2], [0.7, 0.5, -1.1], [-0.6, 0.9, 0.8]])


@program(X)
def two_names(x):
    y = x
    y[0] = x[1] * x[2]
    x *= y
    return x * y


@program(X, Y)
def augmented_alias(x, y):
    z = x
    z += y
    return x * z


@program(X, Y)
def rebound_alias(x, y):
    z = x
    z = z + y
    return x * z


@program(X, Y)
def alias_then_rebound(x, y):
    z = x
    x = x * y
    x[0] = z[1]
    z[1] = x[2]
    return x * z


@program(X, Y, 0.5)
@program(X, Y, -0.5)
def alias_by_branch(x, y, s):
    target = x if s > 0 else y
    target[1:3] *= s
    target[0] = x[3] * y[3]
    return x * y


@program(X, Y, 0.5)
@program(X, Y, -0.5)
def alias_or_copy_by_branch(x, y, s):
    if s > 0:
        z = x
    else:
        z = x.copy()
    z *= y
    z[0] = s
    return x * z


@program(X, Y, 0.5)
@program(X, Y, -0.5)
def view_or_value_by_branch(x, y, s):
    if s > 0:
        z = x[1:]
    else:
        z = y[1:] * x[1:]
    z[0] *= s
    x[2] = y[0]
    return z * z


@program(X, Y)
def alias_by_loop(x, y):
    current = x
    for _ in range(3):
        current[1:] *= current[:-1]
        current = y if current is x else x
    return x * y


@program(X, Y)
def buffers_change_places(x, y):
    for _ in range(3):
        y[1:-1] = 0.5 * (x[:-2] + x[2:]) * x[1:-1]
        x, y = y, x
    return x * x + y


@program(X, Y)
def buffers_change_places_an_unknown_number_of_times(x, y):
    while np.sum(x * x) > 0.2:
        y[:] = 0.5 * x * y[::-1]
        x, y = y, x
    return x + y * y


def _scale(x, s):
    x *= s


def _shift(x):
    x[1:] = x[:-1] * x[1:]


def _first_half(x):
    return x[: len(x) // 2]


def _same(x):
    return x


def _either(x, y, s):
    return x if s > 0 else y


def _store_and_return(x, v):
    x[0] = v
    return x


def _copy_unless(x, flag):
    return x if flag else x * 1.0


@program(X, 0.7)
def argument_changed_by_a_function(x, s):
    _scale(x, s)
    _scale(x, x[0])
    return x * x


@program(X)
def argument_changed_through_a_slice(x):
    _scale(x[1:3], x[0])
    _shift(x[::-1])
    return x * x


@program(S)
def rows_changed_by_a_function(a):
    for row in a:
        _shift(row)
    _scale(a.T[0], a[1, 1])
    return a * a


@program(X)
def argument_changed_twice_in_one_expression(x):
    y = _store_and_return(x, x[1] * x[2]) * _store_and_return(x, x[3])
    return x * y


@program(X)
def view_returned_by_a_function(x):
    half = _first_half(x)
    half *= x[3]
    _first_half(x)[1] = half[0]
    return x * x


@program(X)
def argument_returned_by_a_function(x):
    y = _same(x)
    y[0] = x[1] * x[2]
    return x * y


@program(X, Y, 0.5)
@program(X, Y, -0.5)
def either_argument_returned(x, y, s):
    z = _either(x, y, s)
    z *= s
    _either(y, x, s)[0] = z[1]
    return x * y


@program(X, True)
@program(X, False)
def copy_returned_at_times(x, flag):
    y = _copy_unless(x, flag)
    y[0] *= y[1]
    return x * y


def _update(x, y):
    x[1:] += y[:-1] * y[1:]
    y[0] = x[-1]


@program(X)
def one_array_in_two_parameters(x):
    _update(x, x)
    return x * x


@program(X, Y)
def two_arrays_in_two_parameters(x, y):
    _update(x, y)
    _update(y, x)
    return x * y


@program(X)
def overlapping_views_in_two_parameters(x):
    _update(x[:3], x[1:])
    return x * x


@program(X)
def one_array_in_two_parameters_of_a_nested_function(x):
    def mix(p, q):
        p *= q
        q[1:] -= p[:-1]

    mix(x, x)
    mix(x, x[::-1])
    return x * X


def _halve(x):
    if len(x) < 2:
        x *= 2.0
        return
    middle = len(x) // 2
    _halve(x[:middle])
    _halve(x[middle:])
    x[:middle] += x[middle:] * x[:middle]


@program(X)
def recursion_on_views(x):
    _halve(x)
    return x * x


def _transform(x):
    n = len(x)
    if n == 1:
        return
    even, odd = x[::2].copy(), x[1::2].copy()
    _transform(even)
    _transform(odd)
    x[: n // 2] = even + odd * even
    x[n // 2 :] = even - odd


@program(X)
def recursion_on_copies(x):
    _transform(x)
    return x * X


@program(X)
def closure_that_changes_its_array(x):
    def step(k):
        x[k] *= x[k - 1]

    for k in range(1, 4):
        step(k)
    return x * x


@program(X)
def closure_that_collects(x):
    total = np.zeros(4)

    def collect(weight):
        total[:] += weight * x
        total[0] *= weight

    collect(2.0)
    collect(x[0])
    return total * total


@program(X)
def function_chosen_at_run_time(x):
    for operation in (_shift, np.sin, _first_half):
        result = operation(x)
    result *= x[3]
    return x * x


@program(X, Y)
def functions_that_change_in_a_table(x, y):
    table = {"scale": lambda v: _scale(v, y[0]), "shift": _shift}
    for key in ("shift", "scale", "shift"):
        table[key](x)
    return x * y


@program(X)
def change_inside_a_called_lambda(x):
    double = lambda v: np.multiply(v, 2.0, out=v)  # noqa: E731
    double(x[1:])
    return double(x) * x


@program(X, Y)
def default_argument_that_is_changed(x, y):
    def collect(v, into=y):
        into += v
        return into

    collect(x)
    return collect(x * x) * y


def _normalise(data, *, scale=1.0, out=None):
    if out is None:
        out = np.empty_like(data)
    out[:] = data - data.mean()
    out *= scale
    return out


@program(X, Y)
def optional_output_argument(x, y):
    fresh = _normalise(x, scale=2.0)
    given = _normalise(x * fresh, out=y)
    _normalise(y, out=y, scale=x[0])
    return given * fresh


def _all_of(*arrays, factor=2.0, **more):
    for array in arrays:
        array *= factor
    for array in more.values():
        array += factor


@program(X, Y)
def starred_arguments_changed(x, y):
    _all_of(x, y[1:], factor=x[0])
    _all_of(x, last=y)
    return x * y


@program(X, Y)
def mixed_with_functional_style(x, y):
    z = np.concatenate([x, y])
    z[2:6] *= z[0]
    w = np.where(z > 0.5, z, z * z)
    w[::2] = x
    x += w[:4]
    return x @ w[4:] + np.sum(np.stack([x, y]) ** 2)


@program([X, X[1:].copy(), Y])
def arrays_of_an_argument_changed(arrays):
    first, second, third = arrays
    second *= third[1:]
    first[0] = second[0]
    return first * third


@program({"w": S, "b": Y[:3]}, X[:3])
def parameters_updated_in_place(params, x):
    for _ in range(2):
        error = params["w"] @ x + params["b"]
        params["b"] -= 0.1 * error
        params["w"] -= 0.1 * np.outer(error, x)
    return np.sum(params["w"] ** 2) + params["b"]


@program(X, Y)
def result_is_a_changed_argument(x, y):
    x[1:3] = y[:2]
    return x


@program(X)
def result_is_a_view_of_an_argument(x):
    x *= x
    return x[1:3]


@program(X, Y)
def results_share_memory(x, y):
    x += y
    return x, x[::2], [y, x[0]]


@program(X, Y)
def argument_returned_before_and_after(x, y):
    before = x.copy()
    x *= y
    return before, x, before * x


@program(X, Y)
def unused_change(x, y):
    z = x.copy()
    z[0] = y[0]
    y[1] = 3.0
    return x * x
