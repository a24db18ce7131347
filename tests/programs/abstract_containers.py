"""Classes that get most of their methods from the abstract classes of ``collections.abc``."""

from collections.abc import MutableMapping, MutableSequence, Sequence

import numpy as np

from tests.programs.corpus import program


class Parameters(MutableMapping):
    """A dict of numbers, which are scaled when they are read."""

    def __init__(self, scale, **start):
        self.scale, self.kept = scale, {}
        self.update(start)

    def __getitem__(self, key):
        return self.scale * self.kept[key]

    def __setitem__(self, key, value):
        self.kept[key] = value

    def __delitem__(self, key):
        del self.kept[key]

    def __iter__(self):
        return iter(self.kept)

    def __len__(self):
        return len(self.kept)


@program(1.2, 0.5)
def mapping_read_and_updated(x, y):
    p = Parameters(x, a=y, b=x * y)
    p.update({"a": y * y}, c=x)
    p["d"] = p.get("b", 0.0) + p.get("z", y)
    total = p.setdefault("e", x + y) * p.setdefault("a", 2.0) + p.pop("c")
    return (
        total + sum(v**2 for v in p.values()) + sum(v * len(k) for k, v in p.items()) + (x if "c" in p else y)
    )


@program(1.2, 0.5)
def mapping_made_a_dict(x, y):
    p = Parameters(x, a=y, b=x * y)
    plain, more = dict(p), dict(p, c=y)
    together = {**p, "d": x}
    return plain["a"] * more["b"] * more["c"] + together["b"] * together["d"]


class Scaled(Sequence):
    """The items of a list, times a number."""

    def __init__(self, items, scale):
        self.items, self.scale = items, scale

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index] * self.scale


@program(np.array([1.2, 0.5, 0.7]), 1.3)
def sequence_run_through(x, k):
    s = Scaled(x, k)
    first, *_, last = s
    total = sum(v * v for v in s) + max(s) * s[-1] + sum(reversed(s)) * first
    for i, v in enumerate(s):
        total += i * v * last
    return total


class Stack(MutableSequence):
    """A list behind five methods."""

    def __init__(self, *items):
        self.items = list(items)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        self.items[index] = value

    def __delitem__(self, index):
        del self.items[index]

    def insert(self, index, value):
        self.items.insert(index, value)


@program(1.2, 0.5)
def sequence_that_changes(x, y):
    s = Stack(x, y)
    s.append(x * y)
    s.extend([y, x])
    s += [x**2]
    last = s.pop()
    s.reverse()
    return last * sum(v * (i + 1) for i, v in enumerate(s))
