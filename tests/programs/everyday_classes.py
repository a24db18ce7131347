"""Classes of everyday code: trees, stacks, optimizers, properties, descriptors, slots, context managers."""

import functools
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np

from tests.programs.corpus import program

X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])
A = np.array([[1.3, 0.4, -0.6, 0.9], [0.7, 1.8, 0.55, -0.3], [-0.8, 0.6, 1.1, 1.4], [0.2, -0.5, 0.95, 1.6]])


class Node:
    """A node of a binary tree."""

    def __init__(self, v, left=None, right=None):
        self.v = v
        self.left = left
        self.right = right

    def total(self, k):
        s = self.v * k
        if self.left is not None:
            s += self.left.total(k * k)
        if self.right is not None:
            s += self.right.total(k + 1)
        return s


class Stack:
    """A list behind the methods of a stack."""

    def __init__(self):
        self.items = []

    def push(self, v):
        self.items.append(v)
        return self

    def pop(self):
        return self.items.pop()

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]

    def __setitem__(self, i, v):
        self.items[i] = v

    def __iter__(self):
        yield from self.items


class Momentum:
    """An optimizer that changes the weights it is given."""

    beta = 0.9

    def __init__(self, rate):
        self.rate = rate
        self.mean = None

    def step(self, w, g):
        self.mean = g if self.mean is None else self.beta * self.mean + (1 - self.beta) * g
        w -= self.rate * self.mean


class Shape(ABC):
    """A base class that leaves a method to its subclasses."""

    @abstractmethod
    def area(self): ...

    def scaled(self, k):
        return self.area() * k


class Circle(Shape):
    """A radius behind a property whose setter computes."""

    def __init__(self, r):
        self._r = r

    @property
    def r(self):
        return self._r

    @r.setter
    def r(self, v):
        self._r = v * v

    def area(self):
        return math.pi * self.r**2


class Square(Shape):
    """A subclass with a slot."""

    __slots__ = ("s",)

    def __init__(self, s):
        self.s = s

    def area(self):
        return self.s * self.s


@dataclass
class Network:
    """Layers that are called and added to in place."""

    w: list
    b: np.ndarray = field(default_factory=lambda: np.zeros(3))

    def __call__(self, x):
        for w in self.w:
            x = np.tanh(w @ x) + self.b
        return x

    def __iadd__(self, other):
        for i in range(len(self.w)):
            self.w[i] = self.w[i] + other
        return self


class Doubles(dict):
    """A dict that computes what it lacks."""

    def __missing__(self, k):
        self[k] = v = k * 2.0
        return v


class Scope:
    """A context manager that changes its value on the way in and on the way out."""

    def __init__(self, v):
        self.v = v

    def __enter__(self):
        self.v = self.v * 2
        return self

    def __exit__(self, *_):
        self.v = self.v + 1
        return False


class Slotted:
    """An object without a dict."""

    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a = a
        self.b = b


class SquaresAndDoubles:
    """A descriptor that squares what is set and doubles what is read."""

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner):
        return getattr(instance, self.name) * 2

    def __set__(self, instance, v):
        setattr(instance, self.name, v * v)


class Described:
    """A descriptor and a cached property that reads it."""

    v = SquaresAndDoubles()

    def __init__(self, x):
        self.v = x

    @functools.cached_property
    def triple(self):
        return self.v * 3


class LooksUp:
    """Attributes that are found in a dict."""

    def __init__(self, x):
        self.d = {"p": x}

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.d[name] * 2


class Slope:
    """A number behind most of the operators."""

    def __init__(self, w):
        self.w = w

    @classmethod
    def squared(cls, x):
        return cls(x * x)

    @staticmethod
    def square(v):
        return v * v

    def __call__(self, x):
        return self.w * x

    def __eq__(self, other):
        return self.w == other.w

    def __lt__(self, other):
        return self.w < other.w

    def __neg__(self):
        return Slope(-self.w)

    def __abs__(self):
        return abs(self.w)

    def __float__(self):
        return float(self.w)

    def __contains__(self, v):
        return v in {1, 2}

    def __bool__(self):
        return self.w > 0

    def __pow__(self, n):
        return Slope(self.w**n)

    def __rsub__(self, other):
        return Slope(other - self.w)


class FirstThree:
    """An iterator that keeps its position."""

    def __init__(self, x):
        self.x = x
        self.i = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= 3:
            raise StopIteration
        self.i += 1
        return self.x[self.i] * self.i


@program(0.6)
def weighted_sum_over_a_tree(x):
    tree = Node(x, Node(x * x, Node(2.0)), Node(1.0, None, Node(x)))
    return tree.total(x)


@program(0.8)
def stack_changed_by_index_and_popped(x):
    s = Stack()
    for i in range(4):
        s.push(x**i)
    s[1] = s[2] * s[3]
    s[0] *= x
    return s.pop() * s.pop() + s[0] * len(s)


@program(X, 0.1)
def descent_with_momentum_in_place(w, rate):
    optimizer = Momentum(rate)
    w = w.copy()
    for _ in range(3):
        g = 2 * (w - np.arange(5.0)) * w
        optimizer.step(w, g)
    return np.sum(w * w)


@program(0.7)
def areas_of_abstract_shapes(x):
    shapes = [Circle(x), Square(x * 2)]
    shapes[0].r = x + 1
    return sum(s.scaled(x) for s in shapes)


@program(A[:3, :3].copy())
def network_shifted_in_place_and_called_twice(a):
    net = Network([a, a.T.copy()])
    net.b[1] = a[0, 0]
    net += 0.5
    y = net(np.ones(3))
    net.w[0][0] *= 2
    return np.sum(net(y) * y)


@program(0.7)
def dict_subclass_that_fills_what_is_missing(x):
    m = Doubles()
    m[1] = x
    return m[1] * m[2] * m[1]


@program(0.7)
def value_after_the_context_is_left(x):
    c = Scope(x)
    with c as d:
        y = d.v * x
    return y * c.v


@program(0.7)
def context_left_by_continue(x):
    c = Scope(x)
    for i in range(3):
        with c as d:
            if i == 1:
                continue
            y = d.v * x
    return y * c.v


@program(0.7)
def second_context_made_from_the_first(x):
    with Scope(x) as c, Scope(c.v) as e:
        return c.v * e.v


@program(0.7)
def slots_changed_in_place(x):
    s = Slotted(x, [x * x])
    s.b[0] *= s.a
    s.a += 1
    return s.a * s.b[0]


@program(0.7)
def descriptor_under_a_cached_property(x):
    h = Described(x)
    return h.v * h.triple + h.triple


@program(0.7)
def attribute_found_by_getattr(x):
    g = LooksUp(x)
    return g.p * g.p


@program(0.7)
def many_operators_of_one_class(x):
    a = Slope.squared(x)
    b = -a
    r = abs(b) + float(a) + Slope.square(a.w)
    r += (5 - a).w
    if a:
        r *= (a**2).w
    if b < a and 1 in a:
        r += a(x)
    return r + sorted([a, b])[0].w


@program(0.7)
def largest_and_smallest_object(x):
    slopes = [Slope(x), Slope(x * 2)]
    return max(slopes).w * min(slopes, key=lambda s: s.w).w + sum(s.w for s in slopes)


@program(X)
def loop_over_an_iterator_class(x):
    s = 0.0
    for v in FirstThree(x):
        s += v * v
    return s


class Table:
    def __init__(self, rows):
        self.rows = [list(row) for row in rows]

    @classmethod
    def zeros(cls, height, width):
        return cls([[0.0] * width for _ in range(height)])

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])

    def __getitem__(self, place):
        row, column = place
        return self.rows[row][column]

    def __setitem__(self, place, value):
        row, column = place
        self.rows[row][column] = value

    def __matmul__(self, other):
        height, inner = self.shape
        made = Table.zeros(height, other.shape[1])
        for i in range(height):
            for j in range(other.shape[1]):
                for k in range(inner):
                    made[i, j] += self[i, k] * other[k, j]
        return made


@program(0.7)
def products_of_a_class_that_makes_a_table_of_the_same_shape(x):
    table = Table([[x, 1.0], [2.0, x * x]])
    power = table @ table
    return power[0, 0] * power[1, 1] + power[0, 1]
