"""Instances that are made inside the function, in the ways that classes are written."""

import copy
import math
from dataclasses import InitVar, dataclass, field
from typing import ClassVar

import numpy as np

from tests.programs.corpus import program


class Pair:
    def __init__(self, x, y=1.0):
        self.x = x
        self.y = y

    def __mul__(self, o):
        if isinstance(o, Pair):
            return Pair(self.x * o.x, self.y * o.y)
        return Pair(self.x * o, self.y * o)

    def __rmul__(self, o):
        return self * o

    def __add__(self, o):
        return Pair(self.x + o.x, self.y + o.y)

    def __radd__(self, o):
        return self if o == 0 else Pair(self.x + o, self.y + o)

    def __truediv__(self, k):
        return self * (1.0 / k)

    def __pow__(self, n):
        r = Pair(1.0, 1.0)
        for _ in range(n):
            r = r * self
        return r

    def __eq__(self, o):
        if not isinstance(o, Pair):
            return NotImplemented
        return self.x == o.x

    def __matmul__(self, o):
        return self.x * o.x + self.y * o.y

    def __iter__(self):
        yield self.x
        yield self.y

    def __repr__(self):
        return f"V({self.x})"

    def __abs__(self):
        return math.hypot(self.x, self.y)

    def __neg__(self):
        return Pair(-self.x, -self.y)

    def moved(self, d):
        self.x += d
        return self

    def set(self, **kw):
        for k, v in kw.items():
            setattr(self, k, v)


@program(0.4, 0.9, 0.3)
def operators_with_computed_numbers(a, b, h):
    v = Pair(a, b)
    w = Pair(b)
    for _ in range(3):
        v = v * (h * 0.5) + w * (h * h)
        w = w / (1.0 + h) + 0.5 * v
    return v @ w + abs(v)


@program(0.4, 0.9)
def sums_of_objects(a, b):
    v = Pair(a, b)
    s = sum([v.x, v.y]) + sum(v @ Pair(i) for i in range(3))
    t = sum((Pair(a * i, b) for i in range(3)), Pair(0.0))
    return s * t.x + t.y


@program(0.4)
def comparison_that_is_not_implemented(a):
    v = Pair(a)
    return a * 2 if v == 3 else a * 3


@program(0.4)
def method_that_returns_the_object(a):
    v = Pair(a)
    w = v.moved(a)
    w.moved(2 * a)
    return v.x * w.y + w.x


@program(0.4)
def attributes_set_by_name(a):
    v = Pair(a)
    v.set(x=a * a, y=3 * a)
    return v.x * v.y


@program(0.4)
def copied_object(a):
    v = Pair(a)
    w = copy.copy(v)
    w.x = 5 * a
    return v.x * w.x


class Gathering:
    def __init__(self, *args, **kw):
        self.a = args[0]
        self.k = kw.get("k", 2.0)


class GatheringChild(Gathering):
    def __init__(self, a, **kw):
        super().__init__(a, **kw)
        self.b = self.a * self.k


@program(0.4)
def initializers_with_gathered_arguments(a):
    m = GatheringChild(a, k=a * a)
    n = GatheringChild(a)
    return m.b * n.b


@dataclass
class Settings:
    lr: float
    decay: float = 0.5
    scale: ClassVar[float] = 3.0
    w: np.ndarray = field(default_factory=lambda: np.ones(2))
    total: float = field(init=False, default=0.0)

    def __post_init__(self):
        self.rate = self.lr * self.decay


@program(0.4)
def dataclass_with_every_kind_of_field(a):
    c = Settings(a, decay=a * a)
    c.total += c.rate * c.scale
    c.w[0] = a
    return c.total + np.sum(c.w * c.rate)


@dataclass
class Initialized:
    a: float
    b: InitVar[float] = 2.0

    def __post_init__(self, b):
        self.c = self.a * b


@program(0.4)
def fields_for_the_initializer_only(a):
    return Initialized(a, a * 3).c + Initialized(a).c


class Slotted:
    __slots__ = ("a", "_b")

    def __init__(self, a):
        self.a = a
        self._b = a * 2

    @property
    def b(self):
        return self._b

    @b.setter
    def b(self, v):
        self._b = v * self.a


@program(0.4)
def property_of_a_class_with_slots(a):
    s = Slotted(a)
    s.b = s.b + 1
    s.b += 2
    return s.b


class Private:
    def __init__(self, a):
        self.__a = a

    def get(self):
        return self.__a**2


@program(0.4)
def private_attribute(a):
    return Private(a).get()


class Tree:
    def __init__(self, v, kids=()):
        self.v = v
        self.kids = kids

    def total(self):
        return self.v + sum(k.total() for k in self.kids) * self.v


@program(0.4)
def tree_of_tuples(a):
    return Tree(a, (Tree(a * 2), Tree(a, (Tree(3.0),)))).total()


class Scaling:
    def __init__(self, f, k):
        self.f = f
        self.k = k

    def __call__(self, x):
        return self.f(x) * self.k


@program(0.4)
def functions_in_attributes(a):
    g = Scaling(np.sin, a)
    h = Scaling(lambda t: t * t, 2.0)
    k = Scaling(g, 3.0)
    return g(a) + h(a) * k(a)


@program(0.4, 4)
def object_of_the_trip_before(a, n):
    tot = 0.0
    prev = None
    for i in range(n):
        v = Pair(a * i)
        if i > 1:
            v.x = v.x * prev.x
        prev = v
        tot += v.x
    return tot


@program(0.4)
def object_changed_in_a_while_loop(a):
    v = Pair(a)
    while v.x < 10:
        v.x = v.x * v.x + 0.5
        v.y += v.x
    return v.y


@program(0.4)
def nested_function_that_changes_an_object(a):
    v = Pair(a)

    def bump(d):
        v.x += d
        return v.x

    return bump(a) * bump(2.0) * v.x


PAIR = Pair(2.0)


@program(0.4)
def object_as_a_default(a, o=PAIR):
    return a * o.x


@program(0.4)
def one_object_under_two_names(a):
    v = Pair(a)
    w = v
    return a * 2 if w is v else a * 3


@program(0.4)
def deleted_attribute(a):
    v = Pair(a)
    del v.y
    return a * (5.0 if hasattr(v, "y") else 2.0)


@program(0.4)
def object_in_a_text(a):
    v = Pair(a)
    s = f"{v}"
    return a * len(s[:2])


@program(np.array([0.4, 0.7]))
def array_changed_in_an_attribute(w):
    v = Pair(w[0], w)
    v.y[1] = v.x * 3
    v.y *= 2
    return np.sum(v.y**2) + w[1]


@program(0.4)
def pair_of_objects_in_a_loop(a):
    u = Pair(a)
    v = Pair(2 * a)
    for _ in range(3):
        u, v = v, u + v
    return u.x * v.y


@program(0.4, True)
@program(0.4, False)
def object_made_under_a_condition(a, flag):
    v = None
    if flag:
        v = Pair(a)
    return v.x * 2 if v is not None else a * a


@program(0.4)
def objects_in_attributes(a):
    class_ = Pair(Pair(a), Pair(2 * a))
    class_.x.x = class_.y.x * a
    return class_.x.x + class_.y.y * class_.x.y * a


@program(0.4)
def object_made_in_a_try(a):
    for k in range(3):
        v = Pair(a * k)
        try:
            if k < 2:
                raise ValueError
            v.x = v.x * a
        except ValueError:
            continue
        return v.x
    return 0.0


class Template:
    def run(self, x):
        return self.step(x) + self.bias


class Squaring(Template):
    bias = 1.5

    def step(self, x):
        return x * x


class Biased(Template):
    def __init__(self, b):
        self.bias = b

    def step(self, x):
        return x * self.bias


@program(0.4)
def method_of_the_child_called_by_the_parent(a):
    return Squaring().run(a) * Biased(a).run(a)


class Chain:
    def __init__(self, first, second):
        self.first = first
        self.second = second

    def __call__(self, x):
        return self.second(self.first(x))


class Linear:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return x @ self.w


class Activation:
    def __call__(self, x):
        return np.tanh(x)


@program(np.array([[0.3, 0.5], [0.7, -0.2]]), np.array([[0.1, 0.2]]))
def layers_in_layers(W, x):
    net = Chain(Chain(Linear(W), Activation()), Linear(W.T))
    return np.sum(net(x))


class Welford:
    def __init__(self):
        self.n, self.mean, self.m2 = 0, 0.0, 0.0

    def push(self, x):
        self.n += 1
        d = x - self.mean
        self.mean += d / self.n
        self.m2 += d * (x - self.mean)

    @property
    def var(self):
        return self.m2 / (self.n - 1)


@program(np.array([0.4, 0.7, 1.9]))
def running_variance(x):
    w = Welford()
    for v in x:
        w.push(v)
    return w.var + w.mean


class Centering:
    def __init__(self, n):
        self.mu = np.zeros(n)
        self.training = True

    def __call__(self, x):
        if self.training:
            m = x.mean(axis=0)
            self.mu = 0.9 * self.mu + 0.1 * m
        else:
            m = self.mu
        return x - m


@program(np.array([[0.3, 0.5], [0.7, -0.2]]))
def running_mean(x):
    b = Centering(x.shape[1])
    y = b(x)
    y = b(y * y)
    b.training = False
    return np.sum(b(y) ** 2)


@dataclass
class Squared:
    rate: float
    factor: InitVar[float] = 2.0

    def __post_init__(self, factor):
        self.square = self.rate * factor * self.rate


@dataclass(frozen=True)
class Frozen:
    rate: float

    def __post_init__(self):
        object.__setattr__(self, "square", self.rate**2)


@program(0.4)
def dataclasses_in_a_list(a):
    made = [Squared(a, factor=a * a), Squared(a)]
    return made[0].square * a * made[1].square


@program(0.4)
def frozen_dataclass_that_computes_a_field(a):
    made = Frozen(a)
    return made.square * a
