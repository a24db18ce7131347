"""Objects that are taken out of sets, or are keys of dicts: what their numbers carry is lost there, and that is refused."""

from __future__ import annotations

import pytest

from srcad import grad, jvp
from srcad.errors import UnsupportedError


class Node:
    def __init__(self, d):
        self.d = d


def sum_over_a_set(x, y):
    a, b = (Node(x), Node(y))
    s = set()
    s.add(a)
    s.add(b)
    return sum(v.d * v.d for v in s)


def changed_in_a_loop_over_a_set(x, y):
    a, b = (Node(x), Node(y))
    s = {a, b}
    for v in s:
        v.d = v.d * x
    return a.d * b.d


def popped_from_a_set(x, y):
    a, b = (Node(x), Node(y))
    s = {a}
    s.add(b)
    t = s.pop()
    return t.d * s.pop().d


def items_of_a_dict(x, y):
    d = {Node(x): y, Node(y): x}
    return sum((k.d * v for k, v in d.items()))


def keys_of_a_dict(x, y):
    a, b = (Node(x), Node(y))
    seen = {a: 1}
    seen[b] = 2
    t = 0.0
    for k in seen:
        t += k.d * seen[k]
    return t


def extremes_of_a_set(x, y):
    s = set()
    s.add(Node(x))
    s.add(Node(y))
    return max(s, key=lambda v: v.d).d + min(s, key=lambda v: v.d).d * x


def unpacked_set(x, y):
    s = set()
    s.add(Node(x))
    (v,) = s
    return v.d * y


def first_of_a_set(x, y):
    s = set()
    s.add(Node(x))
    return next(iter(s)).d * y


def spread_set(x, y):
    s = set()
    s.add(Node(x))
    [*k] = s
    return k[0].d * y


def joined_sets(x, y):
    s = set()
    s.add(Node(x))
    r = s | {Node(y)}
    return sum(v.d for v in r) * y


def popped_item(x, y):
    d = {Node(x): y}
    k, v = d.popitem()
    return k.d * v


def list_extended_by_a_set(x, y):
    s = set()
    s.add(Node(x))
    q = []
    q.extend(s)
    q += s
    return q[0].d * y


def listed_items(x, y):
    d = {Node(x): y}
    return sum((k.d * v for k, v in list(d.items())))


def mapped_set(x, y):
    s = set()
    s.add(Node(x))
    s.add(Node(y))
    a, b = map(lambda v: v.d, s)
    return a * b


def copied_set(x, y):
    s = set()
    s.add(Node(x))
    for v in s.copy():
        s.discard(v)
        x = x * v.d
    return x


PROGRAMS = [
    sum_over_a_set,
    changed_in_a_loop_over_a_set,
    popped_from_a_set,
    items_of_a_dict,
    keys_of_a_dict,
    extremes_of_a_set,
    unpacked_set,
    first_of_a_set,
    spread_set,
    joined_sets,
    popped_item,
    list_extended_by_a_set,
    listed_items,
    mapped_set,
    copied_set,
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_objects_are_not_taken_out_of_sets_and_keys(program):
    with pytest.raises(UnsupportedError, match="lost there") as caught:
        grad(program, argnums=(0, 1))(0.4, 0.7)
    assert caught.value.location is not None
    with pytest.raises(UnsupportedError, match="lost there"):
        jvp(program, (0.4, 0.7), (1.0, 1.0))
