"""Recursion and mutual recursion."""

import math

import numpy as np

from tests.programs.corpus import program


@program(0.8, 5)
@program(0.8, 0)
def recursive_power(x, n):
    if n == 0:
        return 1.0
    return x * recursive_power(x, n - 1)


@program(0.8, 5)
def fast_power(x, n):
    if n == 0:
        return 1.0
    half = fast_power(x, n // 2)
    return half * half * x if n % 2 else half * half


@program(0.8, 6)
def even_steps(x, n):
    return x if n == 0 else odd_steps(x * x + 0.1, n - 1)


def odd_steps(x, n):
    return math.sin(x) if n == 0 else even_steps(math.cos(x), n - 1)


@program(0.8, 6)
def fibonacci(x, n):
    if n < 2:
        return x
    return fibonacci(x, n - 1) + x * fibonacci(x, n - 2)


@program([0.5, [0.7, [0.9, 1.1]], 1.3])
def sum_of_a_tree(tree):
    if isinstance(tree, float):
        return tree * tree
    total = 0.0
    for item in tree:
        total = total * 0.5 + sum_of_a_tree(item)
    return total


@program(("+", ("*", 0.5, 0.7), ("sin", 0.9)))
def evaluate(tree):
    if not isinstance(tree, tuple):
        return tree
    if tree[0] == "sin":
        return math.sin(evaluate(tree[1]))
    left, right = evaluate(tree[1]), evaluate(tree[2])
    return left + right if tree[0] == "+" else left * right


@program(0.3)
def recursion_by_value(x):
    if x > 2:
        return x * x
    return recursion_by_value(x * 1.7) + x


@program(np.array([0.4, 0.2, 0.9, 0.5]))
def divide_and_conquer(x):
    if len(x) == 1:
        return x[0]
    middle = len(x) // 2
    return math.sin(divide_and_conquer(x[:middle])) * 2 + divide_and_conquer(x[middle:])


@program(0.0, 1.0, 4)
def integrate(a, b, depth):
    middle = 0.5 * (a + b)
    if depth == 0:
        return (b - a) * math.exp(-middle * middle)
    return integrate(a, middle, depth - 1) + integrate(middle, b, depth - 1)


@program({"v": 1.0, "kids": [{"v": 0.5, "kids": []}, {"v": 2.0, "kids": [{"v": 0.1, "kids": []}]}]}, 0.8)
def fold_of_a_tree_with_a_default_and_a_captured_number(tree, decay):
    def fold(node, depth=0):
        here = node["v"] * decay**depth
        return here + sum(fold(kid, depth + 1) for kid in node["kids"])

    return fold(tree) ** 2


@program(np.array([0.7, 1.3, -0.4, 2.1, 0.9]))
def leaves_walked_by_a_generator_with_a_default(x):
    def walk(low, high, depth=0):
        if high - low == 1:
            yield depth, x[low]
            return
        middle = (low + high) // 2
        yield from walk(low, middle, depth + 1)
        yield from walk(middle, high, depth + 1)

    return sum(v**2 / (1 + depth) for depth, v in walk(0, len(x)))


@program(np.array([2.1, 1.4, 2.6, 1.7, 2.9]), 3)
def counted_down_with_a_memo(x, n):
    memo = {}

    def sequence(k):
        if k not in memo:
            memo[k] = x[k] if k < 2 else sequence(k - 1) * x[k % 5] + sequence(k - 2)
        return memo[k]

    return sequence(n + 1)


@program(1.2, 0.8)
def remembered_in_a_dict_that_grows(change, gap):
    first, second = "kitten", "sit"
    memo = {}

    def distance(i, j):
        if (i, j) in memo:
            return memo[i, j]
        if i == 0:
            result = gap * j
        elif j == 0:
            result = gap * i
        else:
            replaced = distance(i - 1, j - 1) + (0.0 if first[i - 1] == second[j - 1] else change)
            ways = [distance(i - 1, j) + gap, distance(i, j - 1) + gap, replaced]
            result = -math.log(sum(math.exp(-way) for way in ways))
        memo[i, j] = result
        return result

    return distance(len(first), len(second))
