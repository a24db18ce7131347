"""Trees whose nodes are of many classes that hold each other: visitors and interpreters."""

import math
import operator

from tests.programs.corpus import program


class Number:
    def __init__(self, v):
        self.v = v

    def accept(self, visitor):
        return visitor.visit_number(self)


class Named:
    def __init__(self, name):
        self.name = name

    def accept(self, visitor):
        return visitor.visit_named(self)


class Binary:
    def __init__(self, op, a, b):
        self.op, self.a, self.b = op, a, b

    def accept(self, visitor):
        return visitor.visit_binary(self)


OPERATORS = {"+": lambda a, b: a + b, "*": operator.mul, "-": operator.sub, "/": lambda a, b: a / b}


class Evaluation:
    def __init__(self, values):
        self.values, self.count = values, 0

    def visit_number(self, node):
        self.count += 1
        return node.v

    def visit_named(self, node):
        return self.values[node.name]

    def visit_binary(self, node):
        a, b = node.a.accept(self), node.b.accept(self)
        return OPERATORS[node.op](a, b)


@program(0.4, 1.2)
def a_visitor(x, y):
    quotient = Binary("/", Number(x), Binary("-", Number(3.0), Named("y")))
    visitor = Evaluation({"x": x, "y": y * x})
    return Binary("+", Binary("*", Named("x"), Named("y")), quotient).accept(visitor) * visitor.count


class Literal:
    def __init__(self, v):
        self.v = v

    def value(self, names):
        return self.v


class Reference:
    def __init__(self, name):
        self.name = name

    def value(self, names):
        return names[self.name]


class Sum:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def value(self, names):
        return self.a.value(names) + self.b.value(names)


class Product(Sum):
    def value(self, names):
        return self.a.value(names) * self.b.value(names)


class Negative:
    def __init__(self, a):
        self.a = a

    def value(self, names):
        return -self.a.value(names)


class Choice:
    def __init__(self, asked, a, b):
        self.asked, self.a, self.b = asked, a, b

    def value(self, names):
        return self.a.value(names) if self.asked.value(names) > 0 else self.b.value(names)


class Let:
    def __init__(self, name, v, body):
        self.name, self.v, self.body = name, v, body

    def value(self, names):
        names = dict(names)
        names[self.name] = self.v.value(names)
        return self.body.value(names)


class Call:
    def __init__(self, function, a):
        self.function, self.a = function, a

    def value(self, names):
        return self.function(self.a.value(names))


def tree(x, y):
    z = Sum(Reference("x"), Product(Literal(x), Reference("y")))
    sine = Call(math.sin, Sum(Reference("z"), Negative(Literal(y))))
    return Let("z", z, Choice(Negative(Reference("x")), Literal(1.0), Product(Reference("z"), sine)))


@program(0.4, 0.8)
def an_interpreter(x, y):
    return tree(x, y).value({"x": x, "y": y})


@program(tree(0.4, 0.8), 0.4, 0.8)
def an_interpreter_of_its_argument(given, x, y):
    return given.value({"x": x, "y": y})
