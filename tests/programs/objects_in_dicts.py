"""Dicts that are filled under keys which are not written out: of objects, functions, lists, dicts and numbers."""

import dataclasses

import numpy as np

from tests.programs.corpus import program

V = np.array([0.9, -0.4, 1.3])


@dataclasses.dataclass
class Account:
    rate: float
    total: float = 0.0

    def add(self, v):
        self.total += v * self.rate


@program(V)
def accounts_by_written_names(x):
    accounts = {"a": Account(x[0]), "b": Account(x[1])}
    for name, v in zip("aba", x):
        accounts[name].add(v)
    return sum(each.total**2 for each in accounts.values())


@program(V)
def accounts_by_a_comprehension(x):
    accounts = {name: Account(v) for name, v in zip("ab", x)}
    for name, v in zip("aba", x):
        accounts[name].add(v)
    return sum(each.total**2 for each in accounts.values()) + accounts["a"].total


@program(V)
def accounts_that_are_opened_when_needed(x):
    accounts = {}
    for name, v in zip("aba", x):
        if name not in accounts:
            accounts[name] = Account(v)
        accounts[name].add(v)
    return sum(each.total**2 * (k + 1) for k, (_, each) in enumerate(accounts.items()))


@program({"a": Account(0.5), "b": Account(0.7)}, V)
def accounts_that_are_given(accounts, x):
    for name, v in zip("aba", x):
        accounts[name].add(v)
    return sum(each.total**2 for each in accounts.values())


class Bank:
    def __init__(self):
        self.accounts, self.history = {}, {}

    def put(self, name, v):
        self.accounts[name] = Account(v)
        return self

    def at(self, name):
        return self.accounts[name]

    def book(self, name, v):
        found = self.accounts.get(name)
        if found is None:
            found = self.accounts[name] = Account(v)
        found.add(v)
        self.history.setdefault(name, []).append(found.total)


@program(V)
def dicts_of_an_object(x):
    bank = Bank()
    for name, v in zip("abaca", [*x, x[0] * x[1], x[2]]):
        bank.book(name, v)
    bank.put("z", x[1])
    bank.at("z").add(x[0])
    bank.at("a").rate *= 2
    totals = sum(each.total * each.rate for each in bank.accounts.values())
    return totals + sum(sum(past) * len(past) for past in bank.history.values())


@program(V)
def dicts_that_share_their_objects(x):
    first = {}
    for i, name in enumerate("abab"):
        first.setdefault(name, Account(x[i % 3])).add(x[i - 1])
    second = dict(first)
    second["c"] = first["a"]
    third = {**first, "q": Account(x[0])}
    third["a"].rate = third["a"].rate * 3
    second["c"].add(x[2])
    del first["b"]
    return sum(each.total for each in first.values()) + second["b"].total * sum(
        each.total * each.rate for each in third.values()
    )


@program(V)
def keys_that_are_pairs(x):
    grid = {(i, j): Account(x[i] * x[j]) for i in range(3) for j in range(2)}
    for (i, j), each in grid.items():
        if i == j:
            continue
        each.add(grid[j, j].rate)
        if i == 2:
            break
    return sum(each.total * each.rate for each in grid.values())


@program(V)
def lists_of_objects_in_dicts_of_dicts(x):
    table = {"n": {}, "m": {}}
    for i, v in enumerate(x):
        table["nm"[i % 2]][i] = [Account(v), Account(v * v)]
    for name in table:
        for i in table[name]:
            for each in table[name][i]:
                each.add(x[0] * i)
    return sum(a.total * a.rate for rows in table.values() for row in rows.values() for a in row)


@program(V)
def values_of_many_kinds(x):
    held = {}
    held["s"], held["v"], held["o"], held["l"] = 2.0, x * 2, Account(x[0]), [x[1]]
    for name in ("o", "o"):
        held[name].add(x[2])
    for name in ["l"]:
        held[name].append(held["o"].total)
    return held["s"] * np.sum(held["v"]) * held["o"].total + sum(held["l"])


@program(V)
def arrays_that_change_in_a_dict(x):
    held = {}
    for i in range(3):
        held[i] = x * i
    held[1][0] = x[1]
    held["k"] = held[2]
    for i in (1, 2):
        held[i] *= 2.0
    first, last = held.pop(1), held.popitem()
    return np.sum(first) + np.sum(last[1] * held[2])


@program(V)
def records_that_hold_the_one_before(x):
    records, previous = {}, None
    for i, v in enumerate(x):
        records[i] = {"v": v, "previous": previous}
        previous = records[i]
    record, total = records[2], 1.0
    while record is not None:
        total = total * record["v"] + 1
        record = record["previous"]
    return total


def squared(v):
    return v * v


@program(V)
def functions_by_names(x):
    table = {"squared": squared, "sin": np.sin, "exp": np.exp}
    y = x[0]
    for name in ("squared", "sin", "exp", "squared"):
        y = table[name](y) * x[1]
    return y


@program(V)
def functions_and_a_lambda_by_names(x):
    table = {"sin": np.sin, "squared": squared}
    table["scaled"] = lambda v: v * x[0]
    y = x[1]
    for name in ("sin", "squared", "scaled", "sin"):
        y = table[name](y) + x[2]
    return y


@program(V)
def a_number_that_becomes_an_array(x):
    held = {0: 1.0}
    for i in range(1, 4):
        held[i] = held[i - 1] * x[i - 1] + (held[i - 2] if i - 2 in held else 0.0)
    held[2] = np.array([held[1], x[0]])
    return np.sum(held[2]) * held[3]


@program(V)
def a_place_that_is_none_at_first(x):
    held = {}
    for i in range(3):
        held[i] = x[i]
    held["c"] = None
    for name in list(held):
        if held[name] is None:
            held[name] = x[0] * 2
    return sum(held.values())


@program(V)
def attributes_of_two_kinds(x):
    accounts = {"a": Account(x[0])}
    name, total = "b", 0.0
    accounts[name] = Account(x * 1.0)
    for each in "ab":
        accounts[each].add(2.0)
        total = total + np.sum(accounts[each].total * accounts[each].rate)
    return total
