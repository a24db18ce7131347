"""Functions that are refused, each with a mark at the line and the text to which the error must point.

The mark is a comment ``# refused at: text``; the caret must stand under the first character of the text.
"""

import contextlib
import struct
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError, SrcadError, UnsupportedError
from srcad.tape import Variable

X = np.array([1.0, 2.0, 3.0])


@dataclass(frozen=True)
class Refused:
    """A function, its arguments and the class of the error."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    error: type[SrcadError]


REFUSED: list[Refused] = []


def refused(*args: Any, error: type[SrcadError] = UnsupportedError) -> Callable[..., Any]:
    """Enter the decorated function."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        REFUSED.append(Refused(function, args, error))
        return function

    return register


def keep(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


COUNT = 0
OUTSIDE = np.zeros(3)


@refused(1.0)
async def asynchronous(x):  # refused at: async def
    return x * x


@refused(1.0)
def generator(x):
    y = x * x
    yield y  # refused at: yield y


@refused(1.0)
def delegating_generator(x):
    yield from [x, x * x]  # refused at: yield from


@refused(1.0)
def class_inside_reads_what_is_bound_again(x):
    class Inner:
        def scaled(self, y):
            return x * y  # refused at: x * y

    inner = Inner()
    x = x * 2.0
    return inner.scaled(2.0)


@refused(1.0)
def class_inside_that_reads_is_passed_on(x):
    class Inner:
        def scaled(self, y):
            return x * y  # refused at: x * y

    return sum(made().scaled(2.0) for made in (Inner, Inner))


@refused(1.0)
def class_inside_that_reads_is_made_by_a_function_with_such_a_name(x):
    class Inner:
        def scaled(self, y):
            return x * y  # refused at: x * y

    def made(x):
        return Inner().scaled(x)

    return made(2.0)


@refused(1.0)
def class_inside_with_a_subclass_reads(x):
    class Inner:
        def scaled(self, y):
            return x * y  # refused at: x * y

    class Outer(Inner):
        pass

    return Outer().scaled(2.0)


@refused(1.0)
def class_inside_reads_in_its_body(x):
    class Inner:
        scale = x  # refused at: x

    return Inner().scale


@refused(1.0)
def class_inside_counts(x):
    class Inner:
        count = 0

        def value(self):
            Inner.count += 1  # refused at: Inner.count
            return x * Inner.count

    return Inner().value()


@refused(1.0)
def class_inside_with_a_shared_list(x):
    class Inner:
        seen = []  # refused at: seen = []

    inner = Inner()
    inner.seen.append(x)
    return x * len(inner.seen)


@refused(1.0)
def class_inside_that_prints(x):
    class Inner:
        print("made")  # refused at: print

    return x * len(Inner.__name__)


@refused(1.0)
def class_inside_defined_twice(x):
    if x > 0:

        class Inner:  # refused at: class Inner
            factor = 2.0
    else:

        class Inner:
            factor = 3.0

    return x * Inner.factor


@refused(1.0)
def global_assigned(x):
    global COUNT
    COUNT = x * 2  # refused at: COUNT = x * 2
    return x * x


@refused(1.0)
def looks_into_an_exception(x):
    def fails(y):
        raise ValueError(y)

    try:
        fails(1.0 / x)
    except ValueError as error:
        return error.args[0] * x  # refused at: error.args


@refused(1.0)
def return_in_finally(x):
    try:
        y = x * x
    finally:
        return y  # noqa: B012  # refused at: return y


@refused(1.0)
def decorated_nested_function(x):
    @property  # refused at: property
    def inner(y):
        return y * x

    return inner


@refused(X)
def array_resized(x):
    y = x * 2.0
    y.resize(2)  # refused at: y.resize
    return np.sum(y)


@refused(X)
def global_array_changed(x):
    OUTSIDE[0] = x[0]  # refused at: OUTSIDE[0]
    return np.sum(x)


def powers(x):
    power = x
    while True:
        yield power
        power *= x


@refused(2.0)
def generator_without_end_by_hand(x):
    values = powers(x)  # refused at: powers(x)
    return next(values) + next(values)


@refused(2.0)
def generators_without_end_side_by_side(x):
    total = 0.0
    for a, b in zip(powers(x), powers(x * x)):  # refused at: powers(x)
        total += a * b
    return total


def noted(notes, x):
    for i in range(3):
        notes.append(i)
        yield x * i


@refused(2.0)
def generator_that_changes_what_is_read(x):
    notes = []
    values = noted(notes, x)  # refused at: noted(notes, x)
    return next(values) + next(values) * len(notes)


def first_items(x, n):
    for i in range(n):
        yield x[i] * x[i]


@refused([1.0, 2.0, 3.0])
def generator_that_reads_what_is_changed(x):
    values = first_items(x, 3)  # refused at: first_items(x, 3)
    total = next(values)
    x[1] = total
    return total + next(values)


class Countdown:
    def __init__(self, start):
        self.left = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.left < 1.0:
            raise StopIteration
        self.left -= 1.0
        return self.left


@refused(3.5)
def iterator_left_early(x):
    def total_of(steps):
        total = 0.0
        for left in steps:  # refused at: steps
            if left < 1.0:
                break
            total += left
        return total

    countdown = Countdown(x)
    return total_of(countdown) * countdown.left


@refused([0.3, 0.9, -0.4])
def generator_zipped_with_itself(x):
    squares = (v * v for v in x)  # refused at: (v * v for v in x)
    return sum(a * b for a, b in zip(squares, squares))


@refused([0.3, 0.9, -0.4])
def iterator_left_by_another(x):
    values = iter(x)
    for value in map(abs, values):  # refused at: values
        if value > 0.5:
            break
    return value * sum(values)


@refused([0.3, 0.9, -0.4])
def generators_over_a_comprehensions_variable(x):
    scaled = [(v * k for v in x) for k in (1, 2)]  # refused at: (v * k for v in x)
    return sum(sum(part) for part in scaled)


@refused([0.3, 0.9, -0.4])
def maps_that_are_kept_while_what_they_capture_changes(x):
    k, kept = 1.0, []
    for _ in range(2):
        k = k * 2
        kept.append(map(lambda v: v * k, x))  # refused at: map(lambda v: v * k, x)
    return sum(sum(part) for part in kept)


@refused([0.3, 0.9, -0.4])
def comprehensions_variable_that_a_lambda_reads_later(x):
    for i in range(2):  # noqa: B007
        pass
    scaled = [lambda v: v * i for i in range(3)]  # noqa: B023  # refused at: lambda v: v * i
    return scaled[0](x[0]) + i


@refused(2.0)
def search_through_an_iterator(x):
    values = iter([x, x * x])
    found = 3.0 in values  # refused at: 3.0 in values
    return x if found else sum(values)


@contextlib.contextmanager
def maybe(x):
    if x > 1.0:
        yield x


@refused(2.0)
def context_that_may_not_yield(x):
    with maybe(x) as y:  # refused at: maybe(x)
        return y * y


@refused(2.0, error=NoDerivativeError)
def neither_source_nor_rule(x):
    y = x * x
    return struct.unpack("d", struct.pack("d", y))[0]  # refused at: struct.unpack


namespace: dict[str, Any] = {}
exec("def without_source(x):\n    return x * x\n", namespace)
without_source = namespace["without_source"]


def helper(x):
    y = x * 2.0
    y.resize(2)  # refused in the callee
    return np.sum(y)


class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        self.balance = self.balance - amount
        if self.balance < 1.0:
            raise RuntimeError("empty")
        return self.balance * amount


@refused(X)
def method_raises_when_it_has_changed_its_object(x):
    account = Account(4.0)
    withdraw = [account.withdraw][0]
    total = 0.0
    for amount in x:
        try:
            total += withdraw(amount)  # refused at: total += withdraw
        except RuntimeError:
            account.balance += amount
    return total * account.balance


def double_all(values):
    for i in range(len(values)):
        if values[i] > 2.5:
            raise ValueError(i)
        values[i] *= 2.0


@refused(X)
def argument_is_changed_before_an_exception(x):
    function = [double_all][0]
    try:
        function(x)  # refused at: function(x)
    except ValueError:
        x += 1.0
    return np.sum(x * x)


@refused(X)
def comprehension_in_try_run_for_its_effect(x):
    kept = []
    try:
        [kept.append(1.0 / v) for v in x]  # refused at: kept.append
    except ZeroDivisionError:
        kept.append(0.0)
    return sum(kept)


class Filled(dict):
    def __init__(self, value):
        super().__init__()
        self["a"] = value * 3.0


@refused(X)
def dict_that_is_filled_when_it_is_made(x):
    d = Filled(x[0])  # refused at: d = Filled(x[0])
    return d["a"]


@refused(X, X)
def imaginary_part_kept_while_it_changes(x, y):
    z = x + 1j * y
    r, i = z.real, z.imag  # refused at: r, i = z.real, z.imag
    r[0] = y[1]
    i *= x
    return np.sum(np.abs(z) ** 2) + np.sum(i * x)


class Registry:
    items = []


@refused(X)
def value_kept_in_the_list_of_a_class(x):
    Registry.items.clear()
    registry = Registry()
    registry.items.append(x[0] * 2.0)  # refused at: registry.items.append
    return registry.items[0] * x[1]


@refused(X)
def attribute_of_a_nested_function(x):
    def squared(v):
        squared.calls += 1
        return v * v

    squared.calls = 0  # refused at: squared.calls
    kept = squared
    return kept(x[0]) * squared.calls


@refused(X)
def numbers_with_a_derivative_counted(x):
    counts = Counter()
    counts.update({"a": x[0]})  # refused at: counts.update
    return counts["a"] * x[1]


class Failure(Exception):
    def __init__(self, value):
        self.value = value


def twice(failure):
    return failure.value * 2.0


@refused(X)
def contents_of_an_exception_read_by_a_function(x):
    try:
        raise Failure(x[0] * 3.0)
    except Failure as failure:
        y = twice(failure)  # refused at: failure)
    return y * x[1]


@refused(X)
def contents_of_an_exception_under_another_name(x):
    try:
        raise ValueError("negative", x[0])
    except ValueError as error:
        kept = error  # refused at: error
    return kept.args[1] * x[1]


KEPT = []


@refused(X)
def refusal_that_the_program_would_catch(x):
    try:
        append = [abs, KEPT.append][1]  # refused at: KEPT.append
        append(x[0])
        y = x[1]
    except Exception:
        y = 0.0
    return y * x[0]


class _Counting:
    def __init__(self, value):
        self.value = value

    def grown(self):
        self.value = self.value * 1.5
        return self.value


@refused(1.0)
def generator_over_methods_that_change_their_object(x):
    objects = [_Counting(x), _Counting(x * x)]
    items = (o.grown() for o in objects)  # refused at: (o.grown()
    first = next(items)
    objects[1].value = first
    return first * next(items)


@refused(2.0)
def default_of_the_function_itself_changed(x, log=[]):  # noqa: B006  # refused at: def default_of
    log.append(1.0)
    return x * len(log)


@refused(0.5)
def exception_as_a_container(x):
    error = ValueError("large", x * x)  # refused at: error = ValueError
    return error.args[1] * x


class _Samples:
    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype=dtype)


@refused(np.ones(2))
def objects_that_become_arrays_in_a_list(x):
    return np.sum(np.stack([_Samples(x), _Samples(x * x)]))  # refused at: np.stack(


@refused([1.0, 2.0])
def generator_of_which_items_are_taken_between_changes(x):
    factor = [2.0]
    items = (v * factor[0] for v in x)  # refused at: (v * factor[0] for v in x)
    first = next(items)
    factor[0] *= first
    return next(items)


def _doubled_and_summed(items, x):
    x *= 2.0
    return sum(items)


@refused(np.ones(3))
def generator_given_to_a_function_that_changes_what_it_reads(x):
    return _doubled_and_summed((v * v for v in x), x)  # refused at: (v * v for v in x)


@refused(1.0)
def properties_that_change_their_objects_side_by_side(x):
    objects = [_Counting(x), _Counting(x * x)]
    pairs = zip((o.grown() for o in objects), (o.value for o in objects))  # refused at: zip(
    return sum(a * b for a, b in pairs)


class _Tagging(type):
    def __call__(cls, *args):
        made = super().__call__(*args)
        made.tag = cls.__name__
        return made


class _Tagged(metaclass=_Tagging):
    def __init__(self, value):
        self.value = value


@refused(0.5)
def instance_made_by_a_metaclass(x):
    tagged = _Tagged(x * x)  # refused at: tagged = _Tagged
    return tagged.value * len(tagged.tag)


@refused(np.ones(3))
def numbers_from_a_set_summed(x):
    return sum({v * v for v in x})  # refused at: sum(


@refused(np.ones(3))
def numbers_from_a_set_in_a_loop(x):
    kept, total = {x[0]}, 0.0
    kept.add(x[1] * 2)
    for v in kept | {1.0}:
        total += v  # refused at: total += v
    return total


@refused(np.ones(3))
def numbers_from_a_set_listed(x):
    first = [*{x[0]}][0]
    return first * 2.0  # refused at: first * 2.0


@refused(np.ones(3))
def largest_of_a_set(x):
    kept = set()
    kept.update(x)
    largest = max(kept)
    return np.sum(largest)  # refused at: np.sum


@refused(np.ones(3))
def keys_of_a_dict_multiplied(x):
    table = {x[0]: 2.0}
    table[x[1]] = 3.0
    return sum(key * value for key, value in table.items())  # refused at: key * value


@refused(np.ones(3))
def letters_of_other_languages_before(x):
    return len("größe→日本"), x.resize(3)  # refused at: x.resize(3)


@refused(np.ones(3))
def number_read_from_its_text(x):
    y = 2.0 * x
    return float(str(x[0])) * y[1]  # refused at: float(str(x[0]))


@refused(np.ones(3))
def numbers_read_from_bytes(x):
    return np.frombuffer(x.tobytes()).sum()  # refused at: x.tobytes()


@refused(np.ones(3))
def distinct_numbers(x):
    return list(dict.fromkeys(x.tolist()))[0] * 2.0  # refused at: list(


@refused(np.ones(3))
def keys_of_a_dict_of_a_list(x):
    table = {v: 1 for v in x.tolist()}
    return list(table)[0] * 2.0  # refused at: list(


@refused(np.ones(3))
def keys_of_pairs(x):
    table = dict(zip(x.tolist(), [1, 2, 3]))
    return sum(key * value for key, value in table.items())  # refused at: key * value


@refused(np.ones(3))
def a_list_spread_in_a_set(x):
    return sum({*sorted(x.tolist())})  # refused at: sum(


def made_elsewhere():
    """Return an object of a class that no module has a name for."""

    class Hidden:
        @contextlib.contextmanager
        def mode(self):
            yield 2.0

    return Hidden()


HIDDEN = [made_elsewhere()]


@refused(1.5)
def context_of_a_method_that_is_not_known(x):
    with HIDDEN[0].mode() as scale:  # refused at: HIDDEN[0].mode()
        return x * scale


@refused(np.ones(3), 1.3)
def finally_that_changes_what_it_was_given(x, k):
    log = []

    def safe(i):
        try:
            v = x[i] * k
        finally:
            log.append(k)
        return v

    try:
        total = safe(5)  # refused at: total
    except IndexError:
        total = 2.0 * k
    return total + sum(log)


def _first_above(f, values):
    for value in values:
        found = f(value)
        if found > 1.0:
            raise ValueError("above")
    return found


@refused(0.8)
def function_that_notes_and_is_given_to_one_that_raises(x):
    noted = np.zeros(1)

    def note(value):
        noted[0] += value
        return value * value

    try:
        result = _first_above(note, [x, 2 * x])  # refused at: result = _first_above(note, [x, 2 * x])
    except ValueError:
        result = 3 * x
    return result + noted[0]


@refused(np.ones(3), "numbers.npy")
def numbers_saved_and_loaded(x, path):
    np.save(path, x)
    return np.sum(np.load(path))  # refused at: np.load


@refused(2.0, "folder")
def number_written_to_a_file_and_read(x, folder):
    with open(folder + "/number.txt", "w") as file:
        file.write(str(x))
    with open(folder + "/number.txt") as file:
        return float(file.read()) * x  # refused at: float(file.read())


@refused(np.ones(3), "numbers.npy")
def numbers_saved_in_an_open_file(x, path):
    with open(path, "wb") as file:
        np.save(file, x)
    with open(path, "rb") as file:
        return np.sum(np.load(file))  # refused at: np.load


def thread_pool(x):
    with ThreadPoolExecutor() as pool:
        return pool.submit(np.sin, x).result()


def variable_of_a_tape_inside(x):
    v = Variable(x)
    return v * v


BOX = {"w": [0.0, 0.0]}


def of_the_box(key):
    return BOX[key]


@refused(X, "w")
def item_of_a_global_dict_updated(x, key):
    held = of_the_box(key)
    held[0] += x[0]  # refused at: held[0] += x[0]
    return held[0] * x[1]
