"""Objects that get their attributes in other methods than ``__init__``, now and then, or from other objects."""

import dataclasses

import numpy as np

from tests.programs.corpus import program

V = np.array([0.9, -0.4, 1.3])


class Filter:
    def set_up(self, a):
        self.a, self.y = a, 0.0
        return self

    def step(self, x):
        self.y = self.a * x + (1 - self.a) * self.y
        return self.y


@program(0.3, V)
def filters_that_are_set_up(a, x):
    filters = [Filter().set_up(a), Filter().set_up(a * a)]
    total = 0.0
    for v in x:
        for each in filters:
            total += each.step(v) * v
    return total


class Maybe:
    def set(self, v):
        self.v = v

    def value(self):
        return self.v if hasattr(self, "v") else 3.0

    def or_two(self):
        return getattr(self, "v", 2.0)

    def doubled(self):
        try:
            return self.v * 2
        except AttributeError:
            return 7.0


@program(V)
def attributes_that_come_or_not(x):
    several = [Maybe(), Maybe(), Maybe()]
    total = 0.0
    for k, m in enumerate(several):
        total += m.value() * x[0] + m.or_two() * x[1]
        if k != 1:
            m.set(x[k])
        total = total * m.value() + m.or_two() + m.doubled() * x[2]
    return total + sum(m.value() * (k + 1) for k, m in enumerate(several) if hasattr(m, "v"))


@program(V)
def attributes_that_go_and_share(x):
    several = [Maybe(), Maybe()]
    for m, v in zip(several, x):
        m.set(v)
    several[0].set(np.array([x[0], x[1]]))
    total = np.sum(several[0].v * several[1].v)
    several[0].v[0] = x[2]
    del several[1].v
    several[1].v = several[0].v
    several[1].v *= 2
    return total + np.sum(several[0].v ** 2)


class AtTimes:
    def __init__(self, x, is_pair):
        self.x = x
        if is_pair:
            self.y = np.array([x, x * 2])

    def set(self):
        self.y = self.x * 3


@program(0.5)
def an_attribute_of_two_kinds(s):
    two = [AtTimes(s, True), AtTimes(s * 2, False)]
    two[1].set()
    return np.sum(two[0].y * s) + two[1].y * s


class Known:
    rate = None

    def __init__(self, x):
        self.x = x

    def square(self):
        if self.rate is None:
            self.rate = self.x**2
        return self.rate


@program(V)
def attributes_that_are_none_in_the_class(x):
    several = [Known(v) for v in x]
    total = sum(one.square() for one in several)
    several[0].x = several[0].x * 2
    return total * sum(one.square() for one in several)


class Root:
    def __init__(self):
        self.total = 1.0


class Child:
    def __init__(self, parent, v):
        self.v, self.total = v, 0.0
        parent.total = v * 2


def children(parent, x, n):
    child = Child(parent, x * n)
    if n > 0:
        children(child, x, n - 1)
    return child


@program(0.5, V)
def what_a_child_sets_in_its_parent(s, x):
    root = Root()
    child = children(root, x, 2)
    return np.sum(s * root.total) + np.sum(child.total * s)


class Joint:
    def __init__(self, v):
        self.v = v

    def link(self, other):
        self.after, other.before = other, self
        return other


@program(V)
def links_that_are_set_later(x):
    a, b, c = (Joint(v) for v in x)
    a.link(b).link(c)
    c.before.before.v *= 2
    a.after.after.v += a.v
    total, joint = 0.0, a
    while hasattr(joint, "after"):
        total += joint.v * joint.after.v
        joint = joint.after
    return total + joint.v**2


class Momentum:
    def __init__(self, parameters):
        self.parameters = parameters

    def step(self, rate):
        if not hasattr(self, "means"):
            self.means = [0.0 * p for p in self.parameters]
        for i, p in enumerate(self.parameters):
            self.means[i] = 0.9 * self.means[i] + 2 * p
            self.parameters[i] = p - rate * self.means[i]


@program(V, 0.1)
def a_state_that_is_made_at_the_first_step(x, rate):
    momentum = Momentum([v for v in x])
    for _ in range(3):
        momentum.step(rate)
    return sum(p**2 for p in momentum.parameters)


class Summed:
    def __init__(self, x):
        self.x = x

    def update(self, z):
        self.x = self.x * z
        self.total = getattr(self, "total", 0.0) + self.x**2


@program(0.7, V)
def a_sum_that_begins_with_a_default(a, x):
    one = Summed(a)
    for v in x:
        one.update(v)
    return one.total * one.x


@program(0.7, V)
def sums_that_begin_with_a_default(a, x):
    several = [Summed(a), Summed(a * 2)]
    for v in x:
        for one in several:
            one.update(v)
            if one.total > 2.0:
                break
    return sum(one.total * one.x for one in several)


@dataclasses.dataclass
class Given(Summed):
    x: float


@program([Given(0.3), Given(0.5)], V)
def sums_of_arguments_that_begin_with_a_default(several, x):
    several[0].total = x[0]
    for v in x:
        for one in several:
            one.update(v)
    return sum(one.total * one.x for one in several)


@program(0.3, V)
def a_default_that_is_an_array(a, x):
    one = Summed(a)
    missing = getattr(one, "missing", x)
    missing[0] = a
    one.missing = missing * 2
    found = getattr(one, "missing", None)
    found[1] = 3.0 * a
    return np.sum(one.missing**2) + np.sum(x)


def fill(one, n, v):
    if n == 0:
        one.filled = v
    else:
        fill(one, n - 1, v)


def fill_by_name(one, name, n, v):
    if n == 0:
        setattr(one, name, v)
    else:
        fill_by_name(one, name, n - 1, v)


@program(0.3, V)
def defaults_until_a_function_sets_them(a, x):
    one, other = Summed(a), Summed(a)
    total = a * getattr(one, "filled", 1.0) + getattr(other, "filled", 2.0) * a
    fill(one, 2, x)
    fill_by_name(other, "filled", 2, x * a)
    return np.sum(total + a * getattr(one, "filled", 1.0) + a * getattr(other, "filled", 1.0))


@program(0.3, V)
def defaults_beside_the_dict_of_an_object(a, x):
    one, other = Summed(a), Summed(a)
    one.__dict__["filled"] = x * a
    vars(other)["x"] = x * a
    return np.sum(a * getattr(one, "filled", 0.0)) + np.sum(other.x * a)


@program(0.3, V)
def attributes_that_are_read_above_where_they_are_set(a, x):
    several = [Summed(a), Summed(a * 2)]
    for i, v in enumerate(x):
        for one in several:
            if i > 0:
                one.x = one.x + one.late * v
            one.late = one.x * v
    return sum(one.late for one in several)


@program(0.3, V)
def an_attribute_that_is_missing_at_first(a, x):
    several, total = [Summed(a)], 0.0
    for _ in range(2):
        for one in several:
            try:
                total += np.sum(one.missing * x)
            except AttributeError:
                total += a * 2
            one.missing = x
    return total * several[0].missing[0]
