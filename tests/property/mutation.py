"""Random programs that change arrays through views, aliases, containers, objects and helper functions.

As in `tests.property.generate`, every decision is one call of ``pick(n)`` whose 0 is the simplest choice, so that
Hypothesis shrinks a failing program.  Values stay bounded: what is stored is a sine, or is added or multiplied a
few times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.property.marked import MARK, MarkedProgram

__all__ = ["MARK", "MutatingProgram", "mutating_program"]

Pick = Callable[[int], int]
Shape = tuple[int, ...]


HEADER = '''\
import math

import numpy as np


class Box:
    """Holds an array and a number."""

    def __init__(self, data, scale):
        self.data = data
        self.scale = scale

    def blend(self, other):
        self.data[1:] += self.scale * other[:-1]
        self.scale = math.sin(self.scale + other[0])
        return self.data

    def replace(self, other):
        old = self.data
        self.data = other
        return old
'''

FLOAT: Shape = ()
VECTOR: Shape = (4,)
MATRIX: Shape = (3, 4)


@dataclass(frozen=True)
class MutatingProgram(MarkedProgram):
    """The text of a module whose function ``program`` takes arguments of these shapes."""

    shapes: tuple[Shape, ...]
    seed: int


@dataclass(frozen=True)
class _Helper:
    name: str
    parameters: tuple[Shape, ...]
    result: Shape | None


@dataclass
class _Scope:
    """What is certainly bound here: texts that stand for numbers and arrays, and containers."""

    places: dict[str, Shape]
    counters: dict[str, int] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    in_loop: bool = False
    nested: bool = False

    def inside(self, in_loop: bool = False) -> _Scope:
        """Return the scope of a block in here, whose new variables do not get out."""
        return _Scope(
            dict(self.places),
            dict(self.counters),
            list(self.boxes),
            list(self.lists),
            self.in_loop or in_loop,
            True,
        )

    def of_shape(self, shape: Shape) -> list[str]:
        return [text for text, its_shape in self.places.items() if its_shape == shape]

    def arrays(self) -> list[str]:
        return [text for text, shape in self.places.items() if shape]


def mutating_program(pick: Pick) -> MutatingProgram:
    """Return a module of up to two helper functions and the function ``program``."""
    helpers: list[_Helper] = []
    functions = []
    for number in range(pick(3)):
        parameters: tuple[Shape, ...] = ((VECTOR, VECTOR), (VECTOR, FLOAT), (VECTOR,), (MATRIX, VECTOR))[
            pick(4)
        ]
        result = (None, VECTOR, None, FLOAT)[pick(4)]
        name = f"helper{number}"
        functions.append(_Function(pick, list(helpers), 1 + pick(4), result).write(name, parameters))
        helpers.append(_Helper(name, parameters, result))
    shapes = (VECTOR, *((FLOAT, VECTOR, MATRIX)[pick(3)] for _ in range(pick(3))))
    functions.append(_Function(pick, helpers, 2 + pick(7), FLOAT).write("program", shapes))
    return MutatingProgram("\n\n".join([HEADER, *functions]), shapes, pick(1000))


class _Function:
    """The writer of one function."""

    def __init__(self, pick: Pick, helpers: list[_Helper], budget: int, result: Shape | None) -> None:
        self.pick = pick
        self.helpers = helpers
        self.budget = budget
        self.result = result
        self.lines: list[str] = []
        self.depth = 1
        self.count = 0

    def write(self, name: str, parameters: tuple[Shape, ...]) -> str:
        """Return the text of a function with parameters of these shapes."""
        scope = _Scope({self.fresh("p"): shape for shape in parameters})
        self.lines.append(f"def {name}({', '.join(scope.places)}):")
        while self.budget > 0:
            self.statement(scope)
        if self.result is not None:
            self.put(f"return {self.outcome(scope)}")
        return "\n".join(self.lines) + "\n"

    def put(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def choose(self, options: list[str]) -> str:
        return options[self.pick(len(options))]

    def outcome(self, scope: _Scope) -> str:
        """Return an expression of most of what there is; of arrays, one of them or a view."""
        if self.result == FLOAT:
            terms = [self.squared(text, shape) for text, shape in scope.places.items() if self.pick(4) < 3]
            return " + ".join(terms) or self.squared(*next(iter(scope.places.items())))
        assert self.result is not None
        found = self.seen(self.result, scope)
        return found or self.expression(self.result, scope, 1)

    @staticmethod
    def squared(text: str, shape: Shape) -> str:
        return f"np.sum({text} * {text})" if shape else f"{text} * {text}"

    # Statements

    def statement(self, scope: _Scope) -> None:
        """Write one statement, or a compound one with its blocks."""
        self.budget -= 1
        stores = [self.store, self.store_part, self.store_part, self.update, self.store_many, self.write_into]
        names = [self.view, self.view, self.alias, self.value, self.number, self.call, self.call]
        holders = [self.container, self.rebind, self.box, self.swap]
        compound = [self.branch, self.for_range, self.for_rows, self.while_loop]
        exits = [self.early_return] + ([self.leave, self.leave] if scope.in_loop else [])
        options = stores + names + holders
        if self.depth < 4:
            options += compound + exits
        options[self.pick(len(options))](scope)

    def block(self, scope: _Scope) -> None:
        """Write an indented block."""
        self.depth += 1
        for _ in range(1 + self.pick(3)):
            self.statement(scope)
        self.depth -= 1

    def operator(self) -> str:
        return ("=", "+=", "*=", "-=")[self.pick(4)]

    def stored(self, shape: Shape, scope: _Scope) -> str:
        """Return what a statement stores: bounded, of the shape or broadcast to it."""
        if shape and self.pick(4) == 3:
            shape = FLOAT if len(shape) == 1 or self.pick(2) else shape[1:]
        if self.pick(3) == 2:
            return f"0.5 * {self.expression(shape, scope, 0)}"
        return f"{'math' if shape == FLOAT else 'np'}.sin({self.expression(shape, scope, 1)})"

    def store(self, scope: _Scope) -> None:
        """Store one element."""
        array = self.choose(scope.arrays())
        index = ", ".join(self.index(length, scope) for length in scope.places[array])
        self.put(f"{array}[{index}] {self.operator()} {self.stored(FLOAT, scope)}")

    def store_part(self, scope: _Scope) -> None:
        """Store into what a subscript selects."""
        array = self.choose(scope.arrays())
        subscript, shape = self.subscript(scope.places[array])
        self.put(f"{array}[{subscript}] {self.operator()} {self.stored(shape, scope)}")

    def update(self, scope: _Scope) -> None:
        """Change a whole array or number in place."""
        place = self.choose(list(scope.places))
        self.put(f"{place} {('*=', '+=', '-=')[self.pick(3)]} {self.stored(scope.places[place], scope)}")

    def store_many(self, scope: _Scope) -> None:
        """Store under a mask or at indices, some of them repeated."""
        array = self.choose(scope.arrays())
        length, rest = scope.places[array][0], scope.places[array][1:]
        form = self.pick(4)
        if form == 0:
            mask = f"{MARK}({array} > {self.constant()})"
            self.put(f"{array}[{mask}] {self.operator()} {self.stored(FLOAT, scope)}")
            return
        where = f"[{', '.join(str(self.pick(length)) for _ in range(3))}]"
        value = self.stored((3, *rest), scope)
        if form == 1:
            self.put(f"{array}[{where}] {self.operator()} {value}")
        elif form == 2:
            self.put(f"np.add.at({array}, {where}, {value})")
        else:
            self.put(f"{array}[{where}] = {array}[[{', '.join(str(self.pick(length)) for _ in range(3))}]]")

    def write_into(self, scope: _Scope) -> None:
        """Let a function write into an array."""
        array = self.choose(scope.arrays())
        shape = scope.places[array]
        one, other = self.expression(shape, scope, 0), self.expression(shape, scope, 0)
        forms = (
            f"np.sin({one}, out={array})",
            f"np.multiply({one}, {other}, out={array})",
            f"{array}.fill({self.stored(FLOAT, scope)})",
            f"np.copyto({array}, {self.stored(shape, scope)})",
            f"{array}[::-1] = {array}",
        )
        self.put(forms[self.pick(len(forms))])

    def view(self, scope: _Scope) -> None:
        """Name a view."""
        array = self.choose(scope.arrays())
        text, shape = self.viewed(array, scope.places[array])
        name = self.fresh("v")
        self.put(f"{name} = {text}")
        scope.places[name] = shape

    def viewed(self, array: str, shape: Shape) -> tuple[str, Shape]:
        if len(shape) == 2 and self.pick(3) == 2:
            form = self.pick(4)
            return (
                (f"{array}.T", shape[::-1]),
                (f"{array}.reshape(-1)", (shape[0] * shape[1],)),
                (f"np.swapaxes({array}, 0, 1)", shape[::-1]),
                (f"{array}.T.ravel()", (shape[0] * shape[1],)),
            )[form]
        subscript, result = self.subscript(shape)
        return f"{array}[{subscript}]", result

    def alias(self, scope: _Scope) -> None:
        """Give an array another name, perhaps one of two arrays."""
        array = self.choose(scope.arrays())
        shape = scope.places[array]
        name = self.fresh("w")
        if self.pick(2):
            other = self.choose(scope.of_shape(shape))
            last = ("", ".copy()", " * 1.0")[self.pick(3)]
            self.put(f"{name} = {array} if {self.condition(scope)} else {other}{last}")
        else:
            self.put(f"{name} = {array}")
        scope.places[name] = shape

    def value(self, scope: _Scope) -> None:
        """Name an array that is new."""
        shape = scope.places[self.choose(scope.arrays())]
        name = self.fresh("n")
        form = self.pick(3)
        if form == 0:
            self.put(f"{name} = {self.choose(scope.of_shape(shape))}.copy()")
        elif form == 1:
            self.put(f"{name} = np.tanh({self.expression(shape, scope, 1)})")
        else:
            self.put(f"{name} = np.zeros({shape})")
        scope.places[name] = shape

    def number(self, scope: _Scope) -> None:
        """Name a number, or bind one again."""
        floats = [name for name in scope.of_shape(FLOAT) if name.isidentifier()]
        name = self.choose(floats) if floats and self.pick(2) else self.fresh("s")
        self.put(f"{name} = math.sin({self.expression(FLOAT, scope, 1)})")
        scope.places[name] = FLOAT

    def call(self, scope: _Scope) -> None:
        """Call a helper function, which may change what it is given."""
        if not self.helpers:
            return self.store_part(scope)
        helper = self.helpers[self.pick(len(self.helpers))]
        arguments = [
            (self.seen(shape, scope) if shape else None) or self.expression(shape, scope, 0)
            for shape in helper.parameters
        ]
        text = f"{helper.name}({', '.join(arguments)})"
        if helper.result is None:
            self.put(text)
            return
        name = self.fresh("r")
        self.put(f"{name} = {text}" if helper.result else f"{name} = math.sin({text})")
        scope.places[name] = helper.result

    def container(self, scope: _Scope) -> None:
        """Start a list or dict of arrays and numbers, or add to a list."""
        if scope.lists and not scope.nested and self.pick(2):
            name = self.choose(scope.lists)
            items = [text for text in scope.places if text.startswith(f"{name}[")]
            if self.pick(2):
                self.put(f"{name}.append({self.item(VECTOR, scope)})")
                scope.places[f"{name}[{len(items)}]"] = VECTOR
            else:
                taken = self.fresh("t")
                self.put(f"{taken} = {name}.pop()")
                scope.places[taken] = VECTOR
                del scope.places[items[-1]]
                if len(items) == 1:
                    scope.lists.remove(name)
        elif self.pick(2):
            name = self.fresh("d")
            number = self.expression(FLOAT, scope, 0)
            self.put(f'{name} = {{"a": {self.item(VECTOR, scope)}, "s": {number}}}')
            scope.places |= {f'{name}["a"]': VECTOR, f'{name}["s"]': FLOAT}
        else:
            name = self.fresh("l")
            self.put(f"{name} = [{self.item(VECTOR, scope)}, {self.item(VECTOR, scope)}]")
            scope.places |= {f"{name}[0]": VECTOR, f"{name}[1]": VECTOR}
            scope.lists.append(name)

    def rebind(self, scope: _Scope) -> None:
        """Bind a name, an item or an attribute to another array or number."""
        place = self.choose(list(scope.places))
        shape = scope.places[place]
        self.put(f"{place} = {self.item(shape, scope) if shape else self.stored(FLOAT, scope)}")

    def item(self, shape: Shape, scope: _Scope) -> str:
        """Return an array that is there, a view, or a new one."""
        found = self.seen(shape, scope) if self.pick(3) < 2 else None
        return found or f"np.sin({self.expression(shape, scope, 1)})"

    def box(self, scope: _Scope) -> None:
        """Make an object, or call a method that changes it."""
        if not scope.boxes:
            name = self.fresh("box")
            self.put(f"{name} = Box({self.item(VECTOR, scope)}, {self.expression(FLOAT, scope, 0)})")
            scope.boxes.append(name)
            scope.places |= {f"{name}.data": VECTOR, f"{name}.scale": FLOAT}
            return
        name = self.choose(scope.boxes)
        result = self.fresh("r")
        method = ("blend", "replace")[self.pick(2)]
        self.put(f"{result} = {name}.{method}({self.item(VECTOR, scope)})")
        scope.places[result] = VECTOR

    def swap(self, scope: _Scope) -> None:
        """Exchange elements, rows or names."""
        array = self.choose(scope.arrays())
        others = [text for text in scope.of_shape(scope.places[array]) if text != array]
        if others and self.pick(2):
            first, second = array, self.choose(others)
        else:
            length = scope.places[array][0]
            first, second = (f"{array}[{self.pick(length)}]" for _ in range(2))
        self.put(f"{first}, {second} = {second}, {first}")

    def branch(self, scope: _Scope) -> None:
        self.put(f"if {self.condition(scope)}:")
        self.block(scope.inside())
        if self.pick(2):
            self.put("else:")
            self.block(scope.inside())

    def for_range(self, scope: _Scope) -> None:
        counter = self.fresh("i")
        header = (f"range({self.pick(3)})", "range(2)", "range(1, 3)", "range(2, -1, -1)")[self.pick(4)]
        self.put(f"for {counter} in {header}:")
        inner = scope.inside(in_loop=True)
        inner.counters[counter] = 3
        self.block(inner)
        if header != "range(0)" and self.pick(3) == 2:
            scope.counters[counter] = 3

    def for_rows(self, scope: _Scope) -> None:
        matrices = [text for text in scope.arrays() if len(scope.places[text]) == 2]
        if not matrices:
            return self.for_range(scope)
        matrix = self.choose(matrices)
        row, counter = self.fresh("row"), self.fresh("i")
        inner = scope.inside(in_loop=True)
        inner.places[row] = scope.places[matrix][1:]
        if self.pick(2):
            inner.counters[counter] = scope.places[matrix][0]
            self.put(f"for {counter}, {row} in enumerate({matrix}):")
        else:
            self.put(f"for {row} in {matrix}:")
        self.block(inner)

    def while_loop(self, scope: _Scope) -> None:
        counter = self.fresh("k")
        self.put(f"{counter} = 0")
        self.put(f"while {counter} < {1 + self.pick(3)} and {self.condition(scope)}:")
        self.depth += 1
        self.put(f"{counter} += 1")
        self.depth -= 1
        inner = scope.inside(in_loop=True)
        inner.counters[counter] = 4
        self.block(inner)

    def early_return(self, scope: _Scope) -> None:
        self.put(f"if {self.condition(scope)}:")
        self.put("    return" if self.result is None else f"    return {self.outcome(scope)}")

    def leave(self, scope: _Scope) -> None:
        self.put(f"if {self.condition(scope)}:")
        self.depth += 1
        if self.pick(2):
            self.store(scope)
        self.depth -= 1
        self.put(f"    {('break', 'continue')[self.pick(2)]}")

    # Places and expressions

    def index(self, length: int, scope: _Scope) -> str:
        """Return an index into an axis of this length."""
        fitting = [name for name, bound in scope.counters.items() if bound <= length]
        if fitting and self.pick(2):
            return self.choose(fitting)
        return str(self.pick(length) if self.pick(4) else -1)

    def subscript(self, shape: Shape) -> tuple[str, Shape]:
        """Return a basic subscript, and the shape of what it selects, which is never empty."""
        if len(shape) == 2 and self.pick(2):
            if self.pick(2):
                return f":, {self.pick(shape[1])}", shape[:1]
            return str(self.pick(shape[0])), shape[1:]
        length = shape[0]
        forms = [
            ("1:", length - 1),
            (":-1", length - 1),
            ("::-1", length),
            ("::2", (length + 1) // 2),
            (":", length),
        ]
        text, selected = forms[self.pick(len(forms) if length > 1 else 1) if length > 1 else 2]
        return text, (selected, *shape[1:])

    def seen(self, shape: Shape, scope: _Scope) -> str | None:
        """Return an array of the shape that is there, or a view of one."""
        options = list(scope.of_shape(shape))
        if len(shape) == 1:
            for text in scope.arrays():
                available = scope.places[text]
                if len(available) == 1 and available[0] > shape[0]:
                    options += [f"{text}[:{shape[0]}]", f"{text}[{available[0] - shape[0]} :]"]
                elif available == shape:
                    options.append(f"{text}[::-1]")
                elif available[1:] == shape:
                    options += [f"{text}[0]", f"{text}[-1]"]
        return self.choose(options) if options else None

    def constant(self) -> str:
        return ("0.5", "0.1", "-0.3", "0.8", "-0.7", "1.3")[self.pick(6)]

    def condition(self, scope: _Scope) -> str:
        """Return a marked condition on values or on counters."""
        if scope.counters and self.pick(3) == 0:
            return f"{MARK}({self.choose(list(scope.counters))} == 1)"
        tests = [f"{self.expression(FLOAT, scope, 0)} {('>', '<')[self.pick(2)]} {self.constant()}"]
        if self.pick(3) == 2:
            tests.append(f"-0.5 < {self.expression(FLOAT, scope, 0)} < 0.6")
        return f"{MARK}({(' and ', ' or ')[self.pick(2)].join(tests)})"

    def expression(self, shape: Shape, scope: _Scope, depth: int) -> str:
        """Return an expression of the shape that is smooth in every variable."""
        if depth > 0 and self.pick(2):
            one, other = (self.expression(shape, scope, depth - 1) for _ in range(2))
            return f"({one} {('*', '+', '-')[self.pick(3)]} {other})"
        if shape == FLOAT:
            options = scope.of_shape(FLOAT)
            if options and self.pick(2) == 0:
                return self.choose(options)
            array = self.choose(scope.arrays()) if scope.arrays() else None
            if array is None:
                return self.choose(options) if options else self.constant()
            if self.pick(4) == 3:
                return f"np.sum({array})"
            return f"{array}[{', '.join(self.index(n, scope) for n in scope.places[array])}]"
        found = self.seen(shape, scope)
        return found or f"({self.expression(FLOAT, scope, 0)} * np.ones({shape}))"
