"""Named tuples as the state of a computation: made, replaced, unpacked, kept in containers, with methods of their own."""

import functools
from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np

from tests.programs.corpus import program

V = np.array([0.7, -1.2, 0.4, 2.1])


class State(NamedTuple):
    position: Any
    speed: Any
    time: float = 0.0

    def energy(self, stiffness=1.0):
        return 0.5 * stiffness * np.sum(self.position**2) + 0.5 * np.sum(self.speed**2)

    @property
    def momentum(self):
        return self.speed * 2.0

    @classmethod
    def at_rest(cls, position):
        return cls(position, np.zeros_like(position))

    @staticmethod
    def tripled(value):
        return value * 3.0

    def advanced(self, dt):
        return self._replace(position=self.position + dt * self.speed, time=self.time + dt)


Pair = namedtuple("Pair", "x y", defaults=(1.0,))


class Node(NamedTuple):
    value: Any
    left: Any = None
    right: Any = None


class Counted(namedtuple("Counted", "total n")):
    __slots__ = ()

    def add(self, value):
        return Counted(self.total + value, self.n + 1)


@program(V, V * 0.3)
def a_trajectory_of_states(x, v):
    state, states = State(x, v), []
    for _ in range(4):
        state = State(
            state.position + 0.1 * state.speed,
            time=state.time + 0.1,
            speed=state.speed - 0.1 * np.sin(state.position),
        )
        states.append(state)
    return sum(s.energy(2.0) * s.time for s in states) + states[-1].momentum @ states[0].position


@program(V)
def arrays_of_a_state_changed_in_place(x):
    state = State(x.copy(), np.zeros(4))
    for i in range(3):
        state.speed[i] += state.position[i] * state.position[i + 1]
        state.position[i + 1] *= state.speed[i]
        state = state.advanced(0.5)
    return state.energy() + state.time * state.position[0]


@program(V)
def a_replaced_state_shares_its_arrays(x):
    state = State(x.copy(), np.ones(4))
    other = state._replace(time=2.0)
    other.position[1:] *= 3.0
    state.position[0] = state.position[1] * other.time
    return np.sum(state.position * other.position) + other.position[0]


@program(V)
def pairs_of_pairs(x):
    first = Pair(Pair(x[0], x[1]), Pair(x[2]))
    second = first._replace(y=first.x)
    (p, q), r = second
    return p * q * r.x + first.y.y * first.y.x**2


@program(V)
def a_loop_that_continues_and_returns(x):
    state = Pair(0.0)
    for v in x:
        if v < 0:
            state = Pair(state.x + v * v)
            continue
        state = state._replace(x=state.x * v + 1, y=state.y + v)
        if state.y > 2.0:
            return state.x * state.y
    return state.x


@program(State(V, V * 0.5))
def a_state_that_is_given(state):
    for _ in range(3):
        state = state.advanced(0.2)._replace(speed=state.speed * 0.9)
    return state.energy() + state.momentum @ state.position + state.time


@program([Pair(1.0, 2.0), Pair(0.5, -1.0)])
def pairs_in_a_list(pairs):
    total = 0.0
    for a, b in zip(pairs, pairs[1:]):
        total += (a.x - b.x) ** 2 * (a.y - b.y)
    best = max(pairs, key=lambda pair: pair.x)
    return total * best.y + sum(pair.x for pair in pairs)


@program(V)
def a_tree_of_nodes(x):
    def value_of(node):
        if node.left is None:
            return node.value * node.value
        return value_of(node.left) * value_of(node.right) + node.value

    return value_of(Node(x[0], Node(x[1]), Node(x[2], Node(x[3]), Node(x[0]))))


@program(V)
def a_scan_over_rows(x):
    def scan(step, carry, items):
        out = []
        for item in items:
            carry, y = step(carry, item)
            out.append(y)
        return carry, np.stack(out)

    def step(carry, item):
        new = carry._replace(x=carry.x * 0.5 + item, y=carry.y + carry.x * item)
        return new, new.x * new.y

    carry, ys = scan(step, Pair(1.0, 2.0), x)
    return carry.x + carry.y * np.sum(ys)


@program(V)
def a_dict_of_the_fields(x):
    state = State(x, x * 2.0)
    fields = state._asdict()
    fields["position"] = fields["position"] * 3.0
    again = State(**fields)
    return np.sum(again.position * again.speed) + len(state) + sum(np.sum(part) for part in state[:2])


@program(V)
def a_pair_or_a_tuple(x):
    pair = Pair(x[0], x[1]) if x[2] > 0 else (x[1], x[0])
    a, b = pair
    return a * a * b + pair[0]


@program(V)
def made_of_items(x):
    first, second = Pair._make(x[:2]), Pair(*x[2:])
    return first.x * second.y + first.y**2 * second.x


@program(V)
def class_and_static_methods(x):
    state = State.at_rest(x)
    state = state._replace(speed=State.tripled(state.position))
    return state.energy()


@program(V)
def pairs_in_a_dict(x):
    pairs = {"a": Pair(x[0], x[1]), "b": Pair(x[2], x[3])}
    pairs["a"] = pairs["a"]._replace(y=pairs["b"].x)
    return sum(pair.x * pair.y for pair in pairs.values())


@program(V)
def pairs_by_map_and_partial(x):
    mapped = list(map(Pair, x[:2], x[2:]))
    listed = [Pair(a, b) for a, b in zip(x, x[1:])]
    made = functools.partial(Pair, y=x[3])
    return sum(p.x * p.y for p in mapped) + sum(p.x * p.y**2 for p in listed) + made(x[0]).x * made(x[0]).y


@program(V)
def pairs_that_are_compared(x):
    first, second = Pair(x[0], x[1]), Pair(x[0], x[1])
    value = x[2] ** 2 if first == second else x[3]
    return value * first.x + (first < Pair(100.0)) * first.y


@program(V)
def a_loop_until_the_energy_is_reached(x):
    state, steps = State(x, x * 0.0 + 1.0), 0
    while state.energy() < 30 and steps < 20:
        state = State(
            position=state.position * 1.1, speed=state.speed + state.position * 0.1, time=state.time + 1
        )
        steps += 1
    return state.energy() * state.time


@program(V)
def a_replacement_that_is_caught(x):
    pair = Pair(x[0], x[1])
    try:
        pair = pair._replace(x=pair.x * 2)
        if pair.y < 0:
            raise ValueError("negative")
        pair = pair._replace(y=pair.y * 5)
    except ValueError:
        pair = pair._replace(y=pair.y**2)
    return pair.x * pair.y


@program(V)
def a_closure_over_a_pair(x):
    pair = Pair(x[0], x[1])

    def line(z):
        return pair.x * z + pair.y

    pair = pair._replace(x=x[2])
    return line(x[3]) * pair.x


@program(V)
def a_pair_as_arguments(x):
    def product(x, y):
        return x * y * y

    pair = Pair(x[0], x[1])
    return product(*pair) + product(**pair._asdict())


@program(V)
def pairs_joined_and_repeated(x):
    joined = Pair(x[0], x[1]) + (x[2],)
    return joined[0] * joined[2] * sum(joined) + (joined * 2)[3]


@program(V)
def states_of_a_generator(x):
    def states():
        pair = Pair(1.0, 1.0)
        for v in x:
            pair = Pair(pair.x * v, pair.y + v)
            yield pair

    return sum(pair.x * pair.y for pair in states())


@program(V)
def a_count_beside_a_total(x):
    counted = Counted(0.0, 0)
    for v in x:
        counted = counted.add(v * v)
    return counted.total / counted.n


@program(V)
def an_integer_field_that_counts(x):
    pair = Pair(0, x[0])
    while pair.x < 3:
        pair = Pair(pair.x + 1, pair.y * x[pair.x] + x[pair.x + 1])
    return pair.y


@program(V)
def a_field_that_is_none_at_first(x):
    best = Pair(None, 0.0)
    for v in x:
        if best.x is None or v > best.x:
            best = best._replace(x=v, y=best.y + v * v)
    return best.x * best.y


class Moments(NamedTuple):
    first: Any
    second: Any
    step: int


class Optimizer(NamedTuple):
    init: Any
    update: Any


def _adam(rate, decay=0.9):
    def init(parameters):
        zeros = {name: np.zeros_like(value) for name, value in parameters.items()}
        return Moments(zeros, dict(zeros), 0)

    def update(gradients, moments, parameters):
        step = moments.step + 1
        first = {k: decay * moments.first[k] + (1 - decay) * g for k, g in gradients.items()}
        second = {k: decay * moments.second[k] + (1 - decay) * g**2 for k, g in gradients.items()}
        scale = rate / (1 - decay**step)
        new = {k: parameters[k] - scale * first[k] / (np.sqrt(second[k]) + 0.1) for k in parameters}
        return new, Moments(first, second, step)

    return Optimizer(init, update)


@program({"w": V, "b": V * 0.5}, 0.1)
def an_optimizer_of_two_functions(parameters, rate):
    optimizer = _adam(rate)
    moments = optimizer.init(parameters)
    for _ in range(3):
        gradients = {name: 2 * value + np.cos(value) for name, value in parameters.items()}
        parameters, moments = optimizer.update(gradients, moments, parameters)
    return np.sum(parameters["w"] ** 2) + np.sum(parameters["b"] * parameters["w"])


@program(V)
def functions_in_the_fields(x):
    pair = Pair(np.sin, y=lambda v: v * x[1])
    return np.sum(pair.x(x)) * pair.y(x[0])
