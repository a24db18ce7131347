"""Objects that hold objects, lists of them, and functions: networks of layers, bodies, grids, expression trees."""

import abc
import dataclasses
import math

import numpy as np

from tests.programs.corpus import program

S = np.array([[0.7, -0.2, 0.4], [0.1, 0.9, -0.3], [-0.5, 0.2, 0.6]])
OUT = np.array([[0.3], [-0.8], [0.5]])
X = np.array([[0.9, -0.4, 1.3], [0.2, 0.8, -0.7], [-1.1, 0.5, 0.6], [0.3, 1.4, -0.2]])
V = np.array([0.9, -0.4, 1.3])


class Layer(abc.ABC):
    @abc.abstractmethod
    def forward(self, x): ...

    def __call__(self, x):
        return self.forward(x)


class Dense(Layer):
    def __init__(self, weights, bias=None, act=None):
        self.weights = weights
        if bias is None:
            self.bias = np.zeros(weights.shape[1])
        else:
            self.bias = bias
        self.act = act

    def forward(self, x):
        z = x @ self.weights + self.bias
        return z if self.act is None else self.act(z)

    @property
    def size(self):
        return np.sum(self.weights**2)

    def penalty(self):
        return 0.01 * self.size


class Scaling(Layer):
    factor = 0.5

    def forward(self, x):
        return x * self.factor


class Residual(Layer):
    def __init__(self, *inner):
        self.inner = list(inner)

    def forward(self, x):
        y = x
        for layer in self.inner:
            y = layer(y)
        return x + y


class Model:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def loss(self, x):
        penalties = sum(layer.penalty() for layer in self.layers if isinstance(layer, Dense))
        return np.mean(self(x)[:, 0] ** 2) + penalties


@program(Model([Dense(S, act=np.tanh), Residual(Dense(S * 0.5, act=np.sin), Scaling()), Dense(OUT)]), X)
def layers_of_several_classes(model, x):
    return model.loss(x)


@program(S, OUT, X)
def layers_made_inside(weights, out, x):
    first = Dense(weights, act=np.tanh)
    model = Model([first, Residual(Dense(weights * 0.5, act=np.sin), Scaling()), Dense(out)])
    return model.loss(x) + first.penalty()


@program([(S, V), (S * 0.5, V * 2.0)], X)
def layers_by_a_comprehension(parameters, x):
    layers = [Dense(*each) for each in parameters]
    for layer in layers[:-1]:
        x = np.tanh(layer(x))
    return np.sum(layers[-1](x))


class Pair:
    def __init__(self, parameters):
        self.first, self.second = Dense(*parameters[0]), Dense(*parameters[1])

    def __call__(self, x):
        return self.second(np.tanh(self.first(x)))


@program(Pair([(S, V), (OUT, np.array([0.2]))]), X)
def an_object_of_objects(pair, x):
    return np.sum(pair(x) ** 2)


@program([(S, V), (OUT, np.array([0.2]))], X)
def one_part_under_two_names(parameters, x):
    pair = Pair(parameters)
    again = pair.first
    pair.first.bias = pair.first.bias * 2.0
    return np.sum(pair(x)) + np.sum(again.bias)


@program([(S, V), (S * 0.3, V * 2.0)], X)
def a_part_that_is_exchanged(parameters, x):
    pair = Pair(parameters)
    before = np.sum(pair(x))
    if before > -100.0:
        pair.first = pair.second
    return before + np.sum(pair(x) ** 2)


class Cell:
    def __init__(self, inward, along):
        self.inward, self.along = inward, along
        self.state = None

    def reset(self, n):
        self.state = np.zeros(n)

    def step(self, x):
        self.state = np.tanh(x @ self.inward + self.state @ self.along)
        return self.state


@program([Cell(S, S * 0.5), Cell(S * 0.3, S * 0.4)], X)
def cells_with_states(cells, rows):
    for cell in cells:
        cell.reset(3)
    for x in rows:
        for cell in cells:
            x = cell.step(x)
    return np.sum(cells[-1].state)


class Vec:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __sub__(self, o):
        return Vec(self.x - o.x, self.y - o.y)

    def __mul__(self, s):
        return Vec(self.x * s, self.y * s)

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def dot(self, o):
        return self.x * o.x + self.y * o.y

    def norm(self):
        return math.sqrt(self.dot(self))


class Body:
    def __init__(self, pos, vel, mass):
        self.pos, self.vel, self.mass = pos, vel, mass


@program(V, np.array([1.0, 2.0, 3.0]))
def bodies_of_vectors(starts, masses):
    bodies = [Body(Vec(x, x * 0.5 + i), Vec(0.0, 0.1 * i), m) for i, (x, m) in enumerate(zip(starts, masses))]
    for _ in range(3):
        for b in bodies:
            acc = Vec(0.0, 0.0)
            for o in bodies:
                if o is not b:
                    d = o.pos - b.pos
                    acc = acc + d * (o.mass / (d.norm() ** 3 + 0.1))
            b.vel = b.vel + 0.1 * acc
        for b in bodies:
            b.pos = b.pos - -b.vel * 0.1
    return sum(b.pos.dot(b.pos) for b in bodies)


class Longer(Vec):
    def __add__(self, o):
        return Vec(self.x + 2.0 * o.x, self.y)

    def __radd__(self, o):
        return Vec(3.0 * o.x + self.x, o.y)


@program(V)
def a_subclass_goes_before(v):
    parts = [Vec(v[0], v[1]), Vec(v[1], v[2])]
    long = [Longer(v[2], v[0])]
    first, second = parts[0] + long[0], long[0] + parts[1]
    return first.x * second.x + first.y * second.y


@dataclasses.dataclass
class Particle:
    x: float
    w: float = 1.0
    seen: list = dataclasses.field(default_factory=list)

    def move(self, dx):
        self.seen.append(self.x)
        self.x += dx


@program(V)
def particles_with_histories(v):
    particles = [Particle(each, w=each * 0.1) for each in v]
    for _ in range(3):
        for p in particles:
            p.move(math.sin(p.x) * p.w)
    return sum(p.x * sum(p.seen) for p in particles)


class Account:
    rate = 0.05

    def __init__(self, balance):
        self.balance = balance
        self.log = []

    def accrue(self):
        self.log.append(self.balance * self.rate)
        self.balance += self.log[-1]
        return self


@program(V)
def accounts_with_a_rate_of_the_class(balances):
    accounts = [Account(b) for b in balances]
    for a in accounts:
        a.accrue().accrue()
    accounts[0].rate = accounts[1].balance
    accounts[0].accrue()
    return sum(a.balance * sum(a.log) for a in accounts)


class Grid:
    def __init__(self, n, u):
        self.n = n
        self.u = u.copy()

    def __getitem__(self, i):
        return self.u[i % self.n]

    def __setitem__(self, i, v):
        self.u[i % self.n] = v

    def __len__(self):
        return self.n


@program(V)
def grids_in_a_list(u):
    grids = [Grid(len(u), u)]
    for _ in range(3):
        last, new = grids[-1], Grid(len(u), u)
        for i in range(len(last)):
            new[i] = 0.25 * last[i - 1] + 0.5 * last[i] + 0.25 * last[i + 1]
        grids.append(new)
    return sum(np.sum(g.u**3) for g in grids)


class Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def total(self):
        found = self.value**2
        if self.left is not None:
            found = found + self.left.total()
        if self.right is not None:
            found = found + 2.0 * self.right.total()
        return found


@program(V)
def a_tree(v):
    return Node(v[0], Node(v[1]), Node(v[2], Node(v[0] * v[1], Node(v[2] ** 3)))).total()


@program(Node(0.7, Node(1.2), Node(-0.4, None, Node(0.9))))
def a_tree_that_is_given(tree):
    return tree.total() * tree.right.value


class Kernel:
    def __init__(self, size, length):
        self.size, self.length = size, length

    def __call__(self, a, b):
        return self.size * np.exp(-0.5 * ((a[:, None] - b[None]) / self.length) ** 2)


class Sum:
    def __init__(self, *kernels):
        self.kernels = kernels

    def __call__(self, a, b):
        return sum(kernel(a, b) for kernel in self.kernels)


@program(1.3, 0.7, V)
def kernels_of_kernels(size, length, x):
    kernel = Sum(Kernel(size, length), Kernel(0.5 * size, 2 * length))
    matrix = kernel(x, x) + 0.1 * np.eye(len(x))
    return 0.5 * x @ np.linalg.solve(matrix, x) + 0.5 * np.linalg.slogdet(matrix)[1]


class Holder:
    def __init__(self, function, inner=None):
        self.function, self.inner = function, inner

    def __call__(self, x):
        y = self.function(x)
        return y if self.inner is None else self.inner(y) * self.inner.function(x)


@program(V)
def functions_that_are_held(v):
    holders = [Holder(np.sin), Holder(np.exp, Holder(np.cos)), Holder(np.tanh)]
    total = 0.0
    for k, holder in enumerate(holders):
        total = total + np.sum(holder(v)) * (k + 1)
    return total


class Refusing:
    def __init__(self, v):
        self.v = v

    def __mul__(self, o):
        if not isinstance(o, Refusing):
            return NotImplemented
        return Refusing(self.v * o.v)


class Answering:
    def __init__(self, v):
        self.v = v

    def __rmul__(self, o):
        return Refusing(self.v * o.v * 3.0)


@program(V)
def operators_that_are_declined(v):
    left, right = [Refusing(v[0]), Refusing(v[1])], [Answering(v[2])]
    return (left[0] * left[1]).v + (left[1] * right[0]).v


class Shared:
    def __init__(self, buffer):
        self.buffer = buffer

    def add(self, k, v):
        self.buffer[k] += v


@program(V)
def one_buffer_in_two_objects(v):
    buffer = np.zeros(3)
    users = [Shared(buffer), Shared(buffer[::-1])]
    for user in users:
        for k in range(3):
            user.add(k, v[k] * buffer[0] + v[k])
    return np.sum(buffer * v)


@program(V)
def the_same_object_twice_in_a_list(v):
    first = Particle(v[0], v[1])
    particles = [first, Particle(v[2], v[1]), first]
    for p in particles:
        p.move(p.x * p.w)
    return sum(p.x**2 for p in particles)


class Couple:
    def __init__(self, first, second):
        self.parts = [Shared(first), Shared(second)]

    @property
    def first(self):
        return self.parts[0].buffer

    @first.setter
    def first(self, value):
        self.parts[0].buffer = value * 2
        self.parts[1].buffer[0] = np.sum(value)

    def __setitem__(self, k, value):
        self.parts[0].buffer[k] = value

    def __delitem__(self, k):
        self.parts[k].buffer = self.parts[k].buffer * 3

    def __iadd__(self, value):
        self.parts[0].buffer *= value
        return self

    def __delattr__(self, title):
        self.parts[1].buffer[1] = 7.0


@program(V, V[::-1].copy())
def stores_that_a_class_answers_deep_inside(x, y):
    pairs = [Couple(x * 1, y * 1), Couple(y * 2, x * 3)]
    kept = pairs[0].first
    for pair in pairs:
        pair.first = pair.parts[1].buffer * x
        pair += y
        pair[1] = np.sum(x * pair.first)
        del pair[0]
        del pair.anything
    return sum(np.sum(part.buffer**2) for pair in pairs for part in pair.parts) + np.sum(kept**3)


@program(V, V[::-1].copy())
def stores_that_one_of_several_classes_answers(x, y):
    pairs = {"a": Couple(x * 1, y * 1)} if x[0] > 0 else {"a": Couple(y * 1, x * 2)}
    pairs["a"].first = x * y
    pair = pairs["a"]
    kept = pair.parts[1].buffer
    pair += y
    pair[2] = 3 * x[1]
    del pair[1]
    del pair.anything
    return sum(np.sum(part.buffer**2) for part in pair.parts) + np.sum(kept**3)


class Linked:
    def __init__(self, v, other=None):
        self.v = v
        self.other = other


@program(V)
def object_that_holds_itself(v):
    last = Linked(v * 2) if v[0] > 0 else Linked(v, Linked(v * 3))
    last.other = last
    last.other.other.v = last.v * v
    ring = [Linked(v[0]), Linked(v[1])]
    ring[0].other, ring[1].other = ring[1], ring[0]
    ring[0].other.other.v *= ring[1].other.v
    return np.sum(last.other.v) + ring[0].v * ring[1].v
