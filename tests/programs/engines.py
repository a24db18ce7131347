"""Programs that differentiate themselves: graphs of objects with sets of parents, closures, and a topological order."""

import math

import numpy as np

from tests.programs.corpus import program

V = np.array([0.7, 1.3, -0.4])


class Value:
    """A number that knows what it was made of, as engines for teaching write it."""

    def __init__(self, data, children=()):
        self.data, self.grad = data, 0.0
        self._backward = lambda: None
        self._prev = set(children)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()


@program(V)
def an_engine_forwards(x):
    a, b = Value(x[0]), Value(x[1])
    return ((a * b + a).tanh() * b).data


@program(V)
def an_engine_backwards(x):
    a, b = Value(x[0]), Value(x[1])
    out = (a * b).tanh() * x[2]
    out.backward()
    return a.grad * b.grad + out.data


class Neuron:
    def __init__(self, weights):
        self.w, self.b = [Value(v) for v in weights], Value(0)

    def __call__(self, x):
        return sum((w * v for w, v in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, rows):
        self.neurons = [Neuron(row) for row in rows]

    def __call__(self, x):
        return [n(x) for n in self.neurons]

    def parameters(self):
        return [q for n in self.neurons for q in n.parameters()]


class Network:
    def __init__(self, layers):
        self.layers = [Layer(rows) for rows in layers]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [q for layer in self.layers for q in layer.parameters()]


@program(V)
def an_engine_trains_a_network(x):
    net = Network([[[x[0]], [x[1]]]])
    first, second = net([1.0])
    (first * second).backward()
    for q in net.parameters():
        q.data -= 0.5 * q.grad
    return sum(q.data for q in net.parameters())


@program(V)
def an_engine_steps_a_bias_that_began_as_an_integer(x):
    net = Network([[[x[0]], [x[1]]]])
    first, second = net([1.0])
    (first * second).backward()
    for q in net.parameters():
        q.data -= 0.5 * q.grad
    return net.layers[0].neurons[0].b.data


class Node:
    """An object whose order in a set is the same in each run."""

    made = 0

    def __init__(self, key, v, parts=()):
        self.key, self.v, self.g = key, v, 0.0
        self.parts = set(parts)

    def __hash__(self):
        return self.key

    def __eq__(self, other):
        return isinstance(other, Node) and self.key == other.key


@program(V)
def objects_taken_out_of_a_set(x):
    nodes = set([Node(k, v) for k, v in enumerate(x)])
    total = 1.0
    for node in nodes:
        node.v = node.v * 2.0
        total = total * node.v + node.v
    return total + sum(node.v**2 for node in nodes)


@program(V)
def a_set_that_is_emptied(x):
    todo = set([Node(k, v) for k, v in enumerate(x)])
    total = 0.0
    while todo:
        node = todo.pop()
        total = total * 0.5 + node.v**2
        if len(todo) == 1 and node.key < 3:
            todo.add(Node(7, node.v * 3.0))
            todo.discard(Node(2, 0.0))
        if total > 50.0:
            break
    return total


@program(V)
def sets_of_objects_joined(x):
    a, b, c = (Node(k, v) for k, v in enumerate(x))
    first, second = set([a, b]), set([b, c])
    both = first & second
    for node in both:
        node.v *= 3.0
    only = first - second
    either = sorted(first | second, key=lambda node: -node.key)
    first |= second
    first ^= both
    return (
        sum(n.v * (k + 1) for k, n in enumerate(either)) + sum(n.v**2 for n in first) + sum(n.v for n in only)
    )


@program(V)
def a_graph_walked_through_sets(x):
    a = Node(0, x[0])
    b = Node(1, x[1], [a])
    c = Node(2, x[2], [a, b])
    c.g = 1.0
    seen, stack = set(), [c]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        for part in node.parts:
            part.g += node.g * node.v
            stack.append(part)
    return a.g * a.v + b.g


@program(V)
def numbers_taken_out_of_a_set(x):
    total = 0.0
    for v in sorted(set(x.tolist())):
        total = total * 2.0 + v
    return total


def step_backward(node):
    return node.v**2 + sum(step_backward(part) for part in node.parts)


def step(node):
    """A function whose derivative would be called as another function of the program is."""
    return node.v * step_backward(node) + sum(step(part) for part in node.parts)


@program(V)
def names_that_derivatives_would_have(x):
    return step(Node(2, x[2], [Node(1, x[1], [Node(0, x[0])])]))


class Recorder:
    def __init__(self):
        self.steps = []

    def tanh(self, y):
        t = math.tanh(y)

        def _backward(g):
            return g * (1.0 - t * t) * y

        def _forward(g):
            return g + t

        self.steps += [_backward, _forward]
        return t


@program(V)
def nested_functions_named_like_derivatives(x):
    recorders = [Recorder(), Recorder()]
    total = 1.0
    for recorder in recorders:
        for v in x:
            total += recorder.tanh(v)
    for recorder in recorders:
        for back in reversed(recorder.steps):
            total = back(total)
    return total
