"""Functions that give iterators: each function that another one calls is looked at once."""

from __future__ import annotations

from srcad.frontend import late_results


def split(points, depth=0):
    if not points:
        return None
    half = len(points) // 2
    return (
        points[half],
        split(points[:half], depth + 1),
        split(points[half:], depth + 1),
        split(points[1:], depth + 1),
    )


def odd(points):
    return [even(points[1:]), even(points[2:]), even(points[3:])] if points else split(points)


def even(points):
    return [odd(points[1:]), odd(points[2:]), odd(points[3:])] if points else doubled(points)


def doubled(points):
    return (2.0 * point for point in points)


def test_functions_that_call_themselves_are_read_once(monkeypatch):
    looked_at = []
    read = late_results._tree_of
    monkeypatch.setattr(
        late_results, "_tree_of", lambda function: looked_at.append(function) or read(function)
    )
    assert not late_results.gives_late(split)
    assert looked_at == [split]


def test_functions_that_call_each_other_are_followed_to_the_end():
    assert late_results.gives_late(odd) and late_results.gives_late(even)


class Descent:
    def __init__(self, tokens):
        self.tokens = tokens

    def total(self):
        value = self.factor()
        while self.tokens and self.tokens[0] == "+":
            self.tokens.pop(0)
            value = value + self.factor()
        return value

    def factor(self):
        token = self.tokens.pop(0)
        if token == "(":
            value = self.total()
            self.tokens.pop(0)
            return value
        return token


def test_methods_of_one_object_that_call_each_other_are_followed_to_the_end():
    assert not late_results.gives_late(Descent.total, Descent([1.0, "+", 2.0]))
