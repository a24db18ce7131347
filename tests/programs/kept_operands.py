"""What operators keep: arrays put into lists and objects by ``+=`` and by operators of one's own, changed afterwards."""

from __future__ import annotations

import collections

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7, 0.9])
M = np.array([[0.5, 1.0, 0.7, -1.3], [0.9, -0.6, 1.1, 0.8], [1.2, 0.4, -1.5, 0.3]])


class Bag:
    """Holds things; its operators put things into it, or make a bag of the things of two."""

    def __init__(self, items):
        self.items = items

    def __add__(self, other):
        return Bag(self.items + other.items)

    def __or__(self, thing):
        made = Bag([])
        made.items = [*self.items, thing]
        return made

    def __lshift__(self, thing):
        self.items.append(thing)
        return self

    def __ixor__(self, thing):
        self.items.append(thing)
        return self

    def __neg__(self):
        return self.items[0]


@program(M, X)
def a_view_added_to_a_list_that_a_dict_makes(m, x):
    groups = collections.defaultdict(list)
    groups["a"] += [m[1]]
    groups["b"] += [m[0], m[2, ::-1]]
    m *= x
    return np.sum(m) + np.dot(groups["a"][0], x) + np.sum(groups["b"][1] * groups["a"][0])


@program(M, X)
def views_added_to_lists_found_in_a_dict(m, x):
    groups = {"a": [], "b": ()}
    for key in groups:
        groups[key] += (m[1],)
    m *= x
    groups["b"][0][1:] *= 2.0
    return np.sum(m * m) + np.dot(groups["a"][0], x)


@program(M, X)
def views_added_to_a_deque_found_in_a_dict(m, x):
    latest = {"rows": collections.deque([m[0]], maxlen=3)}
    latest["rows"] += [m[1]]
    latest["rows"] += (m[2], x[::-1])
    m *= x
    latest["rows"][0][1] = x[0]
    repeated = {"rows": collections.deque([x[0], x[1]], 3)}
    repeated["rows"] *= 2
    return np.sum(m) + np.dot(latest["rows"][0], latest["rows"][1]) + sum(repeated["rows"]) * x[2]


@program(M, X)
def a_bag_of_the_things_of_two(m, x):
    bags = [Bag([m[0]]), Bag([m[1]])]
    both = bags[0] + bags[1]
    m *= x
    both.items[0][0] *= x[1]
    return np.sum(m * m) + np.dot(both.items[0], x) + np.sum(both.items[1])


@program(M, X)
def a_view_in_a_new_bag(m, x):
    bags = [Bag([]), Bag([m[1]])]
    made = bags[1] | m[0]
    m *= x
    made.items[-1][1] = x[0]
    return np.sum(m * m) + np.dot(made.items[0], x) + np.sum(made.items[1])


@program(M, X)
def views_pushed_by_an_operator_whose_result_is_not_used(m, x):
    bags = [Bag([]), Bag([m[1]])]
    bags[0] << m[0] << m[2]
    m *= x
    return np.sum(m * m) + np.dot(bags[0].items[0], x) + np.sum(bags[0].items[1] ** 2)


@program(M, X)
def a_view_pushed_by_an_update(m, x):
    bags = {"first": Bag([])}
    bags["first"] ^= m[0]
    m *= x
    return np.sum(m * m) + np.dot(bags["first"].items[0], x)


@program(M, X)
def a_view_that_an_operator_gives(m, x):
    bags = [Bag([m[0]]), Bag([m[1]])]
    view = -bags[1]
    m *= x
    view *= x
    return np.sum(m * m) + np.dot(bags[1].items[0], x)
