"""Objects in lists and dicts: changed under several names, without dicts of their own, frozen, compared, chained."""

import dataclasses

import numpy as np

from tests.programs.corpus import program
from tests.programs.everyday_classes import SquaresAndDoubles

V = np.array([0.7, -0.4, 0.3])
W = np.array([[0.3, -0.2, 0.5], [0.1, 0.4, -0.3], [0.7, 0.2, 0.6]])


class Remembering:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        self.seen = x * self.w
        return np.tanh(self.seen)

    def doubled(self):
        return self.seen * 2.0


@program(V + 1, V)
def what_a_method_remembers(ws, x):
    layers = [Remembering(w) for w in ws]
    for layer in layers:
        x = layer.forward(x)
    return np.sum(x) + sum(np.sum(layer.doubled()) for layer in reversed(layers))


class Setting:
    def __init__(self, value):
        self._value = value

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, v):
        self._value = v * 2.0


@program(V)
def properties_that_are_set(x):
    settings = [Setting(v) for v in x]
    for s in settings:
        s.value = s.value + x[0]
    return sum(s.value**2 for s in settings)


class Described:
    value = SquaresAndDoubles()

    def __init__(self, value):
        self.value = value


@program(0.7)
def descriptors_that_keep_elsewhere(x):
    return sum(d.value * x for d in [Described(x), Described(2 * x)])


class Buffers:
    def __init__(self, n):
        self.rows = [np.zeros(n) for _ in range(2)]

    def put(self, i, v):
        self.rows[i] += v
        self.rows[1 - i][0] = v[0]


@program(V)
def lists_of_buffers_in_objects(x):
    buffers = [Buffers(3), Buffers(3)]
    for k, buffer in enumerate(buffers):
        buffer.put(k, x)
        buffer.put(0, x * x)
    return sum(np.sum(row**2) for buffer in buffers for row in buffer.rows)


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x):
        self.x = x
        self.y = x * x


@program(V)
def slotted_objects_in_two_lists(x):
    first = [Slotted(v) for v in x]
    second = first[::-1]
    second.append(first[0])
    for s in second:
        s.y = s.y * s.x
        s.x += 0.5
    return sum(s.x * s.y for s in first)


@program(V)
def slotted_objects_on_a_stack(x):
    stack = []
    for v in x:
        stack.append(Slotted(v))
        while len(stack) > 1:
            s, r = stack.pop(), stack.pop()
            stack.append(Slotted(s.x * r.y + 1.0))
    return stack[0].x


@program(V)
def objects_in_a_dict(x):
    found = {}
    for k, v in enumerate(x):
        found[f"k{k}"] = Slotted(v)
    for s in found.values():
        s.x = s.x * found["k0"].y
    return sum(s.x for s in found.values())


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: float
    y: float = 2.0

    def moved(self, d):
        return dataclasses.replace(self, x=self.x + d)

    def scaled(self, k):
        return Frozen(self.x * k, self.y * k)


@program(V)
def frozen_objects(x):
    points = [Frozen(v) for v in x]
    points = [p.scaled(x[0]) for p in points]
    points = [p.moved(p.y) for p in points]
    return sum(p.x * p.y for p in points)


class Base:
    def __init__(self, w):
        self.w = w

    def of(self, x):
        return self.w * x


class Sub(Base):
    def __init__(self, w, extra=None):
        super().__init__(w)
        if extra is not None:
            self.extra = extra

    def of(self, x):
        v = super().of(x)
        return v * self.extra if hasattr(self, "extra") else v


@program(V)
def attributes_that_some_objects_have(w):
    t = 1.0
    for each in [Base(w[0]), Sub(w[1]), Sub(w[2], w[0])]:
        t = each.of(t)
    return t


class Number:
    def __init__(self, v):
        self.v = v


class Array:
    def __init__(self, v):
        self.v = np.array([v, 2 * v])


class Outer:
    def __init__(self, v):
        self.v = Number(v)


@program(V)
def one_attribute_of_several_kinds(x):
    t = 0.0
    for o in [Number(x[0]), Array(x[1]), Outer(x[2])]:
        if isinstance(o, Number):
            t = t + o.v**2
        elif isinstance(o, Array):
            t = t + np.sum(o.v**3)
        else:
            t = t * o.v.v
    return t


class Linear:
    def __init__(self, weights, bias=None):
        self.weights, self.bias = weights, bias

    def __call__(self, x):
        z = x @ self.weights
        if self.bias is not None:
            z = z + self.bias
        return z


@program(W, V, np.eye(3)[:2] + 0.1)
def biases_that_may_be_missing(w, b, x):
    for layer in [Linear(w), Linear(w, b), Linear(w * 0.5)]:
        x = layer(x)
    return np.sum(x**2)


class Counting:
    count = 0

    def __init__(self, v):
        self.v = v

    def hit(self):
        self.count += 1
        self.v = self.v * self.count
        return self


@program(V)
def counts_that_begin_at_the_class(x):
    counters = [Counting(v) for v in x]
    for c in counters:
        c.hit().hit().hit()
    return sum(c.v for c in counters)


@dataclasses.dataclass
class Point:
    x: float
    y: float


@program(V)
def objects_that_are_compared(x):
    points = [Point(x[0], x[1]), Point(x[1], x[2]), Point(x[0], x[1])]
    t = 0.0
    for p in points:
        if p == points[0]:
            t += p.x * p.y
        if p in points[1:]:
            t += p.x
    return t


class Link:
    def __init__(self, v, following):
        self.v, self.following = v, following


@program(V)
def a_chain_of_links(x):
    head = None
    for v in x:
        head = Link(v * v, head)
    t, link = 1.0, head
    while link is not None:
        t = t * link.v + 1.0
        link = link.following
    return t


class Window:
    def __init__(self, start, n):
        self.start, self.n, self.shape = start, n, (n,)

    def sum_of(self, x):
        return np.sum(np.reshape(x[self.start : self.start + self.n], self.shape))


@program(V)
def whole_numbers_in_objects(x):
    return sum(w.sum_of(x) ** (w.start + 1) for w in [Window(0, 2), Window(1, 2)])


class Sized:
    def __init__(self, size):
        self.size = size

    @property
    def shape(self):
        return self.size**3


@program(0.8)
def attributes_named_like_those_of_arrays(x):
    things = [Sized(x), Sized(2.0 * x)]
    named = {"a": Sized(x * x)}
    return sum(t.size**2 for t in things) + things[0].shape + sum(t.shape * t.size for t in named.values())


class Gas:
    """A class whose attributes are named like those of arrays."""

    def __init__(self, v):
        self.T, self.real, self.imag, self.dtype, self.sum = v, v * v, v**3, v, 2.0 * v
        self.size, self.shape, self.flat = np.zeros(3) + v, [v, v * v], np.zeros(2) + v


@program(0.8)
def arrays_under_names_of_arrays(x):
    gases = [Gas(x)]
    size, shape = gases[0].size, gases[0].shape
    size += x * size
    shape.append(shape[0] * shape[1])
    shape[0] = x * shape[2]
    return np.sum(gases[0].size ** 2) + sum(v * v for v in gases[0].shape)


@program(0.8)
def numbers_under_names_of_arrays(x):
    gas, t = {"a": Gas(x)}["a"], 1.0
    for _ in range(3):
        t = np.sin(t * gas.T + gas.sum * gas.real)
        gas.T = gas.T + t * x
        gas.flat *= 0.5 * t
        gas.imag = gas.imag * gas.dtype
        gas.sum = t
    return np.sin(t) * np.sum(gas.flat) * gas.imag


@program([Gas(0.7)], 0.8)
def names_of_arrays_in_arguments(gases, x):
    gas = gases[0]
    t = 1.0
    for _ in range(3):
        t = np.sin(t * gas.T) * gas.real * x
        t = t + gas.size[1] * gas.shape[0]
    return t * gas.imag + np.sum(gas.flat)


class Keeper:
    def __init__(self, v):
        self.v = v
        self.log = []


@program(V)
def array_that_changes_after_an_object_has_it(v):
    kept = {"a": Keeper(v)}
    squares = v * v
    v[:] = np.cumsum(squares)
    return np.sum(v) * len(kept)


def _zeros_by_two_names(x):
    zeros = np.zeros(3)
    return zeros, {"again": zeros, "rest": zeros[1:]}, [zeros], x


@program(0.8)
def zeros_that_a_late_function_returns_twice(x):
    makers = [_zeros_by_two_names]
    made = makers[0](x)
    made[0][1] = x**2
    made[2][0][2] = x
    return np.sum(made[1]["again"]) + np.sum(made[1]["rest"] * made[0][:2]) * made[3]
