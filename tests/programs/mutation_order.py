"""In which order things change: operands with effects, indices evaluated once, effects in calls and conditions."""

import operator

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7, 0.9])
Y = np.array([0.8, -0.5, 0.6, 1.1])
S = np.array([[0.4, 1.3, -0.2], [0.7, 0.5, -1.1], [-0.6, 0.9, 0.8]])


def _double_first(x):
    x[0] *= 2.0
    return np.sum(x)


@program(X)
def operands_around_an_effect(x):
    return x[0] + _double_first(x) + x[0]


@program(X)
def array_operand_before_an_effect(x):
    return np.sum(x * x) * _double_first(x) * x


@program(X)
def value_with_an_effect_is_stored(x):
    x[1] = _double_first(x) * x[0]
    return x * x


@program(X)
def target_is_read_before_its_operand_changes_it(x):
    x[0] += _double_first(x)
    return x * x


@program(X)
def whole_target_changes_while_its_operand_is_computed(x):
    x += _double_first(x)
    return x * x


@program(X)
def number_is_read_before_its_operand_changes_the_array(x):
    s = x[0]
    s += _double_first(x)
    y = x
    y = y + _double_first(x)
    return s * y


@program(X)
def effects_inside_a_list(x):
    x[:3] = [x[1], _double_first(x), x[0]]
    return x * x


@program(X)
def array_in_a_tuple_before_an_effect(x):
    parts = (x, _double_first(x), x * 1.0)
    x[1] = 0.5
    return parts[0] * parts[1] + parts[2]


@program(X)
def index_is_evaluated_once(x):
    calls = []

    def where():
        calls.append(1)
        return len(calls)

    x[where()] += x[0]
    x[where()] *= 2.0
    return x * x * len(calls)


@program(X)
def index_is_assigned_in_the_store(x):
    i = 0
    x[(i := i + 1)] *= 2.0
    x[(i := i + 1)] += x[i]
    return x * x


@program(X)
def named_slices(x):
    middle = slice(1, 3)
    x[middle] *= x[0]
    even = np.s_[::2]
    x[even] += x[3]
    return x * x


@program(S)
def indices_in_tuples(a):
    column = (slice(None), 0)
    a[column] *= 2.0
    entry = (1, 2)
    a[entry] = a[0, 0] * a[2, 2]
    a[(Ellipsis, 1)] += 1.0 * a[0, 0]
    return a * a


@program(S)
def store_into_a_copy_that_nobody_keeps(a):
    a[[0, 1]][0] = 5.0
    a[a > 0][0] = 7.0
    a[[0, 1]] *= 2.0
    return a * a


@program(S)
def all_indices(a):
    for i, j in np.ndindex(3, 3):
        a[i, j] *= a[j, i]
    return a * a


@program(X)
def functions_of_the_operator_module(x):
    operator.setitem(x, 0, x[1] * x[2])
    operator.iadd(x, 1.0)
    x = operator.imul(x, x)
    return x * x


@program(X)
def put_method(x):
    x.put([0, 1], [x[2] * 2.0, x[3]])
    return x * x


@program(S)
def effects_under_map(a):
    def scale(row):
        row *= row[0]
        return row

    rows = list(map(scale, a))
    return a * a + rows[1]


@program(S)
def starred_rows(a):
    first, *rest = a
    rest[0] *= first
    rest[1][0] = rest[0][1]
    return a * a


@program(X, 0.5)
@program(X, -0.5)
def effects_in_a_condition(x, s):
    def change(v):
        v[0] = s
        return True

    if s > 0 and change(x) or change(x[1:]):
        x[2] *= s
    return x * x


@program(X)
def condition_that_assigns(x):
    k = 0
    while (v := x[k]) < 1.0 and k < 3:
        x[k] = v * v
        k += 1
    return x * v


@program(X, Y)
def items_of_a_dict_changed_and_replaced(x, y):
    table = {"x": x, "y": y}
    for key, value in table.items():
        value *= 2.0
        table[key] = value + x[0]
    return table["x"] * table["y"] * x


@program(0.5)
def list_that_grows_while_it_is_read(x):
    values = [x]
    for v in values:
        if len(values) < 4:
            values.append(v * x)
    return sum(values)


@program(0.5, 0.8)
def copies_of_a_list(x, y):
    a = [x, y]
    b, c, d, e = a[:], a.copy(), [*a, x], list(a)
    a[0] = x * y
    b[0] = y
    c[1] = x
    d[2] *= a[0]
    return a[0] * b[0] + c[1] * d[2] + e[0] * a[1]


@program(0.5, 0.8)
def copies_of_a_dict(x, y):
    a = {"p": x, "q": y}
    b, c, d = dict(a), a.copy(), {**a, "r": x}
    a["p"] = x * y
    b["q"] = x
    c["p"] *= y
    d["r"] *= 2.0
    return a["p"] * b["q"] + c["p"] * d["r"] + b["p"]


@program(X, Y)
def copy_of_a_dict_shares_its_arrays(x, y):
    a = {"p": x, "q": y}
    b = dict(a)
    b["p"][0] = y[1]
    b["q"] = x
    a["q"] *= b["q"]
    return x * y


@program(X)
def mask_that_changes_between_stores(x):
    mask = x > 0
    x[mask] *= 2.0
    mask[0] = False
    x[mask] *= x[0]
    mask[:] = True
    return x * x


@program(X)
def index_that_depends_on_what_was_stored(x):
    k = 0
    for i in range(4):
        k = (k + 2) % 4 if x[k] > 0.5 else k + 1
        x[k] *= 1.5 + i
        k %= 3
    return x * x


@program(X, Y)
def out_of_many_functions(x, y):
    result = np.empty(4)
    np.add(x, y, result)
    np.maximum(result, x, out=result)
    np.cumsum(result, out=result)
    result.clip(-1.0, 1.4, out=result)
    np.concatenate([x[:2], y[:2]], out=result[:])
    np.take(x, [1, 0], out=result[:2])
    return result * x


@program(S, X)
def out_of_products(a, x):
    result = np.empty((3, 3))
    np.einsum("ij,jk->ik", a, a, out=result)
    np.outer(x[:3], x[1:], out=a)
    return result * a


@program(X)
def remainder_changed(x):
    _, remainder = np.divmod(x, 0.37)
    remainder *= 2.0
    np.negative(remainder, out=remainder)
    return remainder * x


@program(X)
def views_through_nested_functions(x):
    def outer(y):
        def inner(z):
            z[0] *= y[1]
            return z[1:]

        t = inner(y)
        t[0] *= 2.0
        return inner(t)

    result = outer(x)
    result *= x[3]
    return x * x


@program(X)
def views_returned_in_a_tuple(x):
    def parts(y):
        return y[:2], y[2:]

    a, b = parts(x)
    a *= b
    b += a
    return x * x


@program(X)
def views_returned_in_a_dict(x):
    def parts(y):
        return {"low": y[:2], "high": y[2:]}

    p = parts(x)
    p["low"] *= p["high"]
    p["high"][0] = 2.0 * p["low"][1]
    return x * x


@program(X)
def closures_over_overlapping_views(x):
    def make(y):
        def scale(s):
            y[0] *= s
            return y

        return scale

    first, second = make(x), make(x[1:])
    first(2.0)
    second(x[0])
    return x * x


@program(X)
def stores_before_an_exception_stay(x):
    for v in (0.5, -1.0, 2.0):
        try:
            x[0] *= v
            if v < 0:
                raise ValueError(v)
            x[1] = np.sqrt(v) * x[0]
        except ValueError:
            x[2] += x[0]
    return x * x


@program(X, Y)
def row_unpacked_in_each_step(w, inputs):
    gates = np.empty((2, 4))
    c = 0.0
    for t in range(2):
        gates[t] = w * inputs[t]
        i, f, o, g = gates[t]
        c = f * c + i * g
    return c * o * np.sum(gates)
