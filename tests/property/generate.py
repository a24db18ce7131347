"""Random programs as source text: loops, branches, early exits and calls over floats and small arrays.

Every decision is one call of ``pick(n)``, which returns an integer below ``n`` and whose 0 is the simplest
choice, so that Hypothesis shrinks a failing program by shrinking its decisions.  Values stay bounded because
whatever is assigned repeatedly goes through ``sin`` or ``tanh``; every program ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.property.marked import MARK, MarkedProgram

__all__ = ["MARK", "RandomProgram", "random_program"]

Pick = Callable[[int], int]


HEADER = "import math\n\nimport numpy as np\n"

# Kinds of variables: float, vector of 3, matrix of 2x3, integer.
FLOAT, VECTOR, MATRIX, INTEGER = "float", "vector", "matrix", "integer"


@dataclass(frozen=True)
class RandomProgram(MarkedProgram):
    """The text of a module whose function ``program`` takes parameters of these kinds."""

    kinds: tuple[str, ...]
    seed: int


@dataclass(frozen=True)
class _Helper:
    name: str
    parameters: tuple[str, ...]
    result: str


@dataclass
class _Scope:
    """The variables that are certainly assigned here, and what encloses this place."""

    variables: dict[str, str]
    in_loop: bool = False
    lists: list[str] = field(default_factory=list)

    def inside(self, in_loop: bool | None = None) -> _Scope:
        """Return the scope of a block in here, whose new variables do not get out."""
        return _Scope(dict(self.variables), self.in_loop if in_loop is None else in_loop, list(self.lists))

    def of_kind(self, kind: str) -> list[str]:
        return [name for name, its_kind in self.variables.items() if its_kind == kind]


def random_program(pick: Pick) -> RandomProgram:
    """Return a module of up to two helper functions and the function ``program``."""
    helpers: list[_Helper] = []
    functions = []
    for number in range(pick(3)):
        parameters = (FLOAT, FLOAT) if pick(2) == 0 else (VECTOR, FLOAT)
        result = FLOAT if pick(2) == 0 else VECTOR
        name = f"helper{number}"
        functions.append(_Function(pick, list(helpers), 2 + pick(3)).write(name, parameters, result))
        helpers.append(_Helper(name, parameters, result))
    kinds = tuple((FLOAT, VECTOR, FLOAT, MATRIX)[pick(4)] for _ in range(1 + pick(4)))
    functions.append(_Function(pick, helpers, 3 + pick(7)).write("program", kinds, FLOAT))
    return RandomProgram("\n\n".join([HEADER, *functions]), kinds, pick(1000))


class _Function:
    """The writer of one function."""

    def __init__(self, pick: Pick, helpers: list[_Helper], budget: int) -> None:
        self.pick = pick
        self.helpers = helpers
        self.budget = budget
        self.lines: list[str] = []
        self.depth = 1
        self.count = 0
        self.result = FLOAT

    def write(self, name: str, parameters: tuple[str, ...], result: str) -> str:
        """Return the text of a function with parameters of these kinds."""
        self.result = result
        scope = _Scope({self.fresh("p"): kind for kind in parameters})
        self.lines.append(f"def {name}({', '.join(scope.variables)}):")
        while self.budget > 0:
            self.statement(scope)
        total = [self.expression(result, scope, 1)]
        total += [self.as_kind(variable, scope.variables[variable], result) for variable in self.some(scope)]
        self.put(f"return {' + '.join(total)}")
        return "\n".join(self.lines) + "\n"

    def put(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def choose(self, options: list) -> object:
        return options[self.pick(len(options))]

    def some(self, scope: _Scope) -> list[str]:
        """Return about two thirds of the variables."""
        return [name for name in scope.variables if self.pick(3)]

    def as_kind(self, text: str, kind: str, wanted: str) -> str:
        """Return an expression of the wanted kind made of one of another kind."""
        if kind in (wanted, INTEGER):
            return text if kind == wanted else f"{text} * 0.1"
        if wanted == FLOAT:
            return f"np.sum({text})"
        if wanted == VECTOR:
            return text if kind == FLOAT else f"np.sum({text}, axis=0)"
        return text

    # Statements

    def statement(self, scope: _Scope) -> None:
        """Write one statement, or a compound one with its blocks."""
        self.budget -= 1
        simple = [self.assign_new, self.assign_again, self.assign_again, self.augment, self.swap, self.append]
        simple += [self.unpack, self.comprehension, self.store_item, self.walrus]
        compound = [self.branch, self.for_range, self.for_array, self.while_loop, self.while_true]
        compound += [self.nested_function, self.guarded, self.for_list]
        exits = [self.early_return] + ([self.leave, self.leave] if scope.in_loop else [])
        options = simple + ((compound + exits) if self.depth < 4 else exits if scope.in_loop else [])
        self.choose(options)(scope)

    def block(self, scope: _Scope, in_loop: bool | None = None) -> None:
        """Write an indented block."""
        inner = scope.inside(in_loop)
        self.depth += 1
        for _ in range(1 + self.pick(3)):
            self.statement(inner)
        self.depth -= 1

    def assign_new(self, scope: _Scope) -> None:
        kind = (FLOAT, VECTOR, FLOAT, MATRIX)[self.pick(4)]
        text = self.bounded(kind, scope) if self.pick(3) else self.expression(kind, scope, 2)
        name = self.fresh({FLOAT: "s", VECTOR: "v", MATRIX: "m"}[kind])
        self.put(f"{name} = {text}")
        scope.variables[name] = kind

    def assign_again(self, scope: _Scope) -> None:
        name = self.target(scope)
        if name is None:
            return self.assign_new(scope)
        self.put(f"{name} = {self.bounded(scope.variables[name], scope)}")

    def target(self, scope: _Scope) -> str | None:
        """Return a variable that may be assigned again."""
        names = [name for name, kind in scope.variables.items() if kind != INTEGER]
        return names[self.pick(len(names))] if names else None

    def augment(self, scope: _Scope) -> None:
        names = scope.of_kind(FLOAT)
        if not names:
            return self.assign_new(scope)
        operator = ("+=", "-=", "*=")[self.pick(3)]
        self.put(f"{names[self.pick(len(names))]} {operator} {self.bounded(FLOAT, scope)}")

    def swap(self, scope: _Scope) -> None:
        names = scope.of_kind((FLOAT, VECTOR)[self.pick(2)])
        if len(names) < 2:
            return self.assign_again(scope)
        first = self.pick(len(names))
        second = (first + 1 + self.pick(len(names) - 1)) % len(names)
        a, b = names[first], names[second]
        self.put(f"{a}, {b} = {b}, {self.bounded(scope.variables[a], scope)}")

    def append(self, scope: _Scope) -> None:
        """Start a list, add to one, or sum one up."""
        if not scope.lists:
            name = self.fresh("values")
            self.put(f"{name} = [{self.expression(FLOAT, scope, 1)}]")
            scope.lists.append(name)
        elif self.pick(3):
            self.put(f"{self.choose(scope.lists)}.append({self.bounded(FLOAT, scope)})")
        else:
            name = self.fresh("s")
            self.put(f"{name} = math.sin(sum({self.choose(scope.lists)}))")
            scope.variables[name] = FLOAT

    def branch(self, scope: _Scope) -> None:
        self.put(f"if {self.condition(scope)}:")
        self.block(scope)
        for _ in range(self.pick(2)):
            self.put(f"elif {self.condition(scope)}:")
            self.block(scope)
        if self.pick(2):
            self.put("else:")
            self.block(scope)

    def for_range(self, scope: _Scope) -> None:
        index = self.fresh("i")
        bounds = ("2", "3", "0", "1, 4", "4, 0, -2", "-1, 2")[self.pick(6)]
        self.put(f"for {index} in {'reversed(range(3))' if self.pick(6) == 5 else f'range({bounds})'}:")
        inner = scope.inside()
        inner.variables[index] = INTEGER
        self.block(inner, in_loop=True)
        self.loop_else(scope)
        if bounds != "0" and self.pick(3) == 2:
            scope.variables[index] = INTEGER

    def for_array(self, scope: _Scope) -> None:
        """Write a loop over the entries of a vector or the rows of a matrix."""
        vectors, matrices = scope.of_kind(VECTOR), scope.of_kind(MATRIX)
        if not vectors + matrices:
            return self.for_range(scope)
        source = str(self.choose(vectors + matrices))
        item, index, other = self.fresh("e"), self.fresh("i"), self.fresh("z")
        inner = scope.inside()
        inner.variables[item] = FLOAT if source in vectors else VECTOR
        form = self.pick(3)
        if form == 0:
            self.put(f"for {item} in {source}:")
        elif form == 1:
            inner.variables[index] = INTEGER
            self.put(f"for {index}, {item} in enumerate({source}):")
        else:
            inner.variables[other] = FLOAT
            self.put(f"for {item}, {other} in zip({source}, {self.expression(VECTOR, scope, 0)}):")
        self.block(inner, in_loop=True)
        self.loop_else(scope)

    def loop_else(self, scope: _Scope) -> None:
        if self.pick(5) == 4:
            self.put("else:")
            self.block(scope)

    def while_loop(self, scope: _Scope) -> None:
        counter = self.fresh("k")
        self.put(f"{counter} = 0")
        scope.variables[counter] = INTEGER
        test = f"{counter} < {1 + self.pick(4)}"
        self.put(f"while {test}:" if self.pick(2) else f"while {test} and {self.condition(scope)}:")
        self.counted(counter, scope)
        self.loop_else(scope)

    def while_true(self, scope: _Scope) -> None:
        counter = self.fresh("k")
        self.put(f"{counter} = 0")
        scope.variables[counter] = INTEGER
        self.put("while True:")
        self.counted(counter, scope, f"if {counter} > {1 + self.pick(3)} or {self.condition(scope)}:")

    def counted(self, counter: str, scope: _Scope, leave: str = "") -> None:
        """Write the body of a ``while`` loop, which first counts its trips."""
        self.depth += 1
        self.put(f"{counter} += 1")
        if leave:
            self.put(leave)
            self.put("    break")
        self.depth -= 1
        self.block(scope, in_loop=True)

    def early_return(self, scope: _Scope) -> None:
        if self.pick(3) == 0:
            return self.assign_again(scope)
        self.put(f"if {self.condition(scope)}:")
        self.put(f"    return {self.expression(self.result, scope, 2)}")

    def leave(self, scope: _Scope) -> None:
        self.put(f"if {self.condition(scope)}:")
        name = self.target(scope)
        if name is not None and self.pick(2):
            self.put(f"    {name} = {self.bounded(scope.variables[name], scope)}")
        self.put(f"    {('break', 'continue')[self.pick(2)]}")

    def unpack(self, scope: _Scope) -> None:
        """Take the entries of a vector apart."""
        first, rest, last = self.fresh("s"), self.fresh("rest"), self.fresh("s")
        self.put(f"{first}, *{rest}, {last} = {self.expression(VECTOR, scope, 1)}")
        scope.variables[first] = scope.variables[last] = FLOAT
        scope.lists.append(rest)

    def comprehension(self, scope: _Scope) -> None:
        """Sum over a comprehension, perhaps with a condition."""
        name, item = self.fresh("s"), self.fresh("e")
        inner = scope.inside()
        inner.variables[item] = FLOAT
        source = self.choose(scope.lists) if scope.lists else self.expression(VECTOR, scope, 0)
        term = self.bounded(FLOAT, inner)
        test = f" if {self.condition(inner)}" if self.pick(3) == 2 else ""
        opening, closing = (("[", "]"), ("", ""))[self.pick(2)]
        self.put(f"{name} = math.sin(sum({opening}{term} for {item} in {source}{test}{closing}))")
        scope.variables[name] = FLOAT

    def store_item(self, scope: _Scope) -> None:
        """Change an item of a list."""
        if not scope.lists:
            return self.append(scope)
        place = f"{self.choose(scope.lists)}[{('0', '-1')[self.pick(2)]}]"
        operator = ("=", "+=", "*=")[self.pick(3)]
        self.put(f"{place} {operator} {self.bounded(FLOAT, scope)}")

    def walrus(self, scope: _Scope) -> None:
        """Bind a name in a condition."""
        name = self.fresh("s")
        self.put(f"if {MARK}(({name} := {self.expression(FLOAT, scope, 2)}) > {self.constant()}):")
        scope.variables[name] = FLOAT
        self.depth += 1
        self.assign_again(scope.inside())
        self.depth -= 1

    def nested_function(self, scope: _Scope) -> None:
        """Define a function that reads variables from around it, perhaps rebinds one, and call it."""
        name, parameter = self.fresh("inner"), self.fresh("p")
        target = self.target(scope) if self.pick(2) else None
        self.put(f"def {name}({parameter}):")
        inner = scope.inside()
        inner.variables[parameter] = FLOAT
        self.depth += 1
        if target is not None:
            self.put(f"nonlocal {target}")
            self.put(f"{target} = {self.bounded(scope.variables[target], inner)}")
        self.put(f"return {self.expression(FLOAT, inner, 2)}")
        self.depth -= 1
        result = self.fresh("s")
        self.put(f"{result} = {name}({self.expression(FLOAT, scope, 1)}) * {self.constant()}")
        scope.variables[result] = FLOAT

    def guarded(self, scope: _Scope) -> None:
        """Raise an exception by a condition, and catch it."""
        self.put("try:")
        self.depth += 1
        self.assign_again(scope.inside())
        self.put(f"if {self.condition(scope)}:")
        self.put("    raise ValueError")
        self.assign_again(scope.inside())
        self.depth -= 1
        self.put("except ValueError:")
        self.block(scope, in_loop=False)
        if self.pick(4) == 3:
            self.put("finally:")
            self.depth += 1
            self.assign_again(scope.inside())
            self.depth -= 1

    def for_list(self, scope: _Scope) -> None:
        """Write a loop over the numbers of a list."""
        if not scope.lists:
            return self.for_array(scope)
        item = self.fresh("e")
        self.put(f"for {item} in {self.choose(scope.lists)}:")
        inner = scope.inside()
        inner.variables[item] = FLOAT
        inner.lists = []
        self.block(inner, in_loop=True)

    # Expressions

    def condition(self, scope: _Scope) -> str:
        """Return a marked condition on values or on counters."""
        integers = scope.of_kind(INTEGER)
        simple = self.comparison(scope, 1)
        form = self.pick(8)
        if form == 1 and integers:
            simple = f"{self.choose(integers)} % 2 == 0"
        elif form == 2 and integers:
            simple = f"{self.choose(integers)} > 1 or {simple}"
        elif form == 3:
            simple = f"not {simple}"
        elif form == 4:
            simple = f"-0.5 < {self.expression(FLOAT, scope, 0)} < 0.6"
        elif form == 5:
            simple = f"{simple} and {self.comparison(scope, 0)}"
        elif form == 6:
            simple = f"{simple} or {self.comparison(scope, 0)}"
        elif form == 7:
            simple = f"-0.5 < {self.expression(FLOAT, scope, 0)} < 0.9 and {simple}"
        return f"{MARK}({simple})"

    def comparison(self, scope: _Scope, depth: int) -> str:
        return f"{self.expression(FLOAT, scope, depth)} {('>', '<')[self.pick(2)]} {self.constant()}"

    def constant(self) -> str:
        return ("0.5", "0.1", "-0.3", "0.8", "-0.7", "1.3")[self.pick(6)]

    def bounded(self, kind: str, scope: _Scope) -> str:
        """Return an expression with values in [-1, 1]."""
        module = "math" if kind == FLOAT and self.pick(3) else "np"
        return f"{module}.{('sin', 'tanh')[self.pick(2)]}({self.expression(kind, scope, 2)})"

    def expression(self, kind: str, scope: _Scope, depth: int) -> str:
        """Return an expression of the kind that is smooth in every variable."""
        names = scope.of_kind(kind)
        if names and (depth <= 0 or self.pick(3) == 0):
            return names[self.pick(len(names))]
        if depth <= 0:
            return self.made_of_others(kind, scope)
        calls = [helper for helper in self.helpers if helper.result == kind]
        if calls and self.pick(3) == 2:
            helper = calls[self.pick(len(calls))]
            arguments = [self.expression(parameter, scope, depth - 1) for parameter in helper.parameters]
            return f"{helper.name}({', '.join(arguments)})"
        return {FLOAT: self.of_float, VECTOR: self.of_vector, MATRIX: self.of_matrix}[kind](scope, depth - 1)

    def made_of_others(self, kind: str, scope: _Scope) -> str:
        """Return a short expression where no variable has the kind."""
        if kind == FLOAT:
            others = [name for name in scope.variables if scope.variables[name] != FLOAT]
            if not others or self.pick(4) == 0:
                return self.constant()
            name = others[self.pick(len(others))]
            return self.as_kind(name, scope.variables[name], FLOAT)
        floats = scope.of_kind(FLOAT) or [self.constant()]
        number = floats[self.pick(len(floats))]
        return f"({number} * np.{'ones(3)' if kind == VECTOR else 'ones((2, 3))'})"

    def of_float(self, scope: _Scope, depth: int) -> str:
        def number() -> str:
            return self.expression(FLOAT, scope, depth)

        def vector() -> str:
            return self.expression(VECTOR, scope, depth)

        forms: list[Callable[[], str]] = [
            lambda: f"({number()} * {number()})",
            lambda: f"({number()} + {number()})",
            lambda: f"({number()} - {self.constant()})",
            lambda: f"math.sin({number()})",
            lambda: f"math.exp(-({number()}) ** 2)",
            lambda: f"({number()} / (2.0 + math.cos({number()})))",
            lambda: f"np.sum({vector()})",
            lambda: f"({vector()})[{self.pick(3)}]",
            lambda: f"({vector()} @ {vector()})",
            lambda: f"np.mean({self.expression(MATRIX, scope, depth)})",
            lambda: f"({self.expression(MATRIX, scope, depth)})[{self.pick(2)}, {self.pick(3)}]",
            lambda: f"({number()} if {self.condition(scope)} else {number()})",
            lambda: f"(-{number()})",
        ]
        integers = scope.of_kind(INTEGER)
        if integers:
            forms.append(lambda: f"({number()} * {self.choose(integers)})")
            forms.append(lambda: f"({vector()})[{self.choose(integers)} % 3]")
        return forms[self.pick(len(forms))]()

    def of_vector(self, scope: _Scope, depth: int) -> str:
        def number() -> str:
            return self.expression(FLOAT, scope, depth)

        def vector() -> str:
            return self.expression(VECTOR, scope, depth)

        def matrix() -> str:
            return self.expression(MATRIX, scope, depth)

        forms: list[Callable[[], str]] = [
            lambda: f"({vector()} * {vector()})",
            lambda: f"({vector()} + {number()})",
            lambda: f"({number()} * {vector()})",
            lambda: f"np.tanh({vector()})",
            lambda: f"({vector()} / (2.0 + {vector()} ** 2))",
            lambda: f"np.array([{number()}, {number()}, {self.constant()}])",
            lambda: f"({vector()})[::-1]",
            lambda: f"np.concatenate((({vector()})[1:], ({vector()})[:1]))",
            lambda: f"({matrix()})[{self.pick(2)}]",
            lambda: f"({matrix()}).sum(axis=0)",
            lambda: f"(({vector()} @ ({matrix()}).T) @ {matrix()})",
        ]
        return forms[self.pick(len(forms))]()

    def of_matrix(self, scope: _Scope, depth: int) -> str:
        def vector() -> str:
            return self.expression(VECTOR, scope, depth)

        def matrix() -> str:
            return self.expression(MATRIX, scope, depth)

        forms: list[Callable[[], str]] = [
            lambda: f"({matrix()} * {matrix()})",
            lambda: f"({matrix()} + {vector()})",
            lambda: f"({matrix()} * {self.expression(FLOAT, scope, depth)})",
            lambda: f"np.sin({matrix()})",
            lambda: f"np.stack(({vector()}, {vector()}))",
            lambda: f"np.outer(({vector()})[:2], {vector()})",
        ]
        return forms[self.pick(len(forms))]()
