"""Context managers: those of ``contextlib``, of generators, and of classes."""

import contextlib
import math
import time
from contextlib import closing, contextmanager, nullcontext, suppress

import numpy as np

from tests.programs.corpus import program


@contextmanager
def noted(log, name):
    log.append(name)
    try:
        yield name
    finally:
        log.append("/" + name)


@contextmanager
def doubled(x):
    y = 2 * x
    yield y
    assert y > 0


@contextmanager
def forgiving():
    try:
        yield
    except ZeroDivisionError:
        pass


@program(0.7)
def nested_contexts_of_one_generator(x):
    log = []
    with noted(log, "a") as name:
        y = x * x * len(name)
        with noted(log, "b"):
            y = y * math.sin(x)
    return y * len(log)


@program(0.7)
@program(0.3)
def return_out_of_a_context(x):
    log = []
    with noted(log, "a"):
        if x > 0.5:
            return x**3 * (1 + len(log))
        x = x * 2
    return x * len(log)


@program(np.array([0.5, 1.5, 2.5, -1.0]))
@program(np.array([0.5, 1.5, 4.5, -1.0]))
def jumps_out_of_contexts_in_a_loop(values):
    total = 0.0
    log = []
    for value in values:
        with noted(log, "v"), doubled(value * value + 1) as d:
            if value < 0:
                break
            if value > 2:
                continue
            for k in range(3):
                if k * value > 2.5:
                    return total * len(log)
                total += d * k
        total = total * 1.5
    return total * len(log)


@program(0.7)
def exception_stopped_by_a_generator(x):
    y = x
    with forgiving():
        y = y * x
        y = y / 0
        y = 100.0
    return y


@program(0.7)
def exceptions_suppressed(x):
    y = x
    with contextlib.suppress(ZeroDivisionError, KeyError):
        y = y * x
        y = y / 0
    with suppress(ValueError):
        y = y * math.log(x)
    with suppress(ValueError):
        y = y * math.log(-x)
    return y


@program(0.7)
def value_of_a_null_context(x):
    with contextlib.nullcontext(x * 2) as y, nullcontext():
        return y * y


@program(0.7)
@program(-0.7)
def context_chosen_by_a_branch(x):
    context = nullcontext(x) if x > 0 else suppress(ValueError)
    with context as y:
        return y * y if x > 0 else x


class Resource:
    def __init__(self, x):
        self.x = x

    def close(self):
        self.x = self.x * 3


@program(0.7)
def closed_resource(x):
    resource = Resource(x)
    with closing(resource) as r:
        y = r.x * r.x
    return y * resource.x


@program(0.7)
def context_of_a_nested_generator(x):
    history = []

    @contextmanager
    def at(scale):
        history.append(scale)
        yield scale * x
        history.pop()

    with at(x) as p, at(2.0) as q:
        r = p * q * len(history)
    return r * x + len(history)


class Ignoring:
    """Swallows exceptions of one class, and counts how often it is left."""

    def __init__(self, kind=ZeroDivisionError):
        self.kind, self.left = kind, 0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self.left += 1
        return kind is not None and issubclass(kind, self.kind)


@program(1.5)
def exceptions_swallowed_in_a_loop(x):
    ignoring, y = Ignoring(), x
    for k in range(3):
        with ignoring:
            y = y * x
            y = y / (k - 1)
            y = y + x
    return y * ignoring.left


class Fallback:
    def __init__(self, default):
        self.value, self.default = None, default

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            return None
        self.value = self.default
        return True


@program(1.5)
def blocks_left_by_jumps_and_exceptions(x):
    total = 0.0
    for k in range(5):
        with Fallback(x * k) as fallback:
            if k == 4:
                break
            if k == 1:
                raise ValueError(f"{k}")
            fallback.value = x**k
            if k == 2:
                continue
        total += fallback.value
    return total


def first_root(x, cases):
    for case in cases:
        with Ignoring(ValueError) as ignoring:
            return math.sqrt(case - x) * (1 + ignoring.left)
    return x


@program(1.5)
def results_returned_from_blocks_that_may_fail(x):
    return first_root(x, [0.5, 2.5, 9.0]) * x + first_root(x, [0.0])


@program(0.5)
def exceptions_that_are_not_swallowed(x):
    y = x
    try:
        with Ignoring(ValueError) as ignoring:
            y = y * x
            y = y / 0.0
    except ZeroDivisionError:
        y = y * 3.0
    return y * ignoring.left


class Halved:
    def __init__(self, value):
        self.value = value

    def __enter__(self):
        return self.value / 2

    def __exit__(self, *details):
        self.value = 0.0


class Stopwatch:
    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, *details):
        self.seconds = time.perf_counter() - self.start


@program(np.array([0.5, 1.2, -0.7]))
def functions_registered_on_an_exit_stack(values):
    left, kept = [], {}

    def keep(key, value):
        kept[key] = value

    with contextlib.ExitStack() as stack:
        stack.callback(left.append, values[0] * 2)
        for k in range(2):
            stack.callback(keep, k, value=values[k] ** 2)

        @stack.callback
        def last():
            left.append(values[2] * total)

        total = np.sum(values)
    return total * left[0] + left[1] * kept[0] - kept[1]


@program(np.array([0.5, 1.2, -0.7]))
@program(np.array([-0.5, -1.2, -0.7]))
def contexts_entered_on_an_exit_stack(values):
    with contextlib.ExitStack() as stack:
        stack.enter_context(np.errstate(all="ignore"))
        half = stack.enter_context(Halved(values[0]))
        twice = stack.enter_context(doubled(np.abs(values[1])))
        total = np.sum(values) * half * twice
        if values[0] > 0:
            return total * 2
    return total


@program(0.7)
def block_under_a_stopwatch(x):
    with Stopwatch() as watch:
        y = x * math.sin(x)
    return y * (1 if watch.seconds < 1000 else 2)


class Model:
    """A model with modes that are left again."""

    def __init__(self, w):
        self.w, self.scale, self.training = w, 1.0, True

    @contextlib.contextmanager
    def mode(self, training, scale=2.0):
        before = self.training, self.scale
        self.training, self.scale = training, scale * self.scale
        try:
            yield self
        finally:
            self.training, self.scale = before

    @contextlib.contextmanager
    def evaluating(self):
        with self.mode(False, scale=self.w) as model:
            yield model.scale

    def __call__(self, v):
        return self.w * v * self.scale * (0.5 if self.training else 1.0)

    def evaluate(self, v):
        with self.mode(False, scale=v):
            if v > 10.0:
                return 0.0
            return self(v)


@program(0.3, 0.8)
def methods_that_make_contexts(w, v):
    model, total = Model(w), 0.0
    for k in range(3):
        with model.mode(k % 2 == 0) as same:
            if k == 1:
                continue
            total += same(v) * model.evaluate(v)
    for each in (Model(v), model):
        with each.evaluating() as scale:
            total += each(w) * scale
    try:
        with model.mode(False, scale=v):
            total *= model(v)
            if v < 1.0:
                raise ValueError
    except ValueError:
        total += model(w)
    return total * model(v)


@contextlib.contextmanager
def replaced(held, key, value):
    before = held[key]
    held[key] = value
    try:
        yield held
    finally:
        held[key] = before


@contextlib.contextmanager
def both_replaced(held, value):
    with replaced(held, "a", value) as one, replaced(held, "b", value * value):
        yield one["a"] * one["b"]


@program(0.3, 0.8)
def contexts_in_generators(w, v):
    held = {"a": w, "b": 1.0}

    def walk(n):
        for i in range(n):
            with replaced(held, "a", held["a"] * v):
                yield held["a"] * i

    with both_replaced(held, v) as product:
        total = product * held["a"]
    return total + sum(walk(3)) * held["a"]
