"""Loops over generators of the user's."""

import itertools

import numpy as np

from tests.programs.corpus import program

X = np.array([1.2, 2.1, 0.7, 1.9])


def count(n, step=1):
    i = 0
    while True:
        if i >= n:
            return
        yield i
        i += step


def powers(x):
    p = x
    while True:
        yield p
        p = p * x


def pairs(a):
    for i in range(len(a)):
        for j in range(i):
            yield a[i], a[j]


def chain(*parts):
    for part in parts:
        yield from part


@program(0.7)
def generator_that_returns(x):
    s = 0.0
    for i in count(5, 2):
        s += x * i
    return s * s


@program(0.7)
def endless_generator_left_by_break(x):
    s = 0.0
    for k, p in enumerate([1.0, 2.0]):
        for q in powers(x):
            if q < 0.2:
                break
            if k == 1:
                continue
            s = s + q * p
        else:
            s = 100.0
    return s


@program(0.7)
def endless_generator_left_by_return(x):
    for q in powers(x):
        if q < 0.2:
            return q * x
    return 0.0


@program(X)
def pairs_from_nested_loops(a):
    s = 0.0
    for u, v in pairs(a):
        s += u * v * v
    return s


@program(0.7)
def lists_and_sums_of_a_local_generator(x):
    def multiples(n):
        y = x
        for i in range(n):
            yield y * i

    values = list(multiples(4))
    return sum(multiples(3)) + sum(v * v for v in multiples(4)) + values[2] * values[3]


@program(X)
def generator_that_delegates(a):
    s = 0.0
    for v in chain(a, a[::-1], [1.0, 2.0]):
        s = s * 0.5 + v * v
    return s


@program(X)
def generator_and_loop_change_one_array(a):
    def doubled():
        for i in range(len(a)):
            a[i] = a[i] * 2
            yield a[i]

    for r in doubled():
        a[0] += r * r
    return np.sum(a)


A = np.array([[1.3, 0.4, -0.6, 0.9], [0.7, 1.8, 0.55, -0.3], [-0.8, 0.6, 1.1, 1.4], [0.2, -0.5, 0.95, 1.6]])


@program(A)
def entries_in_the_order_of_memory(a):
    s = 0.0
    for v in np.nditer(a.T):
        s = s * 0.9 + v
    for v in np.nditer(a[::2, 1:]):
        s += np.sin(v) * v
    return s + sum(v**2 for v in np.nditer(a))


@program(A)
def entries_with_their_places_while_they_change(a):
    s = 0.0
    for (i, j), v in np.ndenumerate(a):
        if i == j:
            continue
        a[i, j] = v * s if i < j else v
        s += a[j, i] * v
    out = {ij: v for ij, v in np.ndenumerate(a) if v > 0}
    tot = sum(i * v for (i, _), v in np.ndenumerate(a))
    for k, (idx, v) in enumerate(np.ndenumerate(a[0])):
        tot += k * v * idx[0]
    return s + sum(out.values()) + tot


def doubling(a, n):
    for _ in range(n):
        a[0] = a[0] * 2.0
        yield a[0]
        a[1] += 0.5


@program(0.7)
def a_generator_that_changes_a_list_in_comprehensions(x):
    a = [x, x * x]
    products = [v * a[0] * a[1] for v in doubling(a, 2) if a[0] > 0]
    places = {k: v + a[1] for k, v in enumerate(doubling(a, 2))}
    twice = [v * w * a[1] for w in (1.0, x) for v in doubling(a, 2)]
    return sum(products) + sum(places.values()) + sum(twice) + sum(v * a[0] for v in doubling(a, 3))


@program(0.7)
def a_generator_that_changes_a_list_behind_reads_of_it(x):
    a = [x, x * x]
    s = a[0] * a[1] + sum(doubling(a, 2)) * a[0]
    t = max(a[0], a[1] * sum(doubling(a, 1)), sum(doubling(a, 2)) - a[1])
    return s * t + a[0]


@program(np.array([0.5, -1.5, 2.0, 0.7]))
def generator_that_changes_what_it_captured_zipped(values):
    state = [0.0]

    def sums():
        for value in values:
            state[0] += value * value
            yield state[0]
        state[0] *= 3

    total = sum(a * b for a, b in zip(sums(), values))
    for a, b in zip(sums(), values[:2]):
        if a > 100:
            continue
        total += a * b
    return total + state[0]


@program(np.array([0.5, -1.5, 2.0, 0.7]))
def generator_under_a_name_reads_what_changes_later(values):
    kept = list(values)

    def neighbours():
        for i in range(len(kept) - 1):
            yield kept[i], kept[i + 1]

    total = 0.0
    pairs = neighbours()
    for a, b in pairs:
        total += a * b
    kept.append(total)
    return sum(kept)


@program(np.array([0.5, -1.5, 2.0, 0.7]))
@program(np.array([50.5, -1.5, 2.0, 0.7]))
def values_that_generators_return(values):
    def inner(k):
        for j in range(k):
            yield values[j] * k
            if values[j] > 20:
                return None
        return k

    def outer(n):
        total = 0
        for k in range(n):
            found = yield from inner(k)
            if found is None:
                return
            total += yield from inner(found)
        yield total * values[0]

    result = 0.0
    for value in outer(4):
        if value > 1e4:
            break
        result += value * value
    return result


def newton_steps(a, x=1.0):
    while True:
        yield x
        x = 0.5 * (x + a / x)


@program(2.5)
def first_item_of_an_endless_generator_that_is_good_enough(a):
    root = next(v for v in newton_steps(a) if abs(v * v - a) < 1e-3)
    third = next(v for k, v in enumerate(newton_steps(a)) if k == 2)
    near = any(abs(v - root) < 1e-2 for v in newton_steps(a))
    low = all(v < 1.5 for v in newton_steps(a))
    return root * third * (2.0 if near and not low else 1.0)


@program(2.5)
def slices_of_an_endless_generator(a):
    total = sum(itertools.islice(newton_steps(a), 4)) * list(itertools.islice(newton_steps(a), 1, 4))[0]
    for step in itertools.islice(newton_steps(a), 3):
        total = total * step
    return total + next(itertools.islice(newton_steps(a), 3, None))


@program(2.5)
def endless_generator_taken_while_it_moves(a):
    moving = list(itertools.takewhile(lambda v: v == 1.0 or v * v - a > 1e-2, newton_steps(a)))
    return sum(moving) * len(moving) + moving[-1] ** 2


@program(0.3, -0.7)
def generator_of_a_list_that_grows(x, y):
    kept = [x, y]

    def squares():
        for v in kept:
            yield v * v

    total = 0.0
    for square in squares():
        total += square
        if len(kept) < 4:
            kept.append(square)
    return total


@program(0.3, -0.7)
def second_name_of_a_list_that_grows(x, y):
    kept = [x, y]
    also = kept
    total = 0.0
    for v in also:
        total += v * v
        if len(kept) < 4:
            kept.append(v * total)
    return total


class Pooling:
    """A layer whose method yields the parts of an image, in loops whose lengths are computed."""

    def __init__(self, width):
        self.width = width

    def regions(self, image):
        rows, columns = image.shape
        rows = rows // self.width
        columns = columns // 2
        for i in range(rows):
            for j in range(columns):
                yield image[i * 2 : i * 2 + 2, j * 2 : j * 2 + 2], i, j

    def forward(self, image):
        rows, columns = image.shape
        pooled = np.zeros((rows // self.width, columns // self.width))
        for region, i, j in self.regions(image):
            pooled[i, j] = np.amax(region, axis=(0, 1))
        return pooled


@program(np.arange(16.0).reshape(4, 4) ** 0.5 * [1.0, -1.0, 0.5, 2.0])
def parts_that_a_method_yields_in_nested_loops(image):
    return np.sum(Pooling(2).forward(image) ** 2)
