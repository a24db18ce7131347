"""What objects and containers hold when a derivative is taken of them gets its gradient, whatever they hold later."""

from __future__ import annotations

import numpy as np
import pytest

import srcad

X = np.array([0.3, 0.7, 1.1])


class Layer:
    def __init__(self, w):
        self.w = w

    def loss(self, x):
        return np.sum(np.tanh(self.w * x))


class Model:
    def __init__(self, layers):
        self.layers = layers


def loss(layer, x):
    return np.sum(np.tanh(layer.w * x))


def of_a_list(items, x):
    return np.sum(np.tanh(items[0] * x))


def of_a_dict(params, x):
    return np.sum(np.tanh(params["w"] * x)) * params["k"]


def of_layers(model, x):
    for layer in model.layers:
        x = np.tanh(x * layer.w)
    return np.sum(x)


@srcad.custom_vjp
def cubes(layer):
    return np.sum(layer.w**3)


@cubes.backward
def cubes_backward(ans, g, layer):
    return Layer(3 * g * layer.w**2)


@srcad.custom_vjp
def pairing(items):
    return np.sum(items[0] ** 2 * items[1])


@pairing.backward
def pairing_backward(ans, g, items):
    return [2 * g * items[0] * items[1], g * items[0] ** 2]


@srcad.checkpoint
def checkpointed(items, x):
    return np.sum(np.tanh(items[0] * x))


def gradient_of_an_object(w, x):
    layer = Layer(w)
    gradient = srcad.grad(loss)(layer, x)
    layer.w = layer.w * 2
    return np.sum(gradient.w**2)


def gradient_of_a_method(w, x):
    layer = Layer(w)
    for _ in range(2):
        slope = srcad.grad(layer.loss)(x)
        layer.w = layer.w - 0.1 * slope
        gradient = srcad.grad(Layer.loss)(layer, x)
        layer.w = layer.w - 0.2 * gradient.w
    return layer.loss(x)


def gradient_of_an_argument(w, x):
    def inner(layer):
        gradient = srcad.grad(loss)(layer, x)
        layer.w = layer.w * 2
        return np.sum(gradient.w**2)

    return inner(Layer(w)) + inner(Layer(w * w))


def gradient_of_a_list(w, x):
    items = [w]
    for _ in range(3):
        gradient = srcad.grad(of_a_list)(items, x)
        items[0] = items[0] - 0.1 * gradient[0]
    return np.sum(items[0] ** 2)


def gradient_of_a_dict(w, x):
    params = {"w": w * 1, "k": 2.0}
    for _ in range(3):
        gradient = srcad.grad(of_a_dict)(params, x)
        for key in params:
            params[key] = params[key] - 0.1 * gradient[key]
    return np.sum(params["w"]) * params["k"]


def descent_of_a_network(w, x):
    model = Model([Layer(w), Layer(w * 2)])
    for _ in range(2):
        value, gradient = srcad.value_and_grad(of_layers)(model, x)
        for layer, part in zip(model.layers, gradient.layers):
            layer.w = layer.w - 0.1 * value * part.w
    return of_layers(model, x)


def slopes_of_an_object(w, x):
    layer = Layer(w)
    slopes = srcad.elementwise_grad(loss)(layer, x)
    layer.w = layer.w * 2
    return np.sum(slopes.w**2)


def product_of_an_object(w, x):
    layer = Layer(w)
    product = srcad.hvp(loss)(layer, x, layer)
    layer.w = layer.w * 2
    return np.sum(product.w**2)


def pullback_of_an_object(w, x):
    layer = Layer(w)
    value, pullback = srcad.vjp(loss, layer, x)
    layer.w = layer.w * 2
    return np.sum(pullback(value)[0].w ** 2)


def rule_for_an_object(w, x):
    layer = Layer(w * 1)
    total = cubes(layer)
    layer.w = layer.w * 2
    total = total + cubes(layer)
    layer.w[1] = 7.0
    return total + cubes(layer)


def rule_for_an_object_in_a_loop(w, x):
    layer, total = Layer(w), 0.0
    for _ in range(3):
        total = total + cubes(layer)
        layer.w = layer.w * 1.5
    return total


def rule_for_a_list(w, x):
    items = [w * 1, x * 1]
    total = pairing(items)
    items[0][1] = 5.0
    total = total + pairing(items)
    items[0] = items[1] * w
    return total + pairing(items)


def rule_for_a_list_of_an_object(w, x):
    model = Model([w * 1, x * 1])
    total = pairing(model.layers)
    model.layers[0] = w * 5
    model.layers[1][0] = 2.0
    return total + pairing(model.layers)


def checkpoint_of_a_list(w, x):
    items = [w]
    total = checkpointed(items, x)
    items.append(w)
    items[0] = items[1] * 2
    return total + checkpointed(items, x)


PROGRAMS = [
    gradient_of_an_object, gradient_of_a_method, gradient_of_an_argument, gradient_of_a_list, gradient_of_a_dict,
    descent_of_a_network, slopes_of_an_object, product_of_an_object, pullback_of_an_object, rule_for_an_object,
    rule_for_an_object_in_a_loop, rule_for_a_list, rule_for_a_list_of_an_object, checkpoint_of_a_list,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_gradient_is_that_of_difference_quotients(program):
    srcad.check_grads(program, (X, 2 * X))


def test_second_order():
    srcad.check_grads(rule_for_an_object, (X, 2 * X), order=2)
    srcad.check_grads(gradient_of_an_object, (X, 2 * X), argnums=0, order=2)
