"""Arrays made of lists whose items are not known when compiling, and changed by methods."""

import math

import numpy as np

from tests.programs.corpus import program


def recording(values, total):
    """Return a function that appends a total; what it has captured has no kind before the program runs."""
    held = values

    def step():
        nonlocal total, held
        held.append(total)

    return step


@program(-0.45, 0.79)
def filled_after_a_closure_recorded_it(x, y):
    a = np.array([x, y])
    values = [x]
    recording(values, 0.5 * np.sum(a * a))()
    a.fill(math.sin(x))
    return values[-1] * a[-1] + a[0] ** 2


@program(-0.45, 0.79)
def sorted_after_a_closure_recorded_it(x, y):
    a = np.array([y, x])
    values = [x]
    recording(values, 0.5 * np.sum(a * a))()
    a.sort()
    return values[-1] * a[-1] + a[0] ** 2


@program(-0.45, 0.79)
def put_after_a_closure_recorded_it(x, y):
    a = np.array([x, y])
    values = [x]
    recording(values, 0.5 * np.sum(a * a))()
    a.put([0], [x * y])
    return values[-1] * a[-1] + a[0] ** 2


@program(-0.45, 0.79)
def added_by_a_special_method(x, y):
    a = np.array([x, y])
    values = [x]
    recording(values, 0.5 * np.sum(a * a))()
    a.__iadd__(x)
    return values[-1] * a[-1] + a[0] ** 2


@program(-0.45, 0.79)
def part_filled_after_a_closure_recorded_it(x, y):
    def step():
        nonlocal total, held
        held.append(total)

    a = np.array([x, y])
    values = [x]
    total, held = 0.5 * np.sum(a * a), values
    step()
    a[1:].fill(x * y)
    return values[-1] * a[-1] + a[0] ** 2
