"""Classes that extend lists, and methods of lists, dicts and arrays that are named by their class."""

import collections
import enum

import numpy as np

from tests.programs.corpus import program


class Stack(list):
    def push(self, value):
        self.append(value)
        return self

    @property
    def top(self):
        return self[-1]


class Polynomial(list):
    def __call__(self, x):
        value = 0.0
        for coefficient in reversed(self):
            value = value * x + coefficient
        return value

    def slope(self):
        return Polynomial([k * c for k, c in enumerate(self)][1:])


class Weighted(list):
    def __init__(self, count):
        super().__init__()
        self.count = count
        super().append(1.0)

    def put(self, value):
        self.count += 1
        self.append(value * self.count)
        return self


POINTS = np.array([0.3, -1.2, 0.7, 2.0])


@program(POINTS)
def stack_made_empty(x):
    stack = Stack()
    for value in x:
        stack.push(value * 2).push(1.0)
    stack[-1] = stack.top + stack[0]
    return sum(stack) * stack.pop()


@program(POINTS)
def stacks_in_a_list(x):
    stacks = [Stack(), Stack([x[0], x[1]])]
    for position, value in enumerate(x):
        stacks[position % 2].push(value)
    return sum(stacks[0]) * stacks[1].top + sum(stacks[1])


@program(POINTS)
def polynomial_of_the_entries(x):
    p = Polynomial(x)
    p[1] = x[3]
    p.append(x[0])
    return p(0.5) * p.slope()(x[1]) + p(x[0])


@program(POINTS)
def list_with_a_counter_beside_its_items(x):
    kept = Weighted(2)
    kept.put(x[0]).put(x[1])
    kept[0] *= x[2]
    return sum(kept) * kept[0] * kept[2]


@program(POINTS)
def methods_named_by_their_class(x):
    items, table, values = [], {}, x * 2
    list.append(items, x[0] * x[1])
    list.extend(items, [x[2]])
    dict.update(table, a=x[3])
    np.ndarray.sort(values)
    np.ndarray.fill(values[:1], x[0])
    return sum(items) * table["a"] + np.sum(values * np.arange(4.0) * x)


@program(POINTS)
def value_of_append_in_a_condition(x):
    grown = []
    found = [grown.append(value * 2) or value for value in x]
    table = {position: value for position, value in enumerate(found)}
    table[0] *= x[0]
    return sum(grown) + sum(found) + table[0]


@program(POINTS)
def layout_of_an_array_beside_its_numbers(x):
    table = x.reshape(2, 2).copy()
    table[0] *= table.nbytes + table.itemsize + table.strides[0]
    for part in [table, table[0]]:
        part *= part.nbytes / part.itemsize / part.strides[-1]
    return np.sum(table**2)


@program({1.5: 0.4, 2.5: 0.6}, 0.3)
def deques_and_lists_extended_by_the_keys_of_a_dict(d, k):
    queue = collections.deque([k])
    queue.extend(d)
    queue.extendleft(d)
    queue += d

    def grown(items):
        items += d
        items.extend(d)
        items.extend(range(2))
        items.extend({1.0})
        items.extend(v * k for v in d.values())
        return items

    listed, short = grown([k]), grown(collections.deque([k], maxlen=3))
    total = sum(queue) * k + queue[1] * k * queue[-1] + listed[1] * k * listed[3]
    return total + sum(listed) * k + short[0] * k + sum(short) * d[1.5]


@program(0.4, 0.3)
def bounded_deques_extended_by_generators(x, k):
    queue = collections.deque([k], maxlen=4)
    items = [x]
    for i in range(3):
        queue += (v * x for v in (x, k))
        queue.extendleft({"a": x, "b": k}.values())
        queue.extend(range(i))
        items += queue
    queue += items
    return sum(queue) * k + sum(items[:-2]) * x


class Operation(enum.Enum):
    ADD = "+"
    MULTIPLY = "*"

    def apply(self, a, b):
        return a + b if self is Operation.ADD else a * b


@program(0.4, 0.6)
def what_has_no_derivative_spread_beside_numbers(k, y):
    total = k
    for operation in (Operation.MULTIPLY, *Operation):
        total = operation.apply(total, k)
    for item in (k, *(y, k), y, *"ab", *range(2)):
        total = total + (y if item in ("a", "b") else item * k)
    return total


@program(0.4)
def members_of_an_enumeration(k):
    total = k
    for _, operation in Operation.__members__.items():
        total = operation.apply(total, k)
    for operation in Operation.__members__.values():
        total = operation.apply(total, k)
    return total + Operation.__members__["ADD"].apply(total, k)
