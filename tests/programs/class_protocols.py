"""What classes define beyond methods: iteration, items that are missing, descriptors, attributes computed and stored."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import InitVar, dataclass, field
from functools import reduce

import numpy as np

from tests.programs.corpus import program

X = np.array([1.2, 0.4, 0.7])


class Values:
    def __init__(self, data):
        self.data = data

    def __iter__(self):
        return iter(self.data)


class Doubled:
    """A sequence of the old kind: items by position, and no ``__iter__``."""

    def __init__(self, data):
        self.data = data

    def __getitem__(self, position):
        return self.data[position] * 2

    def __len__(self):
        return len(self.data)


class Squares:
    def __init__(self, data):
        self.data = data
        self.position = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.position >= len(self.data):
            raise StopIteration
        self.position += 1
        return self.data[self.position - 1] ** 2


@program(X)
def iterable_unpacked(x):
    first, *rest = Values(x * 1.0)
    a, b, c = Doubled(list(x))
    d, *e = Squares(x)
    return first * rest[0] + a * b * c + d * e[1]


@program(X)
def iterable_listed_and_sorted(x):
    values = Values(x * 1.0)
    return sum(list(values)) * sum(tuple(values)) + sorted(values)[1] ** 2 + max(values) * min(values)


@program(X)
def iterable_in_displays_and_calls(x):
    def product(a, b, c):
        return a * b * c

    values = Values(x * 1.0)
    both = [*values, *[x[0], 1.0]]
    return sum([v * v * i for i, v in enumerate(both)]) + product(*values)


@program(X)
def lists_extended_by_iterables(x):
    values = Values(x * 1.0)
    items = [1.0, x[0]]
    items.extend(values)
    items += values
    items[1:2] = values
    return sum([v * v * (i + 1) for i, v in enumerate(items)])


@program(X)
def iterable_mapped_and_reduced(x):
    values = Values(x * 1.0)
    kept = filter(lambda v: v > 0.5, values)
    return reduce(lambda a, b: a * b, values) + sum(map(lambda v: v * v, values)) + sum(kept)


@program(X)
def old_sequence_in_a_loop(x):
    total = 0.0
    for value in Doubled(list(x * 1.0)):
        total += value**2
    return total * max(Doubled(list(x)))


class Growing(dict):
    def __missing__(self, key):
        self[key] = made = self["base"] * key
        return made


@program(X)
def missing_item_made_of_another(x):
    table = Growing()
    table["base"] = x[0] * x[1]
    return table[2] * table[3] + table[2]


class Scaled:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return instance.__dict__[self.name] * 3

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value * value


class Lazy:
    def __init__(self, function):
        self.function = function
        self.name = function.__name__

    def __get__(self, instance, owner):
        value = self.function(instance)
        instance.__dict__[self.name] = value
        return value


class Described:
    scale = Scaled()

    def __init__(self, x):
        self.x = x
        self.scale = x[0]
        self.reads = 0

    @Lazy
    def norm(self):
        self.reads += 1
        return np.sqrt(np.sum(self.x**2))


@program(X)
def descriptor_that_keeps_its_value_under_its_own_name(x):
    described = Described(x * 1.0)
    described.scale = described.scale * x[1]
    return described.scale**2


@program(X)
def descriptor_that_is_read_once(x):
    described = Described(x * 1.0)
    return described.norm * described.norm * described.reads * described.scale


class Watched:
    def __init__(self, x):
        self.x = x

    def __getattribute__(self, name):
        value = object.__getattribute__(self, name)
        return value * 2 if name == "x" else value

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value * 3)


@program(X)
def attributes_changed_on_the_way(x):
    watched = Watched(x * 1.0)
    watched.x = watched.x * watched.x
    watched.y = watched.x[0]
    return np.sum(watched.x**2) * watched.y * 1e-6


class Hidden:
    def __init__(self, x):
        super().__setattr__("store", {"x": x})

    def __setattr__(self, name, value):
        self.store[name] = value

    def __getattr__(self, name):
        return self.store[name]


@program(X)
def attributes_kept_in_a_dict(x):
    hidden = Hidden(x * 1.0)
    hidden.y = hidden.x * hidden.x
    return np.sum(hidden.y * hidden.x)


class Registered:
    def __init__(self, w):
        self.__dict__["parameters"] = {}
        self.w = w
        self.scale = 2.0

    def __setattr__(self, name, value):
        if isinstance(value, np.ndarray):
            self.parameters[name] = value
        object.__setattr__(self, name, value)

    def __call__(self, x):
        return self.w * x * self.scale


@program(X)
def parameters_registered_when_they_are_set(x):
    layer = Registered(x * 1.0)
    for value in layer.parameters.values():
        value -= 0.1 * value * value
    return np.sum(layer(x) ** 2)


class Model:
    def __init__(self, x):
        self.w = x
        self.b = x[0]

    def state(self):
        return {name: value for name, value in vars(self).items()}

    def norm(self):
        return sum(np.sum(value**2) for value in self.__dict__.values())

    def load(self, state):
        self.__dict__.update(state)


@program(X)
def state_read_and_loaded_through_vars(x):
    model = Model(x * 1.0)
    state = model.state()
    model.load({"b": x[1] * x[2], "w": state["w"] * state["b"]})
    vars(model)["b"] *= 2
    model.c = model.b * 3
    return model.norm() + model.c + np.sum(state["w"] ** 3)


@dataclass(frozen=True)
class Frozen:
    x: np.ndarray
    scale: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "energy", np.sum(self.x**2) * self.scale)


@program(X)
def frozen_dataclass_that_computes_a_field(x):
    frozen = Frozen(x * 2.0, x[0])
    return frozen.energy * frozen.scale


@dataclass
class Prepared:
    x: np.ndarray
    factor: InitVar[float] = 2.0
    sums: list = field(default_factory=list)

    def __post_init__(self, factor):
        self.x = self.x * factor
        self.sums.append(np.sum(self.x))


@program(X)
def dataclass_with_a_value_for_its_start_alone(x):
    first = Prepared(x * 1.0, x[1])
    second = Prepared(first.x)
    return first.sums[0] * second.sums[0]


class Halver:
    def __init__(self, x, log):
        x *= 0.5
        log.append(x[0])
        self.x = x


@program(X)
def constructor_that_changes_its_arguments(x):
    log = []
    first = Halver(x * 1.0, log)
    second = Halver(first.x, log)
    return np.sum(second.x**2) * log[0] * log[1] * len(log)


class Pair:
    def __init__(self, x, y, name="pair"):
        self.x, self.y, self.name = x, y, name

    def __mul__(self, factor):
        return Pair(self.x * factor, self.y * factor)

    def __iter__(self):
        yield self.x
        yield self.y


class Route:
    def __init__(self, numbers):
        self.first, self.last = numbers[0], numbers[-1]

    def __iter__(self):
        return iter([self.first * 2.0, self.last])


@program(X)
def instances_unpacked_by_their_class(x):
    first, second = Pair(x[0], x[1] ** 2) * x[2]
    route = Route(x)
    start, end = route
    low, *rest = route
    return first * second + start * end**2 + low * rest[0] + max(*route) + sum(list(route)) + tuple(route)[1]


@dataclass
class Offset:
    dx: float
    dy: float

    def __iter__(self):
        yield self.dx
        yield self.dy


@program(Offset(1.2, 0.7), 2.5)
def argument_unpacked_by_its_class(offset, factor):
    dx, dy = offset
    return dx * dy**2 * factor + max(*offset) * sum(offset)


@dataclass
class Dense:
    w: np.ndarray
    activation: object = np.tanh
    seen: list = field(default_factory=list)

    def __call__(self, x):
        z = self.w @ x
        self.seen.append(z)
        return self.activation(z)


@program(X, np.array([[0.2, -0.5, 0.1], [0.7, 0.3, -0.2]]), np.array([[1.1, 0.4]]))
def functions_of_numpy_held_by_a_class(x, w1, w2):
    layers = [Dense(w1), Dense(w2, activation=lambda z: z * z)]
    out = reduce(lambda h, layer: layer(h), layers, x)
    return np.sum(out) + sum(np.sum(z) for layer in layers for z in layer.seen)


class Measured:
    scale = 2.0

    def __init__(self, factor):
        self.factor = factor

    @functools.singledispatchmethod
    def size(self, thing):
        raise NotImplementedError

    @size.register
    def _(self, thing: float):
        return thing * thing * self.factor

    @size.register
    def _(self, thing: list):
        return sum(self.size(item) for item in thing)

    @size.register
    def _(self, thing: np.ndarray):
        return np.sum(thing) * self.scale

    @size.register
    def _(self, thing: int):
        return thing * self.factor


@program(0.7)
def methods_chosen_by_the_type_of_the_argument(x):
    measured = Measured(x)
    total = (
        measured.size(x) + measured.size([x, 2 * x]) + measured.size(3) + measured.size(np.array([x, x * x]))
    )
    for other in (Measured(x * x), Measured(2.0)):
        total = total + other.size(2 * x) * other.size(2)
    return total


@dataclass
class Settings:
    weights: np.ndarray
    bias: float = 0.0
    history: list = field(default_factory=list)
    named: dict = field(default_factory=dict)


@program(np.array([0.5, -1.5, 2.0]))
def dataclass_as_dict_and_tuple(values):
    settings = Settings(values * 2, values[0])
    settings.history.append(values[1])
    settings.named["a"] = values[2] * values[0]
    found = dataclasses.asdict(settings)
    as_tuple = dataclasses.astuple(settings)
    as_list = dataclasses.asdict(Settings(values), dict_factory=list)
    return np.sum(found["weights"]) * found["history"][0] + as_tuple[3]["a"] * as_tuple[1] + as_list[0][1][1]


class Lenient:
    def __init__(self, x):
        self.x = x

    def __getattr__(self, name):
        if name.startswith("power"):
            return self.x ** int(name[5:])
        raise AttributeError(name)


@program(0.7)
def attribute_with_a_default_of_a_class_that_computes_attributes(x):
    lenient = Lenient(x)
    return lenient.power3 * getattr(lenient, "missing", x * x) + getattr(lenient, "power2", x)
