"""Lists that a function found at run time gathers and returns: what is in them is changed afterwards."""

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
