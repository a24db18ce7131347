"""Lists, tuples, dicts, namedtuples and dataclasses as arguments, results and local values."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, 0.7])


class Point(NamedTuple):
    x: float
    y: float


@dataclass
class Layer:
    weight: np.ndarray
    bias: float
    name: str = "layer"


@dataclass(frozen=True)
class Model:
    first: Layer
    scale: float


W = np.array([[0.1, 0.4, -0.2], [-0.3, 0.2, 0.5]])


@program((0.5, 0.7))
def tuple_argument(pair):
    return pair[0] * pair[1] ** 2 + pair[-1]


@program([0.5, 0.7, X])
def list_argument(values):
    return values[0] * values[1] + np.sum(values[2] * values[0])


@program({"w": W, "b": 0.3, "name": "dense", "count": 3})
def dict_argument(params):
    return np.sum(params["w"] * params["b"]) ** 2 * params["count"]


@program({"outer": {"inner": [0.5, (0.7, X)]}, "unused": 2.0})
def nested_containers(tree):
    a, (b, c) = tree["outer"]["inner"]
    return a * b + np.sum(c) * a


@program(Point(0.5, 0.7))
def namedtuple_argument(p):
    return p.x * p.y + p[0] ** 2


@program(Point(0.5, 0.7))
def namedtuple_unpacked(p):
    x, y = p
    return x * y * y


@program(0.5, 0.7)
def namedtuple_result(x, y):
    return Point(x * y, y=x - y)


@program(Layer(W, 0.3), X)
def dataclass_argument(layer, x):
    return np.sum(np.tanh(layer.weight @ x + layer.bias))


@program(Model(Layer(W, 0.3), 2.0), X)
def nested_dataclasses(model, x):
    return model.scale * np.sum((model.first.weight @ x + model.first.bias) ** 2)


@program(0.5, X)
def dataclass_built_inside(s, x):
    layer = Layer(x * s, bias=s)
    return np.sum(layer.weight * layer.bias)


@program(X)
def append_and_stack(x):
    rows = []
    for i in range(4):
        rows.append(np.sin(x * i))
    return np.stack(rows)


@program(X)
def append_and_sum(x):
    values = []
    for v in x:
        values.append(v * v)
    values.append(x[0])
    return sum(values)


@program(0.5)
def append_then_index(x):
    history = [x]
    for i in range(5):
        history.append(history[-1] * history[0] + i)
    return history[3] * history[-1]


@program(0.5)
def append_in_a_branch(x):
    big, small = [], [1.0]
    y = x
    for _ in range(6):
        y = y * 1.6
        if y > 2:
            big.append(y)
        else:
            small.append(y * x)
    return sum(big) * sum(small) + len(big)


@program(0.5)
def append_to_a_list_in_a_callee(x):
    return len(collect(x)) * x + collect(x)[1]


def collect(x):
    out = []
    out.append(x)
    out.append(x * x)
    return out


@program(0.5)
def list_of_pairs(x):
    pairs = []
    for i in range(3):
        pairs.append((x * i, i))
    total = 0.0
    for value, weight in pairs:
        total = total + value * weight
    return total


@program(0.5)
def concatenated_lists(x):
    values = [x, x * 2] + [3.0] + [x] * 2
    return values[0] * values[1] * values[4] + len(values)


@program((0.5, 0.7, 0.9))
def sliced_tuple(values):
    a, b = values[1:]
    return a * b + values[::-1][0] + sum(values[:2])


@program([0.5, 0.7, 0.9])
def sliced_list(values):
    tail = values[1:]
    return tail[0] * tail[1] + len(values[:2])


@program(0.5)
def local_dict(x):
    table = {"a": x * x, "b": {"c": x}}
    return table["a"] * table["b"]["c"]


@program([X, X * 2, X * 3])
def list_of_arrays(arrays):
    total = 0.0
    for i, a in enumerate(arrays):
        total = total + np.sum(a**i) * np.sum(arrays[i - 1])
    return total


@program([{"w": W, "b": np.array([0.1, 0.2])}, {"w": W.T, "b": np.array([0.1, 0.2, 0.3])}], X)
def network_of_dicts(layers, x):
    for layer in layers:
        x = np.tanh(layer["w"] @ x + layer["b"])
    return np.sum(x**2)


@program({"w": 0.5})
def dict_returned(params):
    return {"w": params["w"] * 3, "extra": params["w"] ** 2}


@program([1.0, 2.0])
def list_returned_as_it_is(values):
    return values


@program((1.0, 2.0), 0)
@program((1.0, 2.0), 1)
def index_known_at_run_time(values, i):
    return values[i] ** 2 * values[0]


@program((1.0, None, "text", True, 2))
def leaves_without_derivative(values):
    return values[0] * values[4] if values[3] else values[0]


@program(np.array([1.0, 2.0]), 0.5)
def array_of_scalars(x, s):
    m = np.array([[x[0], s], [s * s, x[1] * 2.0]])
    return m @ m


def _either(x):
    if x < -0.7:
        return np.concatenate((np.ones(2) * x, np.ones(1)))
    return x * np.ones(3) * x + x


@program(0.7)
@program(-0.9)
def list_of_an_array_of_unknown_kind(x):
    first, *rest, last = _either(math.sin(x) * 1.2)
    for i in range(2):
        rest.append(last * i)
    return first * last * sum(rest)


@program(0.5, 0.7)
def lists_made_of_ranges(x, y):
    c, order = list(range(4)), list(range(3, 0, -1))
    power = x
    for i in range(4):
        c[i] = power * (i + 0.5)
        power *= y
    return sum(c) * x + order[0] * c[order[1]]
