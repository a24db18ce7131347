"""Lists that functions found at run time gather, return and change: what is in them is changed afterwards, or read."""

import numpy as np

from tests.programs.corpus import program


def gathered(parts):
    return [part for part in parts]  # noqa: C416


def copied(*parts):
    return [list(part) for part in parts]


def indexed(parts):
    kept = [None] * len(parts)
    for i, part in enumerate(parts):
        kept[i] = part
    return kept


def extended(parts):
    kept = []
    kept.extend(parts[:1])
    kept += parts[1:]
    return kept


def named(parts):
    kept = {}
    for i, part in enumerate(parts):
        kept[i] = part
    return kept


class Holder:
    def __init__(self):
        self.parts = [np.ones(2), np.arange(2.0)]

    def step(self, rates, scale):
        for part, rate in zip(self.parts, rates, strict=True):
            part -= scale * rate


def energy(parts):
    return np.sum(parts[0] ** 3) + np.sum(parts[1] ** 2)


@program(0.3)
def arrays_changed_in_gathered_lists(r):
    parts = [np.ones(2), np.arange(2.0)]
    for gather in (gathered, indexed, extended, named):
        kept = gather([parts, parts])
        kept[0][0] -= r * r
        kept = gather(parts)
        kept[1] *= r
    return energy(parts)


@program(0.3)
def arrays_changed_through_copied_lists(r):
    parts = [np.ones(2), np.arange(2.0)]
    columns = [copied][0](parts, [r, 2 * r])
    for part, rate in zip(*columns, strict=True):
        part -= r * rate
    return energy(parts)


@program(0.3)
def arrays_changed_through_zipped_lists(r):
    columns = [[np.ones(2), np.arange(2.0)], [r, 2 * r]]
    for part, rate in zip(*columns, strict=True):
        part -= r * rate
    return energy(columns[0])


@program(0.3)
def parameters_of_an_object_changed_through_zip(r):
    holder = Holder()
    holder.step([r, 2 * r], r)
    return energy(holder.parts)


def added_to_each(parts, amount):
    for part in parts:
        part += amount


def scaled(holder, factor):
    holder.parts[1] *= factor


OPERATIONS = {"add": added_to_each}


@program(0.3)
def arrays_read_before_a_call_at_run_time_changes_them(y):
    parts = [np.array([0.7, 1.0, y]), np.ones(3)]
    np.multiply(parts[0], y, out=parts[1])
    [added_to_each][0](parts, 0.7)
    return energy(parts)


@program(0.3)
def object_read_before_a_call_at_run_time_changes_it(y):
    holder = Holder()
    total = np.sum(holder.parts[1] ** 2) * y
    [scaled][0](holder, y + 1.0)
    return total * np.sum(holder.parts[1] ** 2)


@program(0.3)
def object_passed_beside_a_global_table_of_functions(y):
    holder = Holder()
    operations = OPERATIONS

    def step(holder):
        operations["add"](holder.parts, y)
        holder.parts[0] = holder.parts[0] * y

    for _ in range(2):
        [step][0](holder)
    return energy(holder.parts)
