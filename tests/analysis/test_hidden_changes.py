"""A comparison, a length or a truth that changes its instance is refused at the store; counting is not."""

import pytest

from srcad import grad, jvp
from srcad.errors import UnsupportedError


class Comparing:
    def __init__(self, total):
        self.total = total

    def __lt__(self, other):
        self.total *= 2
        return True


class Measured:
    def __init__(self, total):
        self.total, self.items = total, []

    def __len__(self):
        self.items.append(self.total)
        return 1


class True_:
    def __init__(self, total):
        self.total = total

    def __bool__(self):
        self.total = 0.0
        return True


class Counting:
    def __init__(self, total):
        self.total, self.asked = total, 0

    def __lt__(self, other):
        self.asked += 1
        least = [None]
        least[0] = self.total
        return least[0] < other


def made_inside(x, cls):
    made = [cls(x), cls(2 * x)]
    chosen = [m for m in made if m]
    return sum(m.total for m in chosen)


def given(made):
    return made.total * made.total


@pytest.mark.parametrize(
    ("cls", "store"),
    [
        (Comparing, "self.total *= 2"),
        (Measured, "self.items.append(self.total)"),
        (True_, "self.total = 0.0"),
    ],
)
def test_a_store_in_an_answer_is_refused_at_its_line(cls, store):
    for derive in (
        lambda: grad(made_inside)(1.5, cls),
        lambda: jvp(lambda x: made_inside(x, cls), (1.5,), (1.0,)),
        lambda: grad(given)(cls(1.5)),
    ):
        with pytest.raises(UnsupportedError, match="changes something") as caught:
            derive()
        assert store in str(caught.value)


def test_counting_comparisons_are_not_refused():
    def smallest(x):
        made = [Counting(x), Counting(2 * x)]
        return sum(m.total for m in made if m < 2.0)

    assert grad(smallest)(1.5) == 1.0
