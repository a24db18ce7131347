"""Nested functions that keep what they remember in attributes of themselves."""

import numpy as np

from tests.programs.corpus import program


@program(0.4, 0.7)
def calls_counted_in_an_attribute_of_a_nested_function(x, y):

    def inner(n):
        inner.calls += 1
        return x * n if n < 2 else inner(n - 1) * y

    inner.calls = 0
    r = inner(4)
    return r * inner.calls


@program(0.4, 0.7)
def cache_in_an_attribute_of_a_nested_function(x, y):

    def inner(n):
        if n not in inner.cache:
            inner.cache[n] = x * n if n < 2 else inner(n - 1) * y + inner(n - 2)
        return inner.cache[n]

    inner.cache = {}
    return inner(5)


@program(0.4, 0.7)
def attributes_of_a_nested_function_unpacked(x, y):

    def step(v):
        step.total += v * x
        step.last, old = (v, step.last)
        return v * y + old

    step.total, step.last = (0.0, y)
    a = step(x)
    b = step(a)
    return a * b + step.total * step.last


@program(np.array([0.4, 0.3, 0.8]), 0.7)
def buffer_in_an_attribute_of_a_nested_function(a, y):

    def push(v):
        push.buf[push.n % 3] += v
        push.n += 1

    push.buf = np.zeros(3)
    push.n = 0
    for v in a:
        push(v * y)
        push(v)
    push.buf *= y
    return np.sum(push.buf**2) + push.n * y


@program(0.4, 0.7)
def attribute_of_a_nested_function_read_in_another(x, y):

    def f(v):
        f.k = f.k * x
        return v * f.k

    f.k = y

    def g(v):
        return f(v) + f.k

    return g(x) * g(y) + f.k
