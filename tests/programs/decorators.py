"""Decorated functions: wrappers, caches, and decorators that change what a function returns."""

import dataclasses
import functools
import math
from functools import cache, lru_cache, wraps

import numpy as np

from tests.programs.corpus import program

X = np.array([0.5, -1.2, 2.0, 0.3])


def logged(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs)

    return wrapper


def scaled(k):
    def deco(f):
        @wraps(f)
        def wrapper(x, *a, **kw):
            return k * f(x, *a, **kw)

        return wrapper

    return deco


@program(0.8)
def nested_functions_under_wraps(x):
    @logged
    def g(t):
        return t * t * x

    @functools.wraps(g)
    def h(t):
        return g(t) + t

    return g(x) + h(2 * x)


@program(0.8)
def nested_recursion_under_lru_cache(x):
    @functools.lru_cache(None)
    def g(n):
        return x if n == 0 else g(n - 1) * x + n

    return g(3)


@program(0.8)
def nested_recursion_under_cache(x):
    @cache
    def g(n):
        if n <= 1:
            return 1.0
        n -= 1
        return g(n) + x * g(n - 1)

    return g(30)


@program(0.8)
def decorators_with_arguments(x):
    @scaled(2.0)
    @logged
    def g(t, p=2):
        return t**p

    @scaled(x)
    def h(t):
        return t * x

    return g(x) + g(x, p=3) + h(x)


@program(X)
def dynamic_programming_under_lru_cache(x):
    @lru_cache(maxsize=128)
    def cost(i, j):
        if i == 0 or j == 0:
            return x[i] * x[j]
        return min(cost(i - 1, j), cost(i, j - 1)) + x[i] * x[j]

    return cost(3, 3)


@program(0.8)
def recursion_through_a_decorated_name(x):
    @scaled(0.5)
    def fact(n):
        return x if n == 0 else n * fact(n - 1)

    return fact(3)


@program(0.8)
def nested_function_decorated_twice(x):
    def twice(f):
        return lambda t: f(f(t))

    @twice
    @twice
    def g(t):
        return t * x + 0.1

    return g(x)


def counted(f):
    calls = 0

    def wrapper(*a):
        nonlocal calls
        calls += 1
        return f(*a) * calls

    return wrapper


@program(0.8)
def decorator_that_counts_calls(x):
    @counted
    def g(t):
        return t * x

    return g(x) + g(x)


class Memo:
    def __init__(self, f):
        self.f = f
        self.known = {}

    def __call__(self, n):
        if n not in self.known:
            self.known[n] = self.f(n)
        return self.known[n]


@program(0.8)
def decorator_that_is_a_class(x):
    @Memo
    def g(n):
        return x**n

    return g(2) + g(3) * g(2)


@lru_cache(None)
def fib(n, x):
    return x if n < 2 else fib(n - 1, x) * 0.5 + fib(n - 2, x) * x


@program(0.6)
def recursion_of_a_cached_module_function(x):
    return fib(6, x)


@logged
@cache
def both(n, x):
    return x if n == 0 else both(n - 1, x) * x


@program(0.6)
def cached_and_wrapped_module_function(x):
    return both(3, x)


@program(0.6)
@scaled(3.0)
def decorated_by_a_factor(x):
    return x * x


@scaled(3.0)
@logged
def weighted(x, y):
    return x * x * y


@program(0.6, 0.3)
def decorated_twice_with_two_arguments(x, y):
    return weighted(x, y) + weighted(y, y=x)


@dataclasses.dataclass
class C:
    """A slope with decorated methods."""

    a: float

    __hash__ = object.__hash__

    @logged
    def m(self, x):
        return self.a * x

    @property
    def sq(self):
        return self.a**2

    @lru_cache(None)  # noqa: B019
    def n(self, k):
        return self.a * k


@program(C(2.0), 0.3)
def decorated_methods(c, x):
    return c.m(x) * c.sq + c.n(3) + c.n(3) * x


class Disc:
    def __init__(self, radius):
        self.radius = radius


@functools.singledispatch
def area(shape, scale=1.0):
    raise NotImplementedError(type(shape))


@area.register
def _(shape: Disc, scale=1.0):
    return math.pi * shape.radius**2 * scale


@area.register(list)
@area.register(tuple)
def _(shape, scale=1.0):
    return sum(area(part, scale=scale) for part in shape)


@area.register
def _(shape: int, scale=1.0):
    return shape * scale * 100


@area.register(float)
@area.register(np.ndarray)
def _(shape, scale=1.0):
    return np.sum(shape * shape) * scale


@program(1.3, 0.4)
def functions_dispatched_by_the_class_of_an_argument(r, a):
    several = area([Disc(r), (Disc(a), 2.0), np.array([a, r])], a)
    return several * area(Disc(a), scale=r) + sum(map(area, [Disc(r), 3])) * area(a)


class Remembering:
    """An object whose method is put behind a cache when it is made."""

    def __init__(self, x):
        self.x, self.calls = x, 0
        self.value = lru_cache(maxsize=None)(self.computed)

    def computed(self, i, j=0):
        self.calls += 1
        return self.x[i] * self.x[j] if i <= j else self.value(j, i) * self.value(i, j=i)


@program(X)
def caches_that_are_called(x):
    def power(n):
        return x[0] if n == 0 else known(n - 1) * x[1] + x[2]

    known = lru_cache(maxsize=None)(power)
    held = Remembering(x)
    several = [cache(lambda v: v * v), lru_cache(lambda v: v**3)]
    total = sum(f(x[3]) for f in several) + known(3) * known(2)
    return total + held.value(2, 1) * held.value(3, 2) * held.calls
