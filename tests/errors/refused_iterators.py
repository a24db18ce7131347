"""Iterators that a function returns, whose items would be made before what they read has changed: they are refused."""

from typing import Any, NamedTuple

from tests.errors.refused import refused


class Holder:
    """An object that gets its attributes later."""


class Rows:
    """Iterators over an array, each given in a way of its own."""

    def __init__(self, a, make=None):
        self.a, self.make = a, make

    def given_by_another(self):
        return self.by_generator()

    def by_generator(self):
        for value in self.a:
            yield 1.0 * value

    def numbered(self):
        return enumerate(self.a)

    def made(self):
        return self.make(1.0, self.a)

    @property
    def squares(self):
        return (value * value for value in self.a)

    @classmethod
    def of(cls, a):
        return cls.doubled(a)

    @staticmethod
    def doubled(a):
        return (2.0 * value for value in a)


class Keeping:
    """An object that is made with an iterator."""

    def __init__(self, a):
        self.items = (2.0 * value for value in a)


class Table:
    """A dict that is shown to others."""

    def __init__(self):
        self.held = {}

    def shown(self):
        return self.held.values()


def kept_in(box, a):
    box.append(2.0 * value for value in a)


def changed_first(items, a):
    a[0] = 7.0
    return sum(items)


def scaled(x, a):
    for value in a:
        yield value * x


def expression(x, a):
    return (value * x for value in a)


def mapped(x, a):
    products = map(lambda value: value * x, a)
    return products


def called(function, x, a):
    return function(x, a)


GENERATORS = {"scaled": scaled, "expression": expression}


@refused(1.3, 0.7)
def generator_of_a_dict(x, n):
    a = [1.0, 2.0]
    items = GENERATORS["scaled"](x, a)  # refused at: GENERATORS["scaled"]
    a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def generator_expression_of_a_function_of_a_dict(x, n):
    a = [1.0, 2.0]
    items = GENERATORS["expression"](x, a)  # refused at: GENERATORS["expression"]
    a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def generator_under_another_name(x, n):
    function = GENERATORS["scaled" if n > 0.0 else "expression"]
    a = [1.0, 2.0]
    items = function(x, a)  # refused at: function
    a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def generator_of_a_list_of_functions(x, n):
    total = 0.0
    for function in [scaled, expression]:
        a = [1.0, 2.0]
        items = function(x, a)  # refused at: function
        a[0] = 5.0 * n
        total += sum(items)
    return total


@refused(1.3, 0.7)
def generators_kept_in_a_dict(x, n):
    a = [1.0, 2.0]
    kept = {name: function(x, a) for name, function in GENERATORS.items()}  # refused at: function(x, a)
    a[0] = 5.0 * n
    return sum(kept["scaled"])


@refused(1.3, 0.7)
def generator_in_an_attribute(x, n):
    holder = Holder()
    holder.source = scaled
    a = [1.0, 2.0]
    items = holder.source(x, a)  # refused at: holder
    a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def loop_that_changes_what_it_reads(x, n):
    a = [1.0, 2.0]
    total = 0.0
    for value in GENERATORS["scaled"](x, a):  # refused at: GENERATORS["scaled"]
        total += value
        a[1] = 5.0 * n
    return total


@refused(1.3, 0.7)
def expression_of_a_helper(x, n):
    a = [1.0, 2.0]
    items = expression(x, a)  # refused at: expression(x, a)
    a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def map_of_a_helper(x, n):
    a = [1.0, 2.0]
    items = mapped(x, a)  # refused at: mapped(x, a)
    a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def generator_given_to_a_helper(x, n):
    a = [1.0, 2.0]
    items = called(scaled, x, a)  # refused at: scaled
    a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def nested_generator_in_a_list(x, n):
    a = [1.0, 2.0]

    def products():
        for value in a:
            yield value * x

    functions = [products]
    items = functions[0]()  # refused at: functions[0]
    a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def generator_run_through_by_a_function_that_changes_what_it_reads(x, n):
    a = [1.0, 2.0]

    def total(items):
        a[0] = 5.0 * n
        return sum(items)

    return total(GENERATORS["scaled"](x, a))  # refused at: GENERATORS["scaled"]


@refused(1.3, 0.7)
def generator_of_a_method_of_a_method(x, n):
    rows = Rows([x, 2.0])
    items = rows.given_by_another()  # refused at: rows.given_by_another()
    rows.a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def iterator_of_a_method(x, n):
    a = [x, 2.0]
    items = Rows(a).numbered()  # refused at: Rows(a).numbered()
    a[0] = 5.0 * n
    return sum(value for _, value in items)


@refused(1.3, 0.7)
def iterator_of_a_property(x, n):
    rows = Rows([x, 2.0])
    items = rows.squares  # refused at: rows.squares
    rows.a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def iterator_of_a_method_of_the_class(x, n):
    a = [x, 2.0]
    items = Rows.of(a)  # refused at: Rows.of(a)
    a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def generator_in_an_attribute_that_a_method_calls(x, n):
    rows = Rows([x, 2.0], scaled)
    items = rows.made()  # refused at: rows.made
    rows.a[0] = 5.0 * n
    return sum(items)


@refused(1.3, 0.7)
def iterator_that_an_object_is_made_with(x, n):
    a = [x, 2.0]
    kept = Keeping(a)  # refused at: Keeping(a)
    a[0] = 5.0 * n
    return sum(kept.items)


@refused(1.3, 0.7)
def iterator_that_a_function_keeps(x, n):
    a, box = [x, 2.0], []
    kept_in(box, a)  # refused at: kept_in(box, a)
    a[0] = 5.0 * n
    return sum(box[0])


@refused(1.3, 0.7)
def iterator_kept_in_a_dict(x, n):
    a, box = [x, 2.0], {}
    box["items"] = map(lambda value: 2.0 * value, a)  # refused at: map(lambda value: 2.0 * value, a)
    a[0] = 5.0 * n
    return sum(box["items"])


@refused(1.3, 0.7)
def generator_given_to_a_function_that_changes_first(x, n):
    a = [x, 2.0 * n]
    return changed_first(scaled(x, a), a)  # refused at: scaled(x, a)


@refused(1.3, 0.7)
def view_of_a_method(x, n):
    table = Table()
    table.held["a"] = x
    values = table.shown()  # refused at: table.shown()
    table.held["b"] = n
    return sum(values)


def doubled_and_one(a):
    return (2.0 * value for value in a), 1.0


class Named(NamedTuple):
    items: Any

    @classmethod
    def of(cls, a):
        return cls(2.0 * value for value in a)


def values_of(table):
    return table.values()


@refused(1.3, 0.7)
def iterator_among_the_parts_of_a_result(x, n):
    a = [x, 2.0]
    items, factor = doubled_and_one(a)  # refused at: doubled_and_one(a)
    a[0] = 5.0 * n
    return sum(items) * factor


@refused(1.3, 0.7)
def iterator_in_a_named_tuple(x, n):
    a = [x, 2.0]
    named = Named.of(a)  # refused at: Named.of
    a[0] = 5.0 * n
    return sum(named.items)


@refused(1.3, 0.7)
def view_that_a_function_returns(x, n):
    table = {"a": x}
    values = values_of(table)  # refused at: values_of(table)
    table["b"] = 3.0 * n
    return sum(values)
