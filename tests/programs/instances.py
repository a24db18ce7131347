"""Instances that are made inside the function: those that stay in it, and those that do not."""

import abc
import math
from dataclasses import dataclass, field

import numpy as np

from tests.programs.corpus import program


class Vector:
    zero_tol = 1e-3

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, o):
        if isinstance(o, Vector):
            return Vector(self.x + o.x, self.y + o.y)
        return Vector(self.x + o, self.y + o)

    def __sub__(self, o):
        return Vector(self.x - o.x, self.y - o.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def dot(self, o):
        return self.x * o.x + self.y * o.y

    @property
    def norm(self):
        return math.sqrt(self.dot(self) + Vector.zero_tol)

    @staticmethod
    def unit(a):
        return Vector(math.cos(a), math.sin(a))

    @classmethod
    def zero(cls):
        return cls(0.0, 0.0)

    def __getitem__(self, i):
        return self.x if i == 0 else self.y

    def __lt__(self, o):
        return self.norm < o.norm


@program(1.0, 1.1, 6)
def orbit_of_vectors(r, v, n):
    pos = Vector(r, 0.0)
    vel = Vector(0.0, v)
    dt = 0.1
    for _ in range(n):
        acc = -pos * (1.0 / pos.norm**3)
        vel = vel + acc * dt
        pos = pos + vel * dt
    return pos.norm + 0.5 * pos[0]


@program(0.4, 0.9)
def vectors_swapped(a, b):
    p = Vector(a, b)
    q = Vector(b * 2, a)
    for _ in range(3):
        if p < q:
            p, q = q, p
        p = p * 0.7 + 0.1
    return p.x * q.y + p.y


@program(0.7, 1.9)
def best_object_kept(a, b):
    best = None
    for i in range(4):
        cand = Vector(a * i, b - i)
        if best is None or cand.norm < best.norm:
            best = cand
    return best.x + 2 * best.y


class Sum:
    def __init__(self):
        self.total = 0.0
        self.n = 0

    def add(self, x):
        self.total += x * x
        self.n += 1
        return self

    def mean(self):
        return self.total / self.n


@program(0.7)
def object_changed_under_two_names(a):
    p = Sum()
    q = p
    for i in range(3):
        p.add(a * i)
        q.add(a + i)
    return p.mean() + q.total


@program(0.7)
def changing_objects_swapped(a):
    p = Sum()
    q = Sum()
    for i in range(4):
        p.add(a * (i + 1))
        p, q = q, p
    return p.total - 3 * q.total


@program(1.3)
def best_object_kept_and_changed(a):
    best = Sum()
    best.add(a)
    for i in range(4):
        cur = Sum()
        cur.add(a - i)
        if cur.total < best.total:
            best = cur
        best.add(0.1 * a)
    return best.total


@program(0.6)
def object_of_the_iteration_before(a):
    s = 0.0
    cur = Sum()
    for i in range(4):
        prev = cur
        cur = Sum()
        cur.add(a * i + 1)
        prev.add(cur.total)
        s += prev.total
    return s + cur.total


class Base:
    k = 2.0

    def __init__(self, a):
        self.a = a

    def f(self, x):
        return self.a * x * self.k

    def g(self, x):
        return self.f(x) + 1


class Derived(Base):
    k = 3.0

    def __init__(self, a, b):
        super().__init__(a)
        self.b = b

    def f(self, x):
        return super().f(x) + self.b * x * x


@program(0.3, 0.7, 1.2)
def parent_and_child(a, b, x):
    d = Derived(a, b)
    return d.g(x) * Base(b).g(a)


class State:
    def __init__(self, h):
        self.h = h
        self.log = []


class Cell:
    def __init__(self, w, u):
        self.w = w
        self.u = u
        self.state = State(0.0)

    def __call__(self, x):
        self.state.h = math.tanh(self.w * x + self.u * self.state.h)
        self.state.log.append(self.state.h)
        return self.state.h


class Net:
    def __init__(self, w, u, v):
        self.c1 = Cell(w, u)
        self.c2 = Cell(u, v)

    def __call__(self, x):
        return self.c2(self.c1(x))


@program(0.5, 0.3, 0.8)
def cells_with_states(w, u, v):
    net = Net(w, u, v)
    s = 0.0
    for i in range(5):
        s += net(0.3 * i)
    return s + sum(net.c1.state.log) * net.c2.state.h


@dataclass
class Particle:
    m: float
    v: float = 0.0
    hist: list = field(default_factory=list)

    def kick(self, dv):
        self.v += dv
        self.hist.append(self.v)

    @property
    def energy(self):
        return 0.5 * self.m * self.v**2


@dataclass(frozen=True)
class Complex:
    re: float
    im: float = 1.0

    def __mul__(self, o):
        return Complex(self.re * o.re - self.im * o.im, self.re * o.im + self.im * o.re)

    def __abs__(self):
        return math.hypot(self.re, self.im)


@program(2.0, 0.3)
def dataclass_that_keeps_a_list(m, dv):
    p = Particle(m)
    for i in range(3):
        p.kick(dv * i)
    return p.energy + p.hist[1] * m


@program(0.8, 0.6)
def frozen_dataclass_with_operators(a, b):
    z = Complex(a, b)
    w = Complex(a)
    for _ in range(3):
        z = z * w
    return abs(z)


class Stack:
    def __init__(self):
        self.items = []

    def push(self, x):
        self.items.append(x)

    def pop(self):
        return self.items.pop()

    def __len__(self):
        return len(self.items)


@program(0.8, 1.6)
def stack_machine(a, b):
    s = Stack()
    s.push(a)
    s.push(b)
    s.push(a * b)
    while len(s) > 1:
        x = s.pop()
        y = s.pop()
        s.push(x * y + x)
    return s.pop()


class Temp:
    def __init__(self, c):
        self._c = c

    @property
    def f(self):
        return self._c * 1.8 + 32

    @f.setter
    def f(self, v):
        self._c = (v - 32) / 1.8


@program(3.0)
def property_that_is_set(c):
    t = Temp(c)
    t.f = t.f * t.f
    return t._c


class Late:
    def __init__(self, a):
        self.a = a

    def setup(self):
        self.b = self.a * 2

    def val(self):
        return self.b * self.a


@program(1.2)
def attribute_set_by_a_later_method(a):
    late = Late(a)
    late.setup()
    return late.val()


@program(1.2)
@program(-1.2)
def attribute_set_in_a_branch(a):
    late = Late(a)
    if a > 0:
        late.setup()
    else:
        late.b = a
    return late.val()


class Counter:
    count = 0

    def __init__(self, a):
        self.a = a

    def inc(self):
        self.count += 1
        return self.count * self.a


@program(1.2)
def class_attribute_counted_up(a):
    c = Counter(a)
    return c.inc() + c.inc()


class Buf:
    def __init__(self, n):
        self.x = np.zeros(n)

    def __setitem__(self, i, v):
        self.x[i] = v

    def __getitem__(self, i):
        return self.x[i]


@program(0.7)
def items_of_an_object(a):
    b = Buf(4)
    for i in range(4):
        b[i] = a * i + (b[i - 1] if i else 0.0)
    b[2] = b[2] * b[1]
    return np.sum(b.x**2)


@program(0.7, 0.2)
def objects_in_a_list(a, b):
    vs = [Vector(a, b), Vector(b, 1.0)]
    return sum(v.norm for v in vs)


@program(0.7)
def object_returned_from_branches(a):
    def make(k):
        if k > 0:
            return Vector(k, 1.0)
        return Vector(1.0, k)

    v = make(a)
    w = make(-a)
    return v.dot(w)


@program(0.3, 0.8)
def object_made_in_either_branch(a, b):
    v = Vector(a, b) if a > b else Vector(b, a * a)
    return v.x * v.y


@program(0.7)
@program(-0.7)
def object_changed_before_an_exception(a):
    v = Vector(a, 1.0)
    try:
        v.x = a * a
        if a > 0:
            raise ValueError("x")
        v.y = 5.0
    except ValueError:
        v.y = v.x * 3
    return v.x * v.y


class Node:
    def __init__(self, val, nxt=None):
        self.val = val
        self.nxt = nxt


@program(0.7)
def linked_list(a):
    head = None
    for i in range(4):
        head = Node(a * i, head)
    s = 0.0
    while head is not None:
        s += head.val**2
        head = head.nxt
    return s


@program(np.array([1.0, 2.0]))
def array_argument_in_an_attribute(w):
    class_ = Sum()
    class_.arr = w
    class_.arr *= 2.0
    return np.sum(class_.arr**2) + np.sum(w)


class Opt:
    def __init__(self, shape, lr):
        self.lr = lr
        self.m = np.zeros(shape)

    def step(self, w, g):
        self.m *= 0.9
        self.m += g
        w -= self.lr * self.m


@program(np.array([1.0, -2.0]), 0.1)
def optimizer_with_momentum(w, lr):
    o = Opt(w.shape, lr)
    for _ in range(3):
        o.step(w, 2 * w + np.sin(w))
    return np.sum(w**2)


class Level:
    def __init__(self, a):
        self.a = a

    def __eq__(self, o):
        return isinstance(o, Level) and self.a == o.a

    def __iadd__(self, k):
        self.a += k
        return self

    def __bool__(self):
        return self.a > 0


@program(0.7)
def compared_and_updated_objects(a):
    e = Level(a)
    f = Level(a)
    e += a
    r = a * 3 if e == f else a * 5
    if e:
        r = r * a
    return r + e.a


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Square(Shape):
    def __init__(self, s):
        self.s = s

    def area(self):
        return self.s**2


class Circle(Shape):
    def __init__(self, r):
        self.r = r

    def area(self):
        return math.pi * self.r**2


@program(0.7, 0.4)
def class_chosen_by_a_branch(a, b):
    s = Square(a) if a > 5 else Circle(b)
    return s.area() + Square(b).area()


class Scaled:
    def __init__(self, a):
        self.a = a

    def doubled(self):
        return type(self)(self.a * 2)

    def tripled(self):
        return self.__class__(self.a * 3)


@program(0.7)
def class_of_an_object_called(a):
    return Scaled(a).doubled().tripled().a ** 2


@program(0.7)
def chained_methods(a):
    return Sum().add(a).add(2 * a).mean()


@program(0.7)
def return_out_of_a_loop(a):
    v = Vector(a, a)
    for _ in range(5):
        v = v + v * 0.1
        if v.norm > 3.0:
            return v.x
    return v.y


@program(0.7)
def objects_from_a_generator(a):
    def pts():
        for i in range(3):
            yield Vector(a * i, 1.0)

    s = 0.0
    for p in pts():
        s += p.norm
    return s


@program(0.7)
def object_captured_by_a_nested_function(a):
    v = Vector(a, 2.0)

    def f(t):
        return v.x * t + v.y

    return f(3.0) * f(a)


@program(np.array([1.0, 2.0]))
def array_shared_by_two_objects(w):
    a = Late(w)
    b = Late(w)
    a.a[0] = 5.0 * w[1]
    return np.sum(b.a**2)


@program(0.7)
@program(-0.7)
def an_answer_that_is_bound_anew(a):
    v = Vector(a, 2.0)
    known = isinstance(v, Vector)
    if a > 0.0:
        known = False
    return v.x * v.y if known else v.x**2


@program(0.7)
def an_answer_that_a_loop_binds_anew(a):
    v, total = Vector(a, 2.0), 0.0
    known = isinstance(v, Vector)
    for i in range(3):
        if known:
            total += v.x**2
        known = i > 1
    return total


def scaled_unless_asked(a, known):
    v = Vector(a, 2.0)
    if a > 5.0:
        known = isinstance(v, Vector)
    return v.x * v.y if known else v.x**2


@program(0.7)
@program(7.0)
def an_answer_in_place_of_a_parameter(a):
    return scaled_unless_asked(a, a > 10.0)
