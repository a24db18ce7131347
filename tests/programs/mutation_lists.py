"""Lists and dicts that change: items, slices, methods, nesting, and the arrays they hold."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7, 0.9])
Y = np.array([0.8, -0.5, 0.6, 1.1])


@program(0.5, 0.8)
def item_assigned(x, y):
    values = [x, y, x * y]
    values[1] = values[0] * values[2]
    values[-1] += values[1]
    values[0] *= 2.0
    return values[0] * values[1] + values[2]


@program([0.5, 0.8, -0.3])
def item_of_an_argument_assigned(values):
    values[0] = values[1] * values[2]
    values[2] -= values[0]
    return values[0] * values[2] + values[1]


@program(0.5, 0.8)
def append_and_extend(x, y):
    values = []
    values.append(x)
    values.extend([y, x * y])
    values.extend(v * v for v in (x, y))
    return sum(values) * values[3]


@program(0.5, 0.8)
def insert(x, y):
    values = [x, y]
    values.insert(0, x * y)
    values.insert(-1, y * y)
    return values[0] * values[1] + values[2] * values[3]


@program(0.5, 0.8)
def pop(x, y):
    values = [x, y, x * y, y * y]
    last = values.pop()
    first = values.pop(0)
    second = values.pop(-2)
    return last * first + second * values[0] * len(values)


@program(0.5, 0.8)
def delete(x, y):
    values = [x, y, x * y, y * y, x * x]
    del values[1]
    del values[2:]
    return values[0] * values[1] * len(values)


@program(0.5, 0.8)
def slice_assigned(x, y):
    values = [x, y, x * y, y * y]
    values[1:3] = [x * x, x, y + x]
    values[:1] = []
    values[::2] = [y, x]
    return sum(v * v for v in values) * values[0]


@program(0.5, 0.8)
def list_extended_by_an_operator(x, y):
    values = [x]
    same = values
    values += [y, x * y]
    values *= 2
    return same[1] * same[5] * len(same)


@program(0.5, 0.8)
def list_joined_is_new(x, y):
    values = [x]
    other = values
    values = values + [y]
    values[0] = y * y
    return other[0] * values[0] * len(other)


@program(0.5, 0.8)
def reverse_and_clear(x, y):
    values = [x, y, x * y]
    values.reverse()
    first = values[0] * values[2]
    values.clear()
    values.append(first)
    return values[0] * x


@program([0.5, -0.8, 0.3])
def sort(values):
    values.sort()
    first = values[0]
    values.sort(key=abs, reverse=True)
    return first * values[1] + 2.0 * values[0]


@program([0.5, 0.8, -0.3])
def swap_of_items(values):
    values[0], values[2] = values[2], values[0] * values[1]
    return values[0] * values[0] * values[2]


@program(0.5, 0.8)
def alias_of_a_list(x, y):
    values = [x, y]
    same = values
    copied = list(values)
    same[0] = x * y
    values.append(y)
    return values[0] * same[2] + copied[0] * len(copied)


@program(0.5, 0.8)
def nested_lists(x, y):
    table = [[x, y], [y, x * y]]
    row = table[1]
    row[0] = x * x
    table[0][1] *= row[1]
    table.append(row)
    table[2][1] = y
    return sum(v * v for row in table for v in row)


@program(0.5, 0.8)
def one_list_repeated(x, y):
    table = [[x, y]] * 2
    table[0][0] = y * y
    return table[1][0] * table[0][1]


@program(0.5)
def list_used_as_a_stack(x):
    stack = [x]
    total = 0.0
    while stack:
        v = stack.pop()
        total = total + v * v
        if abs(v) > 0.1:
            stack.append(v * 0.5)
            stack.append(math.sin(v) * 0.4)
    return total


@program(0.5)
def list_used_as_a_table(x):
    table = [0.0] * 6
    table[0] = table[1] = x
    for i in range(2, 6):
        table[i] = table[i - 1] * x + table[i - 2]
    return table[5] * table[3]


@program(0.5)
def grid_of_lists(x):
    grid = [[0.0 for _ in range(4)] for _ in range(3)]
    for i in range(3):
        for j in range(4):
            above = grid[i - 1][j] if i > 0 else x
            before = grid[i][j - 1] if j > 0 else x * x
            grid[i][j] = math.sin(above + before) * 0.9
    return grid[2][3]


@program(X, Y)
def arrays_in_a_list_changed(x, y):
    arrays = [x, y]
    for array in arrays:
        array *= array[0]
    arrays[0][1] = y[2]
    arrays[1][:2] += x[:2]
    return x * y


@program(X, Y)
def list_item_rebound_against_changed(x, y):
    arrays = [x, y]
    arrays[0] = arrays[0] * 2.0
    arrays[0][0] = y[0]
    arrays[1] *= 2.0
    return x * y + arrays[0]


@program(X, Y)
def array_in_two_lists(x, y):
    first = [x, y]
    second = [y, x]
    first[0] *= second[0]
    second[0][0] = first[0][1]
    return first[0] * second[0]


@program(X)
def views_in_a_list(x):
    pieces = [x[:2], x[2:], x[1:3]]
    pieces[2] *= pieces[0]
    pieces[0][:] = pieces[1]
    return x * x


@program(X)
def history_of_states_in_a_list(x):
    states = [x]
    for _ in range(3):
        new = np.tanh(states[-1])
        new[0] = states[0][1]
        states.append(new)
    states[1] *= 2.0
    return states[3] * states[1] + x


@program(X)
def history_that_shares_one_buffer(x):
    states = []
    for k in range(3):
        x *= 1.0 + 0.1 * k
        x[0] += x[1]
        states.append(x)
    return states[0] * states[2]


@program(X)
def matrix_of_rows_in_a_list(x):
    rows = [x.copy() for _ in range(3)]
    for i in range(3):
        rows[i][i] = x[i + 1]
    rows[1], rows[2] = rows[2], rows[1] * rows[0]
    return np.sum(np.stack(rows) ** 2)


@program(X, Y)
def tuple_of_arrays_changed(x, y):
    pair = (x, y)
    pair[0][1:] *= pair[1][:-1]
    a, b = pair
    a += b
    return x * y


@program(0.5, 0.8)
def list_filled_by_a_function(x, y):
    def fill(values, v):
        values.append(v)
        values[0] = values[0] * v

    values = [x]
    fill(values, y)
    fill(values, x * y)
    return values[0] * values[1] + values[2]


def _largest_last(values):
    for i in range(len(values) - 1):
        if values[i] > values[i + 1]:
            values[i], values[i + 1] = values[i + 1], values[i]


@program([0.5, -0.8, 0.3])
def bubble_sort(values):
    for _ in values:
        _largest_last(values)
    return values[0] * values[1] + 3.0 * values[2]


@program(0.5, 0.8)
def dict_item_assigned(x, y):
    state = {"a": x, "b": y}
    state["a"] = state["a"] * state["b"]
    state["c"] = state["a"] + y
    state["b"] -= state["c"]
    return state["a"] * state["b"] + state["c"]


@program({"a": 0.5, "b": 0.8})
def dict_of_an_argument_changed(state):
    state["a"] *= state["b"]
    state["new"] = state["a"] ** 2
    return state["new"] * state["b"]


@program(0.5, 0.8)
def dict_update(x, y):
    state = {"a": x, "b": y}
    state.update({"b": x * y, "c": y})
    state.update(d=x * x, a=y)
    return state["a"] * state["b"] + state["c"] * state["d"]


@program(0.5, 0.8)
def dict_setdefault(x, y):
    state = {"a": x}
    first = state.setdefault("a", y)
    second = state.setdefault("b", y)
    state.setdefault("list", []).append(x * y)
    state["list"].append(y)
    return first * second + state["b"] * sum(state["list"])


@program(0.5, 0.8)
def dict_pop_and_get(x, y):
    state = {"a": x, "b": y, "c": x * y}
    popped = state.pop("a")
    missing = state.pop("z", y * y)
    del state["c"]
    return popped * missing + state.get("b", 0.0) * state.get("c", x) * len(state)


@program(0.5, 0.8)
def dict_items_changed_in_a_loop(x, y):
    state = {"a": x, "b": y}
    for key in list(state):
        state[key + "2"] = state[key] ** 2
        state[key] *= 3.0
    total = 0.0
    for value in state.values():
        total += value
    return total


@program(0.5)
def dict_as_a_memo(x):
    memo = {}

    def power(n):
        if n == 0:
            return 1.0
        if n not in memo:
            memo[n] = power(n - 1) * x
        return memo[n]

    return power(5) + power(3)


@program(X, Y)
def dict_of_arrays_changed(x, y):
    state = {"x": x, "y": y}
    state["x"][0] = state["y"][1]
    state["y"] *= state["x"]
    for value in state.values():
        value[1:] += value[:-1]
    return x * y


@program(0.5, 0.8)
def dict_counts_values(x, y):
    sums = {}
    for key, value in (("a", x), ("b", y), ("a", x * y), ("b", x)):
        sums[key] = sums.get(key, 0.0) + value
    return sums["a"] * sums["b"]


@program(0.5, 0.8)
def dict_keyed_by_pairs(x, y):
    table = {}
    for i in range(3):
        for j in range(2):
            table[i, j] = x**i * y**j
    table[0, 0] = table[2, 1]
    return sum(table.values())


@program(X)
def nested_state(x):
    state = {"layers": [{"w": x.copy(), "b": x[0]}, {"w": x * 2.0, "b": x[1]}]}
    for layer in state["layers"]:
        layer["w"][1:] *= layer["b"]
        layer["b"] += np.sum(layer["w"])
    state["layers"][0]["w"] = state["layers"][1]["w"]
    state["layers"][1]["w"][0] = state["layers"][0]["b"]
    return state["layers"][0]["w"] * state["layers"][1]["b"]


@program({"layers": [{"w": X, "b": 0.3}, {"w": Y, "b": -0.4}]})
def nested_argument(state):
    for layer in state["layers"]:
        layer["w"] *= layer["b"]
        layer["b"] = np.sum(layer["w"])
    state["layers"].reverse()
    return state["layers"][0]["w"] * state["layers"][1]["b"]


@program([X, Y])
def list_argument_changed(arrays):
    arrays[0] *= arrays[1]
    arrays[1][0] = arrays[0][1]
    arrays.append(arrays[0] + 1.0)
    arrays[0] = arrays[1]
    return arrays[0] * arrays[2] + arrays[1]


@program(X)
def zip_of_lists_changed(x):
    values = [x[0], x[1], x[2]]
    weights = [x[3], x[2], x[1]]
    for i, (v, w) in enumerate(zip(values, weights)):
        weights[i] = v * w
        v = v + 1.0
        values[i] = v * weights[0]
    return sum(values) * sum(weights)


@program(0.5, 0.8)
def item_overwritten_by_none(x, y):
    slots = [None, x, None]
    slots[0] = y
    z = slots[1] * slots[0]
    slots[1] = None
    return z if slots[1] is None else 0.0


@program(0.5, 0.8)
def comprehension_over_a_changed_list(x, y):
    values = [x, y]
    values[1] = x * y
    squares = [v * v for v in values]
    values[0] = squares[1]
    squares[0] *= values[0]
    return sum(squares) + values[0]


@program(X, Y)
def item_replaced_after_the_list_was_joined(x, y):
    rows = [x, x * y]
    joined = np.stack(rows)
    rows[0] = y * 2.0
    return np.sum(joined**2) + np.sum(rows[0] * x)


@program(X, Y)
def items_removed_and_moved_after_the_list_was_joined(x, y):
    rows = [x, x * y, y]
    first = np.concatenate(rows)
    rows.insert(0, y * y)
    last = rows.pop()
    second = np.stack(rows)
    rows.reverse()
    third = np.stack(rows, axis=1)
    return np.sum(first**3) * np.sum(last) + np.sum(second**2) + np.sum(third * x[:, None])


@program(X, Y)
def items_replaced_in_a_loop_that_joins_the_list(x, y):
    rows, total = [x, y], 0.0
    for k in range(3):
        total = total + np.sum(np.stack(rows) ** 2) * (k + 1.0)
        rows[k % 2] = rows[0] * rows[1]
    return total


@program(X, Y)
def rows_of_a_nested_list_replaced_after_they_were_blocks(x, y):
    blocks = [[x, y], [y, x]]
    whole = np.block(blocks)
    blocks[0] = [y * 2.0, y]
    blocks[1][1] = x * 3.0
    return np.sum(whole**2) + np.sum(np.block(blocks) ** 3)


@program(X, Y)
def what_is_appended_and_dropped(x, y):
    numbers, arrays = [], []
    for k in range(4):
        numbers.append(x[0] * k)
        arrays.append(x * y[1] * k)
        if k % 2:
            numbers.pop()
            arrays.pop()
    return numbers[0] * numbers[1] + x[1] * sum(numbers) + sum(np.sum(a * a) for a in arrays)
