"""Sets, text, counters and the keys of dicts, which decide what is computed, beside numbers that have a derivative."""

import heapq
from collections import Counter

import numpy as np

from tests.programs.corpus import program

WEIGHTS = {"alpha": 0.2, "beta": 1.4, "gamma_decay": 0.9}


@program(WEIGHTS)
def names_seen_in_sets(weights):
    seen, total = set(), 0.0
    for name, value in weights.items():
        prefix, _, suffix = name.partition("_")
        if prefix not in seen and not suffix:
            total += value**2
        seen.add(prefix)
        total += len(seen | {"alpha", "delta"}) * value + len(seen - {"alpha"}) * value**3
        seen |= {name + "_"}
        seen -= {"beta"}
    return total + len(seen & {"alpha", "beta_"}) * weights["alpha"] ** 2 + len(seen ^ {"alpha"}) * total**2


@program(WEIGHTS)
def initials_in_a_set_comprehension(weights):
    squares = {name: value**2 for name, value in weights.items()}
    best = max(squares, key=squares.get)
    return sum(squares.values()) + squares[best] * len({name[0] for name in squares})


@program(WEIGHTS)
def keys_as_a_set(weights):
    names, total = weights.keys(), 0.0
    for name in sorted(names & {"alpha", "beta", "other"}):
        total += weights[name] ** 2
    for name in names - {"alpha"}:
        total *= weights[name]
    first, *others = names
    if "alpha" in names and len(names) > 1:
        total += weights[first] ** 3 * len(others)
    cubes = {name: weights[name] ** 3 for name in names}
    return total + sum(cubes[name] for name in reversed(cubes.keys())) + cubes[list(cubes.keys())[0]]


@program(WEIGHTS)
def text_formatted_and_repeated(weights):
    total, bits = 0.0, 3
    for name, value in weights.items():
        bits = bits << 1 | 1
        text = "%s=%d" % (name, bits)  # noqa: UP031
        text += "!" * len(name)
        text = 2 * text + f"{value > 1.0}"
        total += value**2 * (len(text) & 7)
    return total


@program({"a": 2.0, "b": 0.5}, "abracadabra")
def letters_counted(weights, text):
    counts = Counter(text)
    counts.update("bb")
    for part in text.split("c"):
        counts[part[0]] += 1
    total = 0.0
    for letter, count in counts.most_common(3):
        total += weights.get(letter, 0.1) * count**2
    return total**2 * sum(counts.values()) + (counts + Counter("ab"))["a"]


@program([np.float64(1.5), np.float64(0.5)], np.float64(2.0))
def numbers_of_numpy_read_by_their_methods(numbers, factor):
    total = 0.0
    for number in numbers:
        total += number.item() * factor.tolist() * number.astype(float).item()
    for number in np.array(numbers) * factor:
        total += number.item() ** 3
    return total


@program(np.array(0.8), np.array(1.9))
def number_without_axes_read_after_a_loop(a, b):
    out = a * b
    for _ in range(3):
        out = np.sqrt(out) + a if out > 1.0 else out * b
    return out.item() * float(a)


@program(np.array([0.5, -1.5, 2.0, 0.7]))
def sets_made_of_lists_of_names(values):
    names = [f"p{i:02d}" for i in range(4)]
    by_name = dict(zip(names, values))
    some = set(names) & {"p01", "p03"} | {"p00"}
    places = frozenset([i for i in range(4)]) | set([len(names), 1])  # noqa: C405, C416
    return sum(by_name[name] for name in sorted(some)) * len(places) * values[0]


@program(np.array([0.5, 1.25, 0.75, 2.0]))
def numbers_that_a_set_is_asked_for(x):
    seen, total = set(), 0.0
    for v in x:
        if v in seen:
            continue
        seen.add(v)
        total += v * v
    return total * len(seen) + (x[1] if x[1] in {1.0, x[2]} else x[0])


@program(np.array([0.5, 1.25, 0.75, 1.7]))
def numbers_as_keys_of_a_memo(x):
    memo = {}

    def halved(v):
        if v not in memo:
            memo[v] = v * v if v < 1 else halved(v / 2) * v
        return memo[v]

    squares = {v: v * v for v in x}
    return halved(x[1]) + halved(x[3]) + sum(squares[k] for k in squares)


ROADS = {"a": [("b", 0), ("c", 1)], "b": [("d", 2)], "c": [("d", 3)], "d": []}


@program(np.array([0.5, 1.25, 0.75, 1.7]))
def shortest_paths(x):
    distances, done, heap = {"a": 0.0}, set(), [(0.0, "a")]
    while heap:
        distance, place = heapq.heappop(heap)
        if place in done:
            continue
        done.add(place)
        for other, road in ROADS[place]:
            further = distance + x[road] ** 2
            if other not in distances or further < distances[other]:
                distances[other] = further
                heapq.heappush(heap, (further, other))
    return sum(v * len(k) for k, v in distances.items()) + len("".join(sorted(done))) * x[0]


@program(np.array([0.5, 1.25, 0.75, 1.7]))
def keys_that_are_tuples_popped(x):
    table, total = {}, 0.0
    for i, v in enumerate(x):
        table[i, "k"] = v * v
    while table:
        key, value = table.popitem()
        total += value * (key[0] + 1)
    return total


class Node:
    def __init__(self, weight):
        self.weight = weight
        self.others = []


@program(0.4, 0.7)
def objects_asked_for_in_sets_and_dicts(x, y):
    first, second = Node(x), Node(y)
    first.others.append(second)
    shares = {first: y, second: x}
    ordered, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for other in node.others:
                visit(other)
            ordered.append(node)

    visit(second)
    visit(first)
    total = sum(node.weight**2 * shares[node] for node in ordered)
    return total * len(seen) + sum(shares.values())
