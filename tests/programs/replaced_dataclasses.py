"""Dataclasses as states that are replaced and never changed, and what `dataclasses.replace` means for other ones."""

import dataclasses
from dataclasses import InitVar, dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from tests.programs.corpus import program

V = np.array([0.7, -1.2, 0.4, 2.1])


@dataclass(frozen=True)
class State:
    position: Any
    speed: Any
    time: float = 0.0
    gravity: ClassVar[float] = 9.81

    def stepped(self, dt):
        speed = self.speed - dt * np.sin(self.position)
        return replace(self, position=self.position + dt * speed, speed=speed, time=self.time + dt)

    def energy(self):
        return 0.5 * np.sum(self.speed**2) - np.sum(np.cos(self.position)) + self.gravity * self.time


@dataclass(frozen=True)
class Particle:
    state: State
    mass: float

    def moved(self, dt):
        return replace(self, state=self.state.stepped(dt), mass=self.mass * 0.9)


@dataclass
class Mutable:
    values: Any
    count: int = 0
    seen: list = field(default_factory=list)

    def add(self, value):
        self.values += value
        self.seen.append(value)
        self.count += 1


@dataclass
class Checked:
    low: float
    high: float
    width: float = field(init=False)

    def __post_init__(self):
        self.width = self.high - self.low


@dataclass
class Scaled:
    value: float
    factor: InitVar[float] = 2.0

    def __post_init__(self, factor):
        self.value = self.value * factor


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Coloured(Point):
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Slotted:
    x: float
    y: float


@program(V, V * 0.3)
def a_state_stepped_in_a_loop(x, v):
    state = State(x, v)
    for _ in range(4):
        state = state.stepped(0.1)
    return state.energy() * state.time


@program(State(V, V * 0.3))
def a_given_state_stepped(state):
    for _ in range(3):
        state = state.stepped(0.2)
    return state.energy() * state.time


@program(V)
def states_kept_in_a_list(x):
    states = [State(x, x * 0.5)]
    while len(states) < 4:
        states.append(replace(states[-1], position=states[-1].position * 0.9, time=states[-1].time + 1.0))
    return sum(s.energy() * s.time for s in states)


@program(V)
def a_state_inside_of_a_particle(x):
    particle = Particle(State(x, x * 0.0), 2.0)
    for _ in range(3):
        particle = particle.moved(0.1)
    return particle.mass * particle.state.energy()


@program(V)
def a_replaced_object_shares_its_parts(x):
    first = Mutable(x.copy())
    first.add(1.0)
    second = replace(first, count=5)
    second.add(x[0])
    first.values[1] *= 3.0
    return np.sum(first.values * second.values) * second.count * len(first.seen) + first.count


@program(V)
def what_is_made_after_the_fields_is_made_again(x):
    first = Checked(x[0], x[3])
    second = replace(first, high=x[2] * 2.0)
    return first.width * second.width + second.low


@program(V)
def a_field_that_is_given_to_the_initializer_only(x):
    first = Scaled(x[0], 3.0)
    second = replace(first, factor=x[1])
    return first.value * second.value


@program(V)
def one_of_two_classes(x):
    points = [Point(x[0], x[1]), Coloured(x[2], x[3], 2.0)]
    moved = [replace(p, x=p.x * p.y) for p in points]
    return sum(p.x + p.y for p in moved) * moved[1].weight


@program(V)
def options_for_the_fields(x):
    changes = {"x": x[0] ** 2}
    return replace(Point(x[1], x[2]), **changes).x * replace(Point(x[1], x[2]), **changes).y


@program(V)
def slots(x):
    first = Slotted(x[0], x[1])
    for k in range(3):
        first = replace(first, y=first.x * first.y + x[k])
    return first.x * first.y


@program(V)
def by_the_name_of_the_module(x):
    point = Point(x[0], x[1])
    point = dataclasses.replace(point, x=point.y, y=point.x)
    return point.x**2 * point.y


@program(V)
def stopped_early(x):
    point = Coloured(1.0, 0.0)
    for v in x:
        if v < 0:
            continue
        point = replace(point, x=point.x * v, weight=point.weight + v)
        if point.weight > 2.0:
            return point.x * point.weight
    return point.x
