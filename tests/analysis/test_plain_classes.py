"""What a class says of a name."""

from abc import ABC

import pytest

from srcad.analysis.plain_classes import method_of_class


class Ball:
    def __init__(self, height):
        self.height = height

    @classmethod
    def at_rest(cls):
        return cls(0.0)

    @staticmethod
    def doubled(height):
        return 2.0 * height


class Ring(Ball, ABC):
    """Inherits its methods."""


class Counting(type):
    """A metaclass of one's own, which may say something else."""


class Counted(metaclass=Counting):
    @staticmethod
    def doubled(height):
        return 2.0 * height


@pytest.mark.parametrize("cls", [Ball, Ring])
@pytest.mark.parametrize("title", ["at_rest", "doubled"])
def test_static_and_class_methods_are_found_where_they_are_defined(cls, title):
    assert method_of_class(cls, title) is vars(Ball)[title]


@pytest.mark.parametrize(
    "cls, title", [(Ball, "__init__"), (Ball, "missing"), (Counted, "doubled"), (dict, "fromkeys")]
)
def test_nothing_else_is(cls, title):
    assert method_of_class(cls, title) is None
