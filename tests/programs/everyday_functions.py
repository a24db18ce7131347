"""Functions as people pass, wrap, nest and recur in them, and scalars of every kind as arguments."""

import functools

import numpy as np

from srcad.api import grad
from tests.programs.corpus import program

X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])


@program(np.float32([1.0, 2.0, 3.0]))
def sum_of_squares_in_single_precision(x):
    return np.sum(x**2) * x[0]


@program(np.array(1.5))
def array_without_axes(x):
    return x * x * np.sin(x)


@program(1.3)
def truth_of_numbers_and_chained_comparison(x):
    y = x if x > 1 else -x
    z = (x and y) or 0.0
    w = y < z < 5 or 2
    return y * z * (w if w is not True else 3)


@program(2.0)
def recursive_lambda(x):
    power = lambda y, n: y if n == 0 else power(y * x, n - 1)  # noqa: E731
    return power(x, 4)


@program(X, X + 1.0)
def helper_that_swaps_entries_of_two_arrays(p, q):
    def swap(a, b, i):
        kept = a[i]
        a[i] = b[i] * kept
        b[i] = kept

    for i in range(3):
        swap(p, q, i)
    return p @ q


@program(X)
def recurrence_with_a_cache_in_a_closure(x):
    def outer():
        cache = {}

        def term(n):
            if n in cache:
                return cache[n]
            r = x[0] * term(n - 1) + term(n - 2) * x[1] if n > 1 else x[n]
            cache[n] = r
            return r

        return term

    return outer()(6)


@program(0.3)
def cache_with_tuples_as_keys(x):
    memo = {}

    def f(n, y):
        if (n,) in memo:
            return memo[(n,)]
        memo[(n,)] = v = y if n < 1 else f(n - 1, y * x) + y
        return v

    return f(5, 1.0 + x) * f(2, x)


@program(X)
def defaults_keyword_only_and_rest(x, scale=2.0, *, bias=1.0, **rest):
    return np.sum((x * scale + bias) ** 2) * (1 + len(rest))


@program(X)
def reduce_by_a_lambda(x):
    return functools.reduce(lambda p, q: p * q + 1, x)


@program(X)
def partial_of_a_numpy_function(x):
    return functools.partial(np.dot, x)(x * x)


@program(X)
def lambdas_that_keep_a_default(x):
    steps = [lambda v, k=k: v * k + x[k] for k in range(3)]
    s = x[4]
    for step in steps:
        s = step(s + 1.0)
    return s * s


@program(1.2)
def derivative_taken_by_a_helper(x):
    def derivative(f):
        return lambda y: grad(f)(y)

    g = derivative(lambda y: y**3 * x)
    return g(x) * g(2.0)


@program(X)
def assertion_and_formatted_number(x):
    assert len(x) == 5, f"not {len(x)}"
    text = f"{x[0]:.2f}"
    return x[0] ** 2 * len(text)


@program(X)
def sum_kept_in_a_captured_list(x):
    total = [0.0]

    def add(v):
        total[0] += v

    for v in x:
        add(v * v)
    list(map(add, [x[0], x[1]]))
    return total[0]


@program(X)
def lambda_called_with_unpacked_arguments(x):
    return (lambda *a, **k: a[0] * k["s"])(*[x[0]], **{"s": x[1]})


@program(X)
def decorated_lambda_called_both_ways(x):
    def doubled(f):
        def wrapper(*a, **k):
            return f(*a, **k) * 2

        return wrapper

    g = doubled(lambda v: v @ v)
    return g(x) + g(v=x)


@program(X)
def conversions_to_python_numbers(x):
    i = int(x[0])
    f = float(x[1])
    b = bool(x[2])
    r = round(x[3], 1)
    return x[i % 5] * f * (1 if b else 2) + r * x[4]


@program(X)
def optional_buffer_returned_as_it_came(x):
    def add_squares(a, out=None):
        if out is None:
            out = np.zeros_like(a)
        out += a * a
        return out

    buffer = add_squares(x)
    add_squares(x * 2, out=buffer)
    r = add_squares(x, buffer)
    return r @ buffer


@program(2.0)
def two_functions_that_call_each_other(x):
    def even(n):
        return x if n == 0 else odd(n - 1) * x

    def odd(n):
        return 1.0 if n == 0 else even(n - 1) + x

    return even(5)


@program(np.array([-1.0, 2.0, -0.5]))
def basis_functions_with_an_exponent_by_default(x):
    basis = [np.sin, lambda t, k=2: t**k, lambda t, k=3: k * t**k]
    total = 0.0
    for function in basis:
        total = total + np.sum(function(x))
    return total
