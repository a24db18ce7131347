"""Iterators that a function returns, whose items would be made before what they read has changed: they are refused."""

from tests.errors.refused import refused


class Holder:
    """An object that gets its attributes later."""


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
