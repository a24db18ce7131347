"""Objects with state: attributes, methods, properties, operators, inheritance, dataclasses."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7])
Y = np.array([0.8, -0.5, 0.6])


class Account:
    """State that methods read and write."""

    def __init__(self, balance, rate=0.5):
        self.balance = balance
        self.rate = rate
        self.history = [balance]

    def earn(self, times=1):
        for _ in range(times):
            self.balance += self.balance * self.rate
            self.history.append(self.balance)
        return self

    def withdraw(self, amount):
        if amount > self.balance:
            return 0.0
        self.balance -= amount
        return amount

    @property
    def doubled(self):
        return 2.0 * self.balance

    @doubled.setter
    def doubled(self, value):
        self.balance = value / 2.0

    @staticmethod
    def tax(amount):
        return amount * amount

    @classmethod
    def opened_with(cls, amount):
        return cls(amount * 3.0, rate=amount)

    def __call__(self, factor):
        self.balance *= factor
        return self.balance

    def __len__(self):
        return len(self.history)

    def __getitem__(self, index):
        return self.history[index]

    def __setitem__(self, index, value):
        self.history[index] = value

    def __iter__(self):
        return iter(self.history)

    def __contains__(self, value):
        return value in self.history


class SavingsAccount(Account):
    """A subclass that extends what it inherits."""

    bonus = 0.25

    def __init__(self, balance, bonus=None):
        super().__init__(balance, rate=0.3)
        if bonus is not None:
            self.bonus = bonus

    def earn(self, times=1):
        super().earn(times)
        self.balance += self.bonus * self.history[0]
        return self


class Dual:
    """Operators that a class defines."""

    def __init__(self, real, slope):
        self.real = real
        self.slope = slope

    def __add__(self, other):
        other = other if isinstance(other, Dual) else Dual(other, 0.0)
        return Dual(self.real + other.real, self.slope + other.slope)

    __radd__ = __add__

    def __mul__(self, other):
        if not isinstance(other, Dual):
            return Dual(self.real * other, self.slope * other)
        return Dual(self.real * other.real, self.real * other.slope + self.slope * other.real)

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return Dual(-self.real, -self.slope)

    def __sub__(self, other):
        return self + (-other)

    def __iadd__(self, other):
        self.real += other.real
        self.slope += other.slope
        return self

    def __lt__(self, other):
        return self.real < other.real

    def __pow__(self, n):
        result = Dual(1.0, 0.0)
        for _ in range(n):
            result = result * self
        return result


@dataclasses.dataclass
class Particle:
    """A dataclass of arrays and floats."""

    position: np.ndarray
    velocity: np.ndarray
    mass: float = 1.0

    def move(self, dt):
        self.velocity -= dt * self.position / self.mass
        self.position += dt * self.velocity

    @property
    def energy(self):
        return 0.5 * self.mass * np.sum(self.velocity**2) + 0.5 * np.sum(self.position**2)


class Layer:
    """Parameters and a buffer."""

    def __init__(self, weights):
        self.weights = weights
        self.buffer = np.zeros(3)

    def __call__(self, x):
        self.buffer[:] = np.tanh(self.weights * x)
        return self.buffer

    def __matmul__(self, x):
        return self.weights @ x


class Counter:
    """Attributes on the class itself and on the instance."""

    start = 2.0

    def __init__(self):
        self.count = 0

    def next(self):
        self.count += 1
        return self.count * self.start


@program(0.7)
def attribute_assigned(x):
    account = Account(x)
    account.balance = x * x
    account.rate = account.balance
    return account.balance * account.rate


@program(0.7)
def attribute_updated(x):
    account = Account(x)
    account.balance += x * x
    account.balance *= account.rate
    account.note = account.balance * 3.0
    return account.note * account.balance


@program(0.7)
def methods_that_change_state(x):
    account = Account(x)
    account.earn()
    taken = account.withdraw(x * 0.5)
    refused = account.withdraw(100.0)
    return account.balance * taken + refused


@program(0.7)
def methods_in_a_chain(x):
    return Account(x).earn().earn(2).balance


@program(0.7)
def properties(x):
    account = Account(x)
    account.doubled = account.doubled * x
    account.doubled += 1.0
    return account.balance * account.doubled


@program(0.7)
def static_and_class_methods(x):
    account = Account.opened_with(x)
    return account.balance * account.tax(account.rate) + Account.tax(x)


@program(0.7)
def callable_object_with_state(x):
    account = Account(x)
    first = account(x)
    second = account(2.0)
    return first * second * account.balance


@program(0.7)
def items_of_an_object(x):
    account = Account(x).earn(2)
    account[0] = account[1] * account[2]
    account[-1] *= x
    return account[0] * account[2] * len(account)


@program(0.7)
def object_iterated(x):
    total = 0.0
    for balance in Account(x).earn(3):
        total = total + balance * balance
    return total


@program(0.7)
def state_over_iterations(x):
    account = Account(x)
    for i in range(4):
        account.earn()
        if account.balance > 2.0:
            account.balance = math.sin(account.balance) + i
    return account.balance * sum(account.history)


@program(0.7)
def object_made_in_each_iteration(x):
    account = Account(x)
    total = 0.0
    for _ in range(3):
        account = Account(account.balance * x, account.rate + total)
        total += account.earn().balance
    return total


@program(0.7)
def subclass(x):
    account = SavingsAccount(x)
    account.earn(2)
    return account.balance * account.bonus


@program(0.7, 0.4)
def subclass_with_its_own_attribute(x, y):
    account = SavingsAccount(x, bonus=y)
    account.earn()
    SavingsAccount(y).earn()
    return account.balance * account.bonus


@program(0.7, 0.4)
def subclass_picked_by_a_branch(x, y):
    total = 0.0
    for i in range(3):
        kind = Account if i % 2 == 0 else SavingsAccount
        account = kind(x + i)
        account.earn()
        total += account.balance * y
    return total


@program(0.7, 0.4)
def operators_of_a_class(x, y):
    a, b = Dual(x, 1.0), Dual(y, 0.0)
    c = a * b + 2.0 * a - b + 3.0
    d = c**3
    return d.real * d.slope


@program(0.7, 0.4)
def in_place_operator_of_a_class(x, y):
    a = Dual(x, 1.0)
    b = a
    a += Dual(y, x)
    return b.real * b.slope + a.real


@program(0.7, 0.4)
def comparison_of_a_class(x, y):
    a, b = Dual(x, 1.0), Dual(y, y)
    smaller = a if a < b else b
    larger = max(a.real, b.real)
    return smaller.real * smaller.slope + larger


@program(0.7, 0.4)
def objects_summed(x, y):
    total = sum([Dual(x, y), Dual(y, x), Dual(x, x)], Dual(0.0, 0.0))
    return total.real * total.slope


@program(X, Y, 1.3)
def dataclass_made_inside(x, v, mass):
    particle = Particle(x, v, mass)
    for _ in range(3):
        particle.move(0.1)
    return particle.energy + x


@program(Particle(X, Y, 1.3))
def dataclass_argument_changed(particle):
    particle.move(0.1)
    particle.mass *= 2.0
    particle.move(particle.mass)
    return particle.energy


@program(Particle(X, Y, 1.3), 0.2)
def attribute_of_an_argument_rebound(particle, dt):
    particle.position = particle.position * dt
    particle.position[0] = particle.mass
    particle.velocity[1:] = particle.position[:-1]
    return particle.position * particle.velocity


@program([Particle(X, Y, 1.3), Particle(Y * 2.0, X + 1.0, 0.8)])
def list_of_objects(particles):
    for particle in particles:
        particle.move(0.1)
    particles[0].velocity += particles[1].position
    particles[1].mass = particles[0].mass * particles[1].mass
    return sum(particle.energy for particle in particles)


@program(X, Y)
def object_with_a_buffer(w, x):
    layer = Layer(w)
    first = layer(x)
    second = layer(first)
    return first * second + layer.buffer


@program(X, Y)
def object_whose_buffer_is_copied(w, x):
    layer = Layer(w)
    first = layer(x).copy()
    second = layer(first * x)
    layer.buffer[0] = first[1]
    return first * second


@program(X, Y)
def array_of_an_attribute_changed(w, x):
    layer = Layer(w)
    layer.weights[1:] *= x[:-1]
    layer.weights[0] = layer @ x
    w += x
    return layer.weights * w


@program(X, Y)
def alias_of_an_object(w, x):
    layer = Layer(w)
    same = layer
    same.weights = x
    layer.weights[0] = w[1] * w[2]
    return same.weights * w * x


@program(X, Y)
def objects_share_an_array(w, x):
    one, other = Layer(w), Layer(w)
    one.weights *= x
    other.weights[0] = x[1]
    return one(x) * other(x * x)


@program(X, Y)
def object_in_a_dict(w, x):
    net = {"first": Layer(w), "second": Layer(x)}
    for key in net:
        net[key].weights[0] *= 2.0
    net["second"] = net["first"]
    net["second"].weights[1] = x[2]
    return net["first"](x) * w


@program(X, Y)
def objects_in_a_chain(w, x):
    layers = [Layer(w), Layer(x), Layer(w * x)]
    y = x * w
    for layer in layers:
        y = layer(y)
        layer.weights = layer.weights + y
    return y * layers[0].weights


@program(0.7)
def class_attribute_against_instance_attribute(x):
    counter = Counter()
    total = counter.next() * x
    counter.start = x * x
    total += counter.next()
    return total * counter.next()


@program(0.7)
def linked_objects(x):
    class_of = Dual
    first = class_of(x, None)
    second = class_of(x * x, first)
    third = class_of(x + 1.0, second)
    node, total = third, 0.0
    while node is not None:
        total = total * 0.5 + node.real * node.real
        node.real = total
        node = node.slope
    return total * first.real


@program(0.7)
def getattr_and_setattr(x):
    account = Account(x)
    setattr(account, "rate", x * x)  # noqa: B010
    for name in ("balance", "rate"):
        setattr(account, name, getattr(account, name) * 2.0)
    return account.balance * getattr(account, "rate") * getattr(account, "missing", x)  # noqa: B009


@program(0.7)
def object_returned_by_a_function(x):
    def opened(amount):
        account = Account(amount)
        account.earn()
        return account

    one, other = opened(x), opened(x * x)
    one.balance += other.balance
    other.balance = one.balance * x
    return one.balance * other.balance


@program(0.7)
def object_changed_by_a_function(x):
    def double(account, factor):
        account.balance *= factor
        account.history.append(account.balance)

    account = Account(x)
    double(account, 2.0)
    double(account, account.balance)
    return sum(account.history) * account.balance


@program(0.7, 0.4)
def object_replaced_by_a_branch(x, y):
    account = Account(x)
    saved = account
    if account.balance > y:
        account = SavingsAccount(y)
    account.balance *= 3.0
    return saved.balance * account.balance


@program(0.7)
def bound_method_kept(x):
    account = Account(x)
    earn = account.earn
    earn()
    account.rate = x
    earn(2)
    return account.balance


class Strip:
    def __init__(self, a):
        self.a = a

    def part(self, k):
        return self.a[k:]


class Backwards(Strip):
    def part(self, k):
        return self.a[::-1][k:]


@program(np.array([0.3, 1.2, -0.7, 0.9, 0.4, -0.2]))
def arrays_changed_by_methods_where_they_are_returned(x):
    strips = [Strip(x * x[0]), Backwards(x[::-1] * 1.0)]
    for strip in strips:
        strip.part(1).sort()
        strip.part(4).fill(strip.a[0] * x[1])
        strip.part(0).partition(2)
        strip.part(2).put([0, -1, 0], strip.a[:2] * x[2], mode="wrap")
    return np.sum(strips[0].a ** 2 * strips[1].a * np.arange(6))
