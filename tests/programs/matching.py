"""``match`` with every kind of pattern."""

from collections import deque
from dataclasses import dataclass
from enum import Enum

import numpy as np

from tests.programs.corpus import program


@dataclass
class Circle:
    radius: float


@dataclass
class Box:
    width: float
    height: float


@program("sin", 0.5)
@program("square", 0.5)
@program("unknown", 0.5)
def match_on_a_string(name, x):
    match name:
        case "sin" | "sine":
            y = x**3
        case "square":
            y = x * x
        case _:
            y = -x
    return y


@program(1, 0.5)
@program(2, 0.5)
@program(7, 0.5)
def match_with_returns(n, x):
    match n:
        case 1:
            return x
        case 2 | 3:
            return x * x
    return x * n


@program((0.5,))
@program((0.5, 0.7))
@program((0.5, 0.7, 0.9, 1.1))
def match_sequences(values):
    match values:
        case (x,):
            return x * x
        case (x, y):
            return x * y
        case (first, *rest):
            return first * sum(rest)
    return 0.0


@program(Circle(0.5))
@program(Box(0.5, 0.7))
def match_classes(shape):
    match shape:
        case Circle(radius=r):
            return 3.0 * r * r
        case Box(w, h):
            return w * h
    return 0.0


@program({"kind": "scale", "by": 2.0}, 0.5)
@program({"kind": "shift", "by": 2.0}, 0.5)
def match_mappings(step, x):
    match step:
        case {"kind": "scale", "by": factor}:
            return x * factor * factor
        case {"kind": "shift", "by": offset}:
            return x + offset
    return x


@program(0.5)
@program(-0.5)
def match_with_a_guard(x):
    match x:
        case v if v > 0:
            y = v * v
        case v:
            y = -3 * v
    return y


@program(("add", 0.5, ("mul", 0.7, 0.9)))
def match_nested_patterns(tree):
    match tree:
        case ("add", a, ("mul", b, c)):
            return a + b * c
        case ("add", a, b):
            return a + b
    return 0.0


@program(0.5)
def match_in_a_loop(x):
    y = x
    for i in range(6):
        match i % 3:
            case 0:
                y = y * x
            case 1:
                continue
            case _:
                y = y + x * i
    return y


@program(0.5, None)
@program(0.5, 2.0)
def match_singletons_and_types(x, option):
    match option:
        case None:
            return x
        case float() as scale:
            return x * scale
    return 0.0


@program([{"points": [1.0, 2.0, 3.0]}, {"radius": 0.5}, {"points": [0.7, 0.4]}])
def rest_of_a_sequence_in_a_mapping(shapes):
    total = 0.0
    for shape in shapes:
        match shape:
            case {"radius": radius}:
                total += radius**2
            case {"points": [first, *others]}:
                total += first * sum(other**2 for other in others)
    return total


@dataclass
class Disc:
    radius: float


@dataclass
class Box:
    width: float
    height: float


@program(0.7)
def classes_held_under_other_names_are_matched(x):
    Round, Angular = Disc, Box
    Circle = Disc
    total = 0.0
    for shape in (Disc(x), Box(x * x, x)):
        match shape:
            case Circle(radius):
                total += 3 * radius * radius
            case Box(width, height):
                total += width * height
    return total * len((Round, Angular))


@program(np.array([0.5, -1.5, 2.0, 0.7]))
def rest_of_a_sequence_used_in_a_loop_over_commands(values):
    total = 0.0
    for command in (
        ("add", values[0]),
        ["set", values[1], 3.0],
        {"by": values[2]},
        "noop",
        ("scale", values[3], 2),
    ):
        match command:
            case ["set", *rest] if len(rest) > 1:
                total = total + rest[0] ** 2 * rest[1]
            case ("add", value):
                total += value
            case ("scale", *factors):
                total *= factors[0] * factors[1]
            case {"by": by, **others}:
                total *= by + len(others)
            case str(text):
                total += len(text)
    return total


@program(np.array([0.5, -1.5, 2.0, 0.7]))
def recursion_by_patterns(values):
    def fold(items):
        match items:
            case []:
                return 0.0
            case [only]:
                return only
            case [first, *rest] if len(rest) > 1:
                return first * fold(rest) + fold(rest[1:])
            case (first, second):
                return first * second

    return fold(list(values))


@program([{"points": [1.0, 2.0, 3.0]}, {"points": [2.0, 0.5]}])
def lists_inside_of_mappings_taken_apart_under_guards(shapes):
    total = 0.0
    for shape in shapes:
        match shape:
            case {"points": [first, *others]} if len(others) > 1:
                total += first * others[0] + others[-1]
            case {"points": [first, *others]}:
                total += first * sum(others)
    return total


class Operator(Enum):
    """What an expression does with two others."""

    PLUS = "+"
    TIMES = "*"


@dataclass(frozen=True)
class Term:
    """Two expressions and what is done with them."""

    operator: Operator
    left: object
    right: object


def parsed(text, values):
    """Parse by functions that take the words of a text one after the other."""
    words = deque(text.split())

    def total():
        found = product()
        while words and words[0] == "+":
            words.popleft()
            found = Term(Operator.PLUS, found, product())
        return found

    def product():
        found = values[words.popleft()]
        while words and words[0] == "*":
            words.popleft()
            found = Term(Operator.TIMES, found, values[words.popleft()])
        return found

    return total()


def evaluated(term):
    """Return the number that an expression stands for."""
    match term:
        case Term(Operator.PLUS, left, right):
            return evaluated(left) + evaluated(right)
        case Term(Operator.TIMES, left, right):
            return evaluated(left) * evaluated(right)
        case _:
            return term


@program(0.7, 1.2)
def expression_of_members_that_is_parsed(x, y):
    return evaluated(parsed("x * y + y * y * x + x", {"x": x, "y": y}))
