"""Objects that hold their own methods, or functions that know them, in tables; objects that know each other."""

import operator

from tests.programs.corpus import program

PROGRAM = [("push", "x"), ("push", 2.0), ("mul",), ("push", "x"), ("add",)]


class StackMachine:
    def __init__(self):
        self.stack = []
        self.operations = {
            "push": self.push,
            "add": lambda: self.stack.append(self.stack.pop() + self.stack.pop()),
            "mul": lambda: self.binary(operator.mul),
            "dup": lambda: self.stack.append(self.stack[-1]),
        }

    def push(self, value):
        self.stack.append(value)

    def binary(self, apply):
        right, left = self.stack.pop(), self.stack.pop()
        self.stack.append(apply(left, right))

    def run(self, steps, x):
        for name, *given in steps:
            self.operations[name](*[x if value == "x" else value for value in given])
        return self.stack.pop()


class ByName(StackMachine):
    def __init__(self):
        self.stack = []

    def add(self):
        self.stack.append(self.stack.pop() + self.stack.pop())

    def mul(self):
        self.stack.append(self.stack.pop() * self.stack.pop())

    def drop(self):
        del self.stack[-1]

    def run(self, steps, x):
        for name, *given in steps:
            getattr(self, name)(*[x if value == "x" else value for value in given])
        return self.stack.pop()


@program(1.3)
def methods_and_lambdas_in_a_table(x):
    return StackMachine().run([*PROGRAM, ("dup",), ("mul",)], x)


@program(1.3)
def methods_by_name(x):
    return ByName().run([*PROGRAM, ("push", "x"), ("push", 5.0), ("drop",), ("mul",)], x)


class TwoStates:
    def __init__(self):
        self.total = 1.0
        self.state = "idle"
        self.runs = 0
        self.handlers = {"idle": self.idle, "run": self.run}

    def idle(self, x):
        self.state = "run"
        self.total = self.total * x
        return x

    def run(self, x):
        self.state = "idle"
        self.runs += 1
        return x * x * self.runs * self.total

    def step(self, x):
        return self.handlers[self.state](x)


@program(1.3)
def machine_of_two_states(x):
    machine = TwoStates()
    result = 0.0
    for _ in range(4):
        result = result + machine.handlers[machine.state](x)
    return result * machine.total + machine.step(2 * x)


def machine_of_the_caller(x, machine):
    return machine.step(x) + machine.step(x) + machine.step(x) + machine.step(2 * x)


class Sum:
    def __init__(self):
        self.value = 0.0

    def add(self, value):
        self.value += value * value


class Events:
    def __init__(self, first):
        self.first = first
        self.handlers = []
        self.log = []
        self.note = self.log.append

    def emit(self, value):
        self.first(value)
        for handler in self.handlers:
            handler(value)


@program(1.3)
def handlers_of_other_objects(x):
    one, other = Sum(), Sum()
    events = Events(one.add)
    events.handlers.append(other.add)
    events.handlers.append(events.note)
    events.emit(x)
    events.emit(x * 2)
    return one.value * other.value + sum(events.log)


class Node:
    def __init__(self, value, parent=None):
        self.value = value
        self.parent = parent
        self.children = []

    def grown(self, value):
        child = Node(value, self)
        self.children.append(child)
        return child

    def total(self):
        above = self.parent.value if self.parent else 1.0
        return self.value * above + sum(child.total() for child in self.children)


def family():
    root = Node(1.5)
    root.grown(2.0).grown(3.0)
    root.grown(0.7)
    return root


@program(1.3)
def tree_that_knows_its_parents(x):
    root = Node(x)
    root.grown(x * x).grown(x + 1)
    root.grown(2.0)
    return root.total()


ROOT = family()


@program(1.3)
def tree_outside_that_knows_its_parents(x):
    return ROOT.total() * x + sum(child.value * x**2 for child in ROOT.children)


def changed_family(x, root):
    root.value = x
    root.children[0].value = x * root.value
    return root.total()


def whole_family(root):
    return root.total()
