"""Objects that containers hold, read through them, and changed afterwards under a name of their own."""

import math

from tests.programs.corpus import program


class Holder:
    def __init__(self, value):
        self.value = value
        self.items = [value]

    @property
    def total(self):
        return sum(self.items) + self.value

    def add(self, value):
        self.value += math.sin(value)


@program(0.36, 0.49)
def summed_before_the_object_changes(x, y):
    holder = Holder(x)
    holders = [holder, holder]
    total = 0.5 * sum(h.total for h in holders)
    holder.add(y)
    return total * y


@program(0.36, 0.49)
def read_in_a_loop_before_a_store(x, y):
    holder = Holder(x)
    total = 0.0
    for held in [holder, holder]:
        total = total + held.value
    holder.value += y
    return total * y


@program(0.36, 0.49)
def pair_read_before_a_store(x, y):
    holder = Holder(x)
    pair = (holder, holder)
    total = pair[0].value + pair[1].value
    holder.value = holder.value + y
    return total * y


@program(0.36, 0.49)
def values_of_a_dict_read_before_stores(x, y):
    holder = Holder(x)
    table = {"a": holder, "b": holder}
    total = sum(h.value * h.items[0] for h in table.values())
    holder.items[0] = y
    holder.value = y
    return total * y


@program(0.36, 0.49)
def object_in_an_object_read_before_changes(x, y):
    inner = Holder(x)
    outer = Holder(inner)
    total = outer.value.value * outer.value.items[0] + outer.items[0].value
    inner.add(y)
    inner.items.append(y)
    inner.items[0] += math.sin(y)
    return total * y


@program(0.36, 0.49)
def read_before_and_after_changes(x, y):
    holder = Holder(x)
    holders = [holder, Holder(y), holder]
    total = sum(h.value**2 for h in holders)
    holder.add(y)
    total += sum(h.total for h in holders) * y
    holder.value *= x
    return total + holders[2].value
