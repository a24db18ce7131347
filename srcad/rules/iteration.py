"""The functions of ``itertools`` and ``operator`` that pick and combine items, written out in Python.

Iterators become lists: what they would give one by one is there at once.
"""

from __future__ import annotations

import itertools
import operator
from typing import Any

from srcad import runtime as rt
from srcad.rules.registry import language, written_out

language(operator.attrgetter, operator.itemgetter, operator.methodcaller)


@written_out(operator.itemgetter.__call__)
def call_itemgetter(self: Any, obj: Any) -> Any:
    keys = rt.keys_of(self)
    if len(keys) == 1:
        return obj[keys[0]]
    return tuple([obj[key] for key in keys])


@written_out(operator.attrgetter.__call__)
def call_attrgetter(self: Any, obj: Any) -> Any:
    names = rt.keys_of(self)
    if len(names) == 1:
        return attribute_of(obj, names[0])
    return tuple([attribute_of(obj, name) for name in names])


def attribute_of(obj: Any, path: str) -> Any:
    """Return ``obj.a.b`` for the path ``"a.b"``."""
    for name in path.split("."):
        obj = getattr(obj, name)
    return obj


@written_out(operator.methodcaller.__call__)
def call_methodcaller(self: Any, obj: Any) -> Any:
    name, args, options = rt.called_method(self)
    return getattr(obj, name)(*args, **options)


# -- all items, combined -------------------------------------------------------------------------------


def chain(*iterables: Any) -> Any:
    return [item for iterable in iterables for item in iterable]


def chain_from_iterable(iterable: Any) -> Any:
    return [item for inner in iterable for item in inner]


def combinations(iterable: Any, r: int) -> Any:
    items = list(iterable)
    return [tuple([items[i] for i in chosen]) for chosen in rt.combined("combinations", len(items), r)]


def combinations_with_replacement(iterable: Any, r: int) -> Any:
    items = list(iterable)
    places = rt.combined("combinations_with_replacement", len(items), r)
    return [tuple([items[i] for i in chosen]) for chosen in places]


def permutations(iterable: Any, r: Any = None) -> Any:
    items = list(iterable)
    return [tuple([items[i] for i in chosen]) for chosen in rt.combined("permutations", len(items), r)]


def product(*iterables: Any, repeat: int = 1) -> Any:
    pools = [list(iterable) for iterable in iterables] * repeat
    places = rt.combined("product", *[len(pool) for pool in pools])
    return [tuple([pools[k][chosen[k]] for k in range(len(pools))]) for chosen in places]


def pairwise(iterable: Any) -> Any:
    items = list(iterable)
    return [(items[i], items[i + 1]) for i in range(len(items) - 1)]


def zip_longest(*iterables: Any, fillvalue: Any = None) -> Any:
    columns = [list(iterable) for iterable in iterables]
    length = max([len(column) for column in columns], default=0)
    return [tuple([column[i] if i < len(column) else fillvalue for column in columns]) for i in range(length)]


def tee(iterable: Any, n: int = 2) -> Any:
    items = list(iterable)
    return tuple([Items(items) for _ in range(n)])


# -- some items ----------------------------------------------------------------------------------------


def islice(iterable: Any, *limits: Any) -> Any:
    items = first_of(iterable, limits) if hasattr(type(iterable), "__next__") else list(iterable)
    return [items[i] for i in rt.sliced(len(items), *limits)]


def first_of(iterator: Any, limits: Any) -> Any:
    """Take as many items of an iterator as ``itertools.islice`` does."""
    count = rt.slice_end(*limits)
    items: list[Any] = []
    while count is None or len(items) < count:
        item = following_or(iterator, rt.End)
        if item is rt.End:
            break
        items.append(item)
    return items


def compress(data: Any, selectors: Any) -> Any:
    return [item for item, selected in zip(data, selectors) if selected]


def filterfalse(function: Any, iterable: Any) -> Any:
    if function is None:
        return [item for item in iterable if not item]
    return [item for item in iterable if not function(item)]


def takewhile(predicate: Any, iterable: Any) -> Any:
    taken: list[Any] = []
    if hasattr(type(iterable), "__next__"):
        while True:
            item = following_or(iterable, rt.End)
            if item is rt.End or not predicate(item):
                return taken
            taken.append(item)
    for item in list(iterable):
        if not predicate(item):
            break
        taken.append(item)
    return taken


def dropwhile(predicate: Any, iterable: Any) -> Any:
    kept: list[Any] = []
    for item in iterable:
        if kept or not predicate(item):
            kept.append(item)
    return kept


def groupby(iterable: Any, key: Any = None) -> Any:
    items = list(iterable)
    keys = items if key is None else [key(item) for item in items]
    return [(keys[start], items[start:stop]) for _, start, stop in rt.groups_of(keys)]


# -- items that are computed ---------------------------------------------------------------------------


def starmap(function: Any, iterable: Any) -> Any:
    return [function(*args) for args in iterable]


def accumulate_sums(iterable: Any) -> Any:
    """Return ``itertools.accumulate(iterable)``."""
    sums: list[Any] = []
    for item in iterable:
        sums.append(sums[-1] + item if sums else item)
    return sums


def accumulate(iterable: Any, func: Any = None, *, initial: Any = None) -> Any:
    if func is None:
        func = operator.add
    values = [] if initial is None else [initial]
    for item in iterable:
        values.append(func(values[-1], item) if values else item)
    return values


# -- items without end ---------------------------------------------------------------------------------


def repeated(item: Any, times: int) -> Any:
    """Return ``itertools.repeat(item, times)``."""
    return [item for _ in range(times)]


class Items:
    """What ``iter`` makes of a list or an array."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.position = 0

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if self.position >= len(self.source):
            raise StopIteration
        item = self.source[self.position]
        self.position += 1
        return item

    def rest(self, source: Any = None) -> Any:
        """Return what is left of the source, or of another one like it, as it is when its items are read.

        >>> import numpy as np
        >>> source = np.zeros(3)
        >>> items = Items(source)
        >>> float(next(items)), np.shares_memory(items.rest(), source)
        (0.0, True)
        """
        source = self.source if source is None else source
        return source if self.position == 0 else source[self.position :]


class Counted:
    """What ``itertools.count`` makes."""

    def __init__(self, start: Any = 0, step: Any = 1) -> None:
        self.value = start
        self.step = step

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        value = self.value
        self.value = value + self.step
        return value


class Cycled:
    """What ``itertools.cycle`` makes."""

    def __init__(self, items: Any) -> None:
        self.items = items
        self.position = 0

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if len(self.items) == 0:
            raise StopIteration
        item = self.items[self.position % len(self.items)]
        self.position += 1
        return item


def items_of_mapping(values: Any) -> Any:
    """Return the pairs of an object that has keys, as ``dict`` finds them."""
    return [(key, values[key]) for key in values.keys()]


def iterate(iterable: Any) -> Any:
    if hasattr(type(iterable), "__next__"):
        return iterable
    if rt.iterates_in_python(iterable):
        made_by = type(iterable).__iter__
        return made_by(iterable)
    return Items(rt.sequence(iterable))


def count(start: Any = 0, step: Any = 1) -> Any:
    return Counted(start, step)


def cycle(iterable: Any) -> Any:
    return Cycled(list(iterable))


def following(iterator: Any) -> Any:
    rt.check_iterator(iterator)
    return iterator.__next__()


def following_or(iterator: Any, default: Any) -> Any:
    """Return ``next(iterator, default)``."""
    rt.check_iterator(iterator)
    if isinstance(iterator, Items):
        if iterator.position >= len(iterator.source):
            return default
        return iterator.__next__()
    try:
        return iterator.__next__()
    except StopIteration:
        return default


def in_turns(*iterables: Any) -> Any:
    """Return ``list(zip(*iterables))``, where some are iterators: one item of each is taken at a time."""
    iterators = [iterate(iterable) for iterable in iterables]
    rows: list[Any] = []
    while True:
        row: list[Any] = []
        for iterator in iterators:
            item = following_or(iterator, rt.End)
            if item is rt.End:
                return rows
            row.append(item)
        rows.append(tuple(row))


def prompt(function: Any) -> Any:
    """Return ``function``, whose items are made at once where it is called: one that makes them later is refused."""
    rt.check_late(function)
    return function


def prompt_method(owner: Any, name: str) -> Any:
    """Return the owner of a method; see `prompt`."""
    rt.check_late_method(owner, name)
    return owner


def with_method(owner: Any, name: str, function: Any) -> Any:
    """Return the owner of a method under ``contextmanager``, if it is the one that is written out here."""
    rt.check_method(owner, name, function)
    return owner


WRITTEN_OUT: dict[Any, Any] = {
    itertools.accumulate: accumulate, itertools.chain: chain, itertools.chain.from_iterable: chain_from_iterable,
    itertools.count: count, itertools.cycle: cycle, iter: iterate, next: following,
    itertools.combinations: combinations, itertools.combinations_with_replacement: combinations_with_replacement,
    itertools.compress: compress, itertools.dropwhile: dropwhile, itertools.filterfalse: filterfalse,
    itertools.groupby: groupby, itertools.islice: islice, itertools.pairwise: pairwise,
    itertools.permutations: permutations, itertools.product: product, itertools.repeat: repeated,
    itertools.starmap: starmap, itertools.takewhile: takewhile, itertools.tee: tee,
    itertools.zip_longest: zip_longest,
}  # fmt: skip
"""What the iterators of ``itertools`` mean where the call is resolved when the program runs."""

for _primal, _source in WRITTEN_OUT.items():
    written_out(_primal)(_source)
