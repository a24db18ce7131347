"""Lists and tuples of a class of one's own, and what lists and dicts say of their items."""

from collections import deque, namedtuple
from typing import NamedTuple

import numpy as np

from tests.programs.corpus import program

X = np.array([0.7, 1.3, 0.4, 2.1])


class Stack(list):
    scale = 3.0

    def push(self, v):
        self.append(v)
        return self

    @property
    def top(self):
        return self[-1]

    def total(self):
        return sum(self) * self.scale

    def __iadd__(self, others):
        for i in range(len(self)):
            self[i] += others[i]
        return self


class Matrix(list):
    def __matmul__(self, other):
        return Matrix([[sum(a * b for a, b in zip(row, column)) for column in zip(*other)] for row in self])

    def trace(self):
        return sum(self[i][i] for i in range(len(self)))


class Vector(tuple):
    __slots__ = ()

    def __add__(self, other):
        return Vector(a + b for a, b in zip(self, other))

    def __sub__(self, other):
        return Vector([a - b for a, b in zip(self, other)])

    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self, other))

    def norm(self):
        return (self @ self) ** 0.5


class Scales(dict):
    scale = 3.0

    def total(self):
        return sum(self.values()) * self.scale**2


class Complex2(namedtuple("Complex2", "x y")):
    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __mul__(self, k):
        return Complex2(self.x * k, self.y * k)

    __rmul__ = __mul__


class Point(NamedTuple):
    x: float
    y: float = 1.0

    def __sub__(self, other):
        return Point(self.x - other.x, self.y - other.y)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def norm(self):
        return (self @ self) ** 0.5


@program(X)
def a_stack_is_filled(x):
    stack = Stack()
    for v in x:
        stack.push(v * v)
    top = stack.top
    stack.pop()
    return top * sum(stack) + stack[0] * len(stack)


@program(X)
def a_stack_of_items(x):
    stack = Stack([x[0], x[1]]).push(x[2])
    stack += x[1:]
    stack[0] *= 2.0
    return stack[0] * stack.total() + isinstance(stack, list) * stack.top


@program(X)
def a_stack_in_an_object(x):
    class Holder:
        pass

    holder = Holder()
    holder.items = Stack()
    for v in x:
        holder.items.append(v * v)
    return holder.items.total() * holder.items[0]


@program(X)
def a_matrix_of_lists(x):
    m = Matrix([[x[0], x[1]], [x[2], x[3]]])
    return (m @ m @ m).trace()


@program(X)
def vectors_added(x):
    a, b = Vector(x[:2]), Vector((x[2], x[3]))
    c = a + b
    return c @ c + c[0] * (a - b).norm()


@program(X)
def vectors_in_a_list(x):
    points = [Vector((x[i], x[i + 1])) for i in range(3)]
    longest = max(points, key=lambda p: p.norm())
    return sum((p - q).norm() for p in points for q in points if p is not q) + longest @ longest


@program(X, Vector((1.0, 2.0)), Point(1.5, 2.5))
def given_vectors(x, v, p):
    return (v @ v) * x[0] + (v - Vector(x[1:3])).norm() * (p @ p) + (p - Point(x[1], x[2])).norm()


@program(X)
def named_tuples_with_operators(x):
    a, b = Complex2(x[0], x[1]), Complex2(x[2], x[3])
    points = [Point(x[i], x[i + 1]) for i in range(3)]
    return (3 * a * 2) @ b + (points[0] - points[2]).norm() * (Point(x[0]) @ points[1])


@program(X)
def an_attribute_of_a_class_of_dicts(x):
    d = Scales(a=x[0])
    d["b"] = x[1] ** 2
    return d.total() * d["a"] + x[0] * d.scale


@program(X)
def where_an_item_is(x):
    items = [v * 1.0 for v in x]
    items[0] *= 2
    return items[0] ** 2 * items.index(x[1]) + items[1] * items.count(x[2])


@program(X)
def where_an_item_is_in_a_tuple(x):
    items = tuple([v * 1.0 for v in x])
    return items[0] ** 2 * items.index(x[1]) * items.count(x[2])


@program(X)
def where_an_item_is_in_a_deque(x):
    items = deque(x)
    items.append(x[0])
    return items[0] ** 2 * items.count(x[0]) + items.index(x[2]) * items[1]


@program(X)
def keys_that_are_numbers(x):
    d = {3: x[0], 4: x[1] * 1.0}
    d[3] *= 2
    k, v = d.popitem()
    return k * v**2 + sum(d.keys()) * d[3] + sum(k * v for k, v in d.items())


class Account(NamedTuple):
    cash: float
    held: float = 0.0

    @property
    def gross(self):
        return abs(self.cash) + abs(self.held)

    def trade(self, amount, price):
        return self._replace(cash=self.cash - amount * price, held=self.held + amount)

    def table(self):
        return self._asdict()


@program(np.array([2.3, 1.3, 3.1]), 0.4)
def named_tuples_whose_methods_make_new_ones(prices, amount):
    account, worth = Account(1.0), []
    for k, price in enumerate(prices):
        account = account.trade(amount * (-1) ** k, price)
        worth.append(account.cash + account.held * price)
    table = account.table()
    return worth[-1] * worth[1] + account.gross * table["cash"] * table["held"]
