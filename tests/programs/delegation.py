"""Objects that pass attributes on to another, objects that know each other, and models that update their parameters."""

import copy

import numpy as np

from tests.programs.corpus import program

X = np.array([[0.3, -0.4], [1.2, 0.7], [0.1, 0.9]])


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


class Proxy:
    """Counts what it passes on."""

    def __init__(self, inner):
        self._inner = inner
        self.calls = 0

    def __getattr__(self, name):
        self.calls += 1
        return getattr(self._inner, name)


class Doubling(Proxy):
    def __setattr__(self, name, value):
        super().__setattr__(name, 2 * value if name == "gain" else value)


class Node:
    def __init__(self, value):
        self.value = value
        self.children = []
        self.parent = None

    def add(self, child):
        child.parent = self
        self.children.append(child)
        return self

    def total(self):
        return self.value + sum(child.total() for child in self.children)


class Network:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.layers = [
            {"W": rng.normal(size=(i, o)), "b": np.zeros(o)}
            for i, o in zip(sizes[:-1], sizes[1:], strict=True)
        ]

    def __call__(self, x):
        for layer in self.layers[:-1]:
            x = np.tanh(x @ layer["W"] + layer["b"])
        return x @ self.layers[-1]["W"] + self.layers[-1]["b"]

    def parameters(self):
        for layer in self.layers:
            yield from layer.values()

    def step(self, gradients, rate):
        for parameter, gradient in zip(self.parameters(), gradients, strict=True):
            parameter -= rate * gradient


@program(0.4, 1.3)
def method_of_the_object_behind(a, b):
    proxy = Proxy(Square(a))
    return proxy.area() * b + proxy.calls * a


@program(0.4, 1.3)
def attribute_of_the_object_behind_is_looked_up_once(a, b):
    proxy = Doubling(Square(a))
    proxy.gain = b
    return proxy.side * proxy.calls * proxy.gain


@program(0.4, 1.3)
def missing_attribute_with_a_default(a, b):
    proxy = Proxy(Square(a))
    return getattr(proxy, "radius", b) * getattr(proxy, "side", b) ** 2


@program(0.4, 1.3)
def copies_of_objects_that_know_each_other(a, b):
    tree = Node(a).add(Node(b))
    other = copy.deepcopy(tree)
    other.children[0].value *= a
    other.value = b
    return tree.total() * other.total()


@program(X, 0.1)
def network_that_updates_its_own_parameters(x, rate):
    network = Network([2, 3, 1])
    for _ in range(2):
        y = network(x)
        network.step([np.full(p.shape, y.mean()) for p in network.parameters()], rate)
    return np.sum(network(x) ** 2)


class Parameters(dict):
    __getattr__ = dict.__getitem__

    def __setattr__(self, name, value):
        self[name] = value


@program(0.4, 1.3)
def dict_whose_items_are_attributes(a, b):
    parameters = Parameters(a=a, b=b)
    parameters.c = parameters.a * parameters.b
    return parameters.c * parameters["b"] + parameters.a


class Store:
    """Items that are counted as they come."""

    def __init__(self):
        self.held, self.count = {}, 0

    def __setitem__(self, key, value):
        self.held[key] = value
        self.count += 1

    def __getitem__(self, key):
        return self.held[key]

    def __delitem__(self, key):
        del self.held[key]


class DoublingStore(Store):
    def __setitem__(self, key, value):
        super().__setitem__(key, 2.0 * value)

    def __getitem__(self, key):
        return super().__getitem__(key) ** 2

    def __delitem__(self, key):
        super().__delitem__(key)


@program(0.4, 1.3)
def items_of_the_class_before(a, b):
    store = DoublingStore()
    store["a"] = a
    store["b"] = b * store["a"]
    store["c"] = a
    del store["c"]
    total = store["b"] * store.count * len(store.held)
    for each in (Store(), DoublingStore()):
        each["a"] = b
        total += each["a"] * a
    return total
