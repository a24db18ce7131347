"""Generators run beside other sequences: what they change, and what is changed while their items are taken."""

import collections

import numpy as np

from tests.programs.corpus import program

A = np.array([0.4, 0.3, 0.8])
M = np.array([[0.5, 0.2, 0.1], [0.3, 0.7, 0.6], [0.9, -0.4, 0.2]])


def helper(h):
    h[1:] += h[:-1]
    return h[0]


def scale(h, f):
    h *= f
    return h


@program(A, M)
def rows_updated_by_a_generator_beside_others(a, m):
    def views(held):
        for row in held:
            row *= 1.5
            yield row

    for v, row in zip(views(m), m[::-1]):
        v += row * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def array_updated_after_each_item(a, m):
    def views(held):
        for row in held:
            yield row
            held *= 1.5

    for v, row in zip(views(m), m[::-1]):
        v += row * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def item_stored_through_another_name(a, m):
    def views(held):
        for row in held:
            w = held[0]
            w[0] = row[1] * row[2]
            yield row

    for v, row in zip(views(m), m[::-1]):
        v += row * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def helper_that_changes_what_a_generator_runs_through(a, m):
    def views(held):
        for row in held:
            w = helper(held)
            yield row + w

    for v, row in zip(views(m), m[::-1]):
        row += v * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def array_written_by_a_function_of_numpy(a, m):
    def views(held):
        for row in held:
            w = np.add(held, row, out=held)
            yield row + w[1]

    for v, row in zip(views(m), m[::-1]):
        row += v * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def array_written_at_its_place_among_the_arguments(a, m):
    def views(held):
        for row in held:
            w = np.add(held, row, held)
            yield row + w[1]

    for v, row in zip(views(m), m[::-1]):
        row += v * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def helper_that_scales_each_row(a, m):
    def views(held):
        for row in held:
            yield scale(row, 1.2)

    for v, row in zip(views(m), m[::-1]):
        v += row * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def rows_changed_that_a_generator_reads_later(a, m):
    def views(held):
        for row in held:
            yield row * 1.0

    for v, row in zip(views(m), m[::-1]):
        row += v * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def other_name_for_a_row_that_a_generator_reads_later(a, m):
    def views(held):
        for row in held:
            yield row * 1.0

    for v, _row in zip(views(m), m[::-1]):
        w = m[1]
        w += v * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def helper_that_changes_rows_beside_a_generator(a, m):
    def views(held):
        for row in held:
            yield row * 1.0

    for _i, v in zip(range(3), views(m)):
        scale(m, 1.3)
        m[0] += v * a
    return np.sum(m * m * M) + np.sum(a * m[0])


@program(A, M)
def generator_that_changes_in_a_comprehension(a, m):
    def views(held):
        for row in held:
            yield row
            _ = scale(held, 1.2)

    q = [r * m[0] for r in views(m)]
    return np.sum(q[1] * a) + np.sum(m * M)


@program(A, M)
def unpacked_generators_that_change(a, m):
    def views(held):
        for row in held:
            yield row
            _ = scale(held, 1.2)

    x, y, z = views(m)
    p, *q = views(m)
    return np.sum(x * y * a) + np.sum(m * M) + np.sum(p * q[0])


@program(A, M)
def running_mean_beside_others(a, m):
    def running(xs):
        s = 0.0
        n = 0
        for x in xs:
            s += x
            n += 1
            yield s / n

    return sum(r * y for r, y in zip(running(a), a[::-1])) + np.sum(m)


@program(A, M)
def windows_of_two_sequences(a, m):
    def windows(xs, n):
        w = collections.deque(maxlen=n)
        for x in xs:
            w.append(x)
            if len(w) == n:
                yield sum(w) / n

    return sum(p * q for p, q in zip(windows(a, 2), windows(a[::-1], 2))) + np.sum(m)


@program(A, M)
def batches_that_are_made_anew(a, m):
    def batches(xs, n):
        batch = []
        for x in xs:
            batch.append(x)
            if len(batch) == n:
                yield batch
                batch = []
        if batch:
            yield batch

    it = batches(a, 2)
    first = next(it)
    return first[0] * first[1] + sum(sum(b) ** 2 for b in it) + np.sum(m)


@program(A, M)
def array_that_adds_up_and_is_given_out(a, m):
    def cumulative(xs):
        acc = 0.0
        for x in xs:
            acc += x
            yield acc

    t = 0.0
    for i, (c, x) in enumerate(zip(cumulative(a), a)):
        t += c * x * (i + 1)
    u, v, w = cumulative(m)
    return t + np.sum(u * v) + np.sum(w * w)


@program(A, M)
def array_that_is_given_out_again_and_again(a, m):
    def cumulative(xs):
        acc = np.zeros(3)
        for x in xs:
            acc += x
            yield acc

    t = 0.0
    for c, x in zip(cumulative(m), a):
        t = t + np.sum(c * c) * x
    return t


@program(A, M)
def buffer_after_what_it_is_zipped_with(a, m):
    def buf(xs):
        b = np.zeros(3)
        for x in xs:
            b[0] = x
            yield b

    t = 0.0
    for x, c in zip(a, buf(a)):
        t = t + np.sum(c * m[0]) * x
    return t


class Net:
    def __init__(self, ws):
        self.ws = ws

    def layers(self):
        for w in self.ws:
            yield w * 1.0

    def running(self, x):
        s = 0.0
        for w in self.ws:
            s += np.sum(w) * x
            yield s

    def states(self, x):
        for w in self.ws:
            x = np.tanh(w * x)
            yield x

    def decay(self, x):
        for w in self.ws:
            x *= np.sum(w)
            yield x

    def parents(self, n):
        while n:
            yield n * self.ws[0]
            n -= 1


@program(A, M)
def methods_that_update_numbers(a, m):
    net = Net([m[0], m[1], m[2]])
    t = 0.0
    for w, g in zip(net.layers(), a):
        t += np.sum(w) * g
    for s in net.running(a[0]):
        t += s * s
    for s in net.states(a):
        t += np.sum(s)
    for s in net.decay(a[1]):
        t += s
    for s in net.parents(3):
        t += np.sum(s)
    return t


@program(A, M)
def parameters_updated_in_place(a, m):
    def params(model):
        for k in model:
            yield model[k]

    model = {"w": m[0].copy(), "b": m[1].copy()}
    grads = [a, a * a]
    for p, g in zip(params(model), grads):
        p -= 0.1 * g
    return np.sum(model["w"] ** 2) + np.sum(model["b"] ** 3)


@program(A, M)
def functions_given_to_generators(a, m):
    def mapped(f, xs):
        for x in xs:
            yield f(x)

    def sq(x):
        return x * x

    it = mapped(np.sin, a)
    t = next(it) * next(it)
    for u, v in zip(mapped(sq, a), mapped(lambda z: z * 3, a)):
        t += u * v
    return t + np.sum(m)


@program(A, M)
def copies_changed_before_they_are_given_out(a, m):
    def rows(m):
        for i in range(m.shape[0]):
            r = m[i].copy()
            r[0] = 0.0
            r *= 2.0
            yield r

    it = rows(m)
    t = np.sum(next(it) * a)
    for r, x in zip(rows(m), a):
        t += np.sum(r) * x
    return t


@program(A, M)
def loop_that_goes_on_beside_a_generator(a, m):
    def steps(x):
        for k in range(3):
            x = x - 0.1 * x**2
            yield k, x

    best = 0.0
    for (k, x), w in zip(steps(a), m):
        if k == 1:
            continue
        best += np.sum(x * w)
    return best


@program(A, M)
def rows_of_a_result_filled_beside_a_generator(a, m):
    out = np.zeros((3, 3))

    def rows(x):
        for r in x:
            yield np.sin(r)

    for o, r in zip(out, rows(m)):
        o[:] = r * a
    for i, r in zip(range(3), rows(out)):
        out[i] += r
    return np.sum(out**2)


@program(A, M)
def nested_function_that_calls_a_helper_beside_a_generator(a, m):
    def rows(held):
        for row in held:
            yield row * 1.0

    def change():
        scale(m, 1.3)

    total = 0.0
    for v, w in zip(rows(m), a):
        change()
        total += np.sum(v * a) * w
    return total


@program(np.array([0.5, 1.2, 0.3]))
def nested_generators_one_behind_the_other(x):
    def smoothed(values, rate):
        level = None
        for value in values:
            level = value if level is None else rate * value + (1.0 - rate) * level
            yield level

    def pairs(items):
        before = None
        for item in items:
            if before is not None:
                yield before, item
            before = item

    return sum(a * b for a, b in pairs(smoothed(x, 0.3))) + max(smoothed(x**2, 0.5))
