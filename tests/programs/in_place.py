"""Programs that change arrays, containers and objects in place."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.programs.corpus import program

X = np.array([1.0, 2.5, 2.0])
Y = np.array([1.3, -0.4, 2.2, 0.7])
M = np.array([[1.2, 0.3, -0.5], [0.4, 2.1, 0.6], [-0.8, 0.9, 1.7]])


class Box:
    """Something with an attribute."""

    def __init__(self, value: Any) -> None:
        self.value = value


@program(1.0)
def nonlocal_assigned(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total + v

    add(x)
    return total


@program(X)
def argument_augmented_in_place(x):
    x *= 2.0
    return np.sum(x)


@program({"w": 2.0})
def dict_item_assigned(params):
    params["w"] = params["w"] * 2.0
    return params["w"]


@program({"w": 2.0})
def dict_updated(params):
    params.update(w=3.0)
    return params["w"]


@program(2.0)
def attribute_assigned(x):
    box = Box(x)
    box.value = x * x
    return box.value


@program(X)
def array_method_in_place(x):
    y = x * 2.0
    y.fill(1.0)
    return np.sum(y)


@program(X)
def array_sorted_in_place(x):
    y = x * 2.0
    y.sort()
    return y[0]


@program([1.0, 2.0])
def list_reversed_in_place(values):
    values.reverse()
    return values[0]


@program(X)
def written_through_out(x):
    y = np.zeros(3)
    np.multiply(x, 2.0, out=y)
    return np.sum(y)


@program(X)
def add_at(x):
    y = x * 2.0
    np.add.at(y, [0, 0], 1.0)
    return np.sum(y)


@program([1.0, 2.0])
def list_grows_under_its_loop(values):
    grown = [1.0]
    for v in grown:
        if len(grown) < 3:
            grown.append(v * values[0])
    return sum(grown)


@program(1.3)
def elements_of_a_new_array(x):
    y = np.zeros(3)
    y[0] = x * x
    y[1] = y[0] * x
    y[2] = y[1] * y[0]
    return np.sum(y)


@program(Y, 3)
def smoothing_sweeps(a, n):
    for _ in range(n):
        a[1:-1] = (a[:-2] + a[1:-1] + a[2:]) / 3.0
    return np.sum(a * a)


@program(Y)
def source_and_target_overlap(x):
    x[1:] += x[:-1] * x[1:]
    return np.sum(x**2)


@program(Y)
def views_of_views(x):
    y = x[1:]
    y *= 2.0
    z = x.T
    z[0] = x[1] * x[2]
    w = y[::-1][None, :]
    w /= x[0]
    return np.sum(x * x)


def scale(a, s):
    a *= s
    a[0] = s


@program(Y, 1.3)
def callee_changes_its_argument(x, s):
    scale(x, s)
    scale(x[1:], s * s)
    return np.sum(np.sin(x))


def shift_down(a, n, s):
    if n == 0:
        return
    a[n] = a[n - 1] * s
    shift_down(a, n - 1, s)


@program(Y, 0.7)
def recursive_callee_changes_its_argument(x, s):
    shift_down(x, 3, s)
    return np.sum(x**3)


@program(1.1)
def list_in_every_way(x):
    values = []
    for i in range(3):
        values.append(x * i)
    values[1] = values[2] * x
    values.insert(0, x * x)
    total = 0.0
    for v in values:
        total += v * v
    values[2:4] = [values[0] * 3]
    del values[0]
    values += [x * x]
    values.reverse()
    return total + values.pop(1) + sum(values) * values[0]


class Recurrence:
    def __init__(self, w):
        self.w = w
        self.h = 0.0

    def step(self, x):
        self.h = np.tanh(self.w * x + self.h)
        return self.h

    @property
    def energy(self):
        return self.h**2


@program(0.4, 0.9)
def object_keeps_state(w, x):
    cell = Recurrence(w)
    s = 0.0
    for i in range(4):
        s = s + cell.step(x * i)
    return s + cell.energy


@program(0.7)
def nested_containers_change(x):
    state = {"k": [x * 1.0, x * 2.0], "n": {"z": x**2}}
    state["k"][0] *= state["n"]["z"]
    state["n"]["z"] = state["k"][0] + state["k"][1]
    state.update(w=x)
    r = state.pop("w")
    return r * state["n"]["z"] * state.get("q", 2.0)


@program(M)
def rows_in_iteration(x):
    for row in x:
        row -= row[0] * 0.5
    return np.sum(x**2)


@program(X)
def swap_and_gather(x):
    x[0], x[2] = x[2], x[0]
    x[[0, 1]] = x[[1, 2]] * x[0]
    return np.sum(x * np.arange(3.0))


@program(M)
def swapped_rows_share_memory(x):
    x[0], x[1] = x[1], x[0]
    return np.sum(x * x * M)


@program(M @ M.T + 4 * np.eye(3))
def cholesky_by_elements(a):
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] /= a[j, j]
        for k in range(i):
            a[i, i] -= a[i, k] * a[i, k]
        a[i, i] = np.sqrt(a[i, i])
    s = 0.0
    for i in range(n):
        for j in range(i + 1):
            s += a[i, j] * (i + 2 * j + 1)
    return s


@program(X)
@program(-X)
def alias_by_a_branch(x):
    y = x.copy()
    z = x if x[0] > 0 else y
    z[1] = 3.0 * x[2]
    return np.sum(x * y * np.array([1.0, 2.0, 3.0]))


@program(Y)
def reshaped_and_raveled(x):
    y = x.reshape(2, 2)
    y[0] *= y[1]
    z = x.ravel()
    z[3] = z[0] ** 2
    return np.sum(np.sin(x))


@program(Y)
def pieces_of_split(x):
    a, b = np.split(x, 2)
    a += b * b
    return np.sum(x**2)


@program(X)
def functions_that_store(x):
    np.add.at(x, [0, 0, 1], x[2] * np.ones(3))
    np.multiply(x, 2.0, out=x)
    x.sort()
    np.copyto(x[:1], 5 * x[1])
    return np.sum(x**3)


@program(X)
def repeated_indices_and_masks(x):
    x[np.array([0, 1, 0])] = x * np.array([1.0, 2.0, 3.0])
    m = x > 0
    x[m] = x[m] ** 2
    return np.sum(x * np.array([1.0, 2.0, 3.0]))


@program(1.3)
def nonlocal_through_two_levels(x):
    s = x

    def outer(k):
        def inner():
            nonlocal s
            s = s * k + x

        inner()
        inner()
        return s

    return outer(2.0) + outer(s)


@dataclass
class Particle:
    mass: float
    place: np.ndarray


@program(Particle(1.5, X))
def dataclass_changes(p):
    p.place[0] = p.mass * p.place[1]
    p.mass = p.mass**2
    return p.mass * np.sum(p.place)


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    def dot(self, other):
        return self.x * other.x + self.y * other.y


class Weighted(Vector):
    def __init__(self, x):
        super().__init__(x, x * x)
        self.k = 2.0

    def dot(self, other):
        return self.k * super().dot(other)


@program(0.7)
def operators_of_a_class(x):
    v = Vector(x, 2.0)
    u = Weighted(x)
    for _ in range(3):
        v = v + u * x
    return u.dot(v)


@program(Y, Y + 1)
def two_arguments_change(x, y):
    x[0] = y[1] * x[1]
    y[0] = x[0] * 2
    return np.sum(x * y)


@program(Y)
def stacked_after_a_store_into_an_element(x):
    out = []
    for i in range(4):
        if i == 2:
            continue
        out.append(np.sin(x) * i)
        if i == 3:
            break
    out[0][0] = x[1]
    stacked = np.stack(out)
    stacked[1] *= x
    return np.sum(stacked * stacked)


@program(Y)
def endless_loop_with_stores(x):
    n = 0
    while True:
        x[n] = x[n] * x[(n + 1) % len(x)]
        n += 1
        if n >= 3:
            return np.sum(x**2)


@program(0.8)
def recursive_closure_stores(x):
    b = np.zeros(3)

    def put(i, v):
        b[i] = v
        if i < 2:
            put(i + 1, v * x)

    put(0, x)
    return np.sum(b * b)


@program(X * 0.45)
def transposed_view_and_mask(x):
    a = np.zeros((3, 3))
    a[0] = x
    a[1:, 0] = x[1:]
    b = a.T
    b[2] += a[0] * x
    a[a > 1.0] = 0.5
    return np.sum(a * np.arange(9.0).reshape(3, 3))
