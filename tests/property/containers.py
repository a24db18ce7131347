"""Random programs over lists, dicts, objects and functions that hold and share each other.

As in `tests.property.mutation`, every decision is one call of ``pick(n)`` whose 0 is the simplest choice, and values stay
bounded, since what is stored is a sine or a product with a number of at most two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.property.mutation import MARK, MutatingProgram, Pick

__all__ = ["container_program"]

HEADER = '''\
import copy
import math

import numpy as np


class Holder:
    """Holds a number and a list."""

    def __init__(self, value):
        self.value = value
        self.items = [value]

    def push(self, value):
        self.items.append(math.sin(value * self.value))
        return self

    def scale(self, factor):
        self.value = math.sin(self.value * factor)

    def __call__(self, value):
        self.value += math.sin(value)
        return self.value

    @property
    def total(self):
        return sum(self.items) + self.value

    def __add__(self, other):
        made = Holder(self.value + (other.value if isinstance(other, Holder) else other))
        made.items = self.items
        return made

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        self.items[index] = value
'''

# What a program holds, by sort: numbers, lists, lists of lists, dicts of lists, objects, lists of objects, arrays.
SORTS = ("number", "list", "rows", "table", "holder", "holders", "array")
READS = {
    "number": ("{0}",),
    "list": ("{0}[0]", "{0}[-1]", "sum({0})", "max({0})"),
    "rows": ("{0}[0][0]", "{0}[-1][-1]", "sum(v for row in {0} for v in row)"),
    "table": ('{0}["a"][0]', 'sum({0}["b"])', "sum(sum(row) for row in {0}.values())"),
    "holder": ("{0}.value", "{0}.total", "{0}[0]", "{0}.items[-1]"),
    "holders": ("{0}[0].value", "sum(h.total for h in {0})"),
    "array": ("{0}[0]", "{0}[-1]", "np.sum({0} * {0})"),
}
MADE_OF = {
    "list": (
        "[{number}, {number}]", "{list}", "{list}[:]", "list({list})", "{list} + [{number}]", "{list}[::-1]",
        "[v * {number} for v in {list}]", "sorted({list})", "{list} * 2", "{holder}.items", '{table}["a"]', "{rows}[-1]",
    ),
    "rows": (
        "[{list}, {list}]", "[{list}] * 2", "{rows} + [{list}]", "list({rows})", "{rows}[::-1]", "[row for row in {rows}]",
        "copy.deepcopy({rows})",
    ),
    "table": (
        '{{"a": {list}, "b": {list}}}', "dict({table}, b={list})", '{{**{table}, "a": {list}}}', "{table}.copy()",
        "{table}",
    ),
    "holder": (
        "Holder({number})", "{holder}", "{holder} + {number}", "{holder} + {holder}", "{holder}.push({number})",
        "copy.copy({holder})", "copy.deepcopy({holder})", "{holders}[-1]",
    ),
    "holders": ("[{holder}, {holder}]", "[{holder}] * 2", "{holders}[::-1]"),
    "array": (
        "np.array([{number}, {number}])", "{array}[::-1]", "{array}", "{array} * {number}", "{array}.copy()", "{array}[:]",
    ),
}  # fmt: skip
CHANGES = {
    "list": (
        "{list}.append({stored})", "{list}[0] = {stored}", "{list}[-1] *= {number}", "{list} += [{stored}]",
        "{list}.insert(0, {stored})", "{list}[0] += {number}", "{list}.reverse()",
        "{list}[0], {list}[-1] = {list}[-1], {list}[0]",
    ),
    "rows": ("{rows}[0].append({stored})", "{rows}[-1][0] = {stored}", "{rows}[0] = {list}", "{rows}.append({list})"),
    "table": (
        '{table}["a"].append({stored})', '{table}["b"] = {list}', '{table}["a"][0] *= {number}', "{table}.update(a={list})",
        '{table}["b"] = [v * 0.5 for v in {table}["b"]]',
    ),
    "holder": (
        "{holder}.value = {stored}", "{holder}.scale({number})", "{holder}.push({number})", "{holder}({number})",
        "{holder}.items = {list}", "{holder}[0] = {stored}", "{holder}.items[-1] *= {number}", "{holder}.value += {stored}",
    ),
    "holders": (
        "for h in {holders}: h({number})", "{holders}[0].push({number})", "for h in {holders}: h.items.append({stored})",
        "for f in [h.scale for h in {holders}]: f({number})",
    ),
    "array": ("{array}[0] = {stored}", "{array}[1] += {number}", "{array}[:] = {array}[::-1] + {number}"),
}  # fmt: skip
FUNCTIONS = {
    "list": ("held.append(value)", "held[0] *= value", "held[-1] += value"),
    "rows": ("held[0].append(value)", "held[-1][0] *= value"),
    "holder": ("held.value *= value", "held.items.append(value)", "held(value)"),
    "array": ("held[0] *= value", "held += value"),
}
CALLBACKS = (
    "lambda v: {list}.append(v * {number})",
    "{list}.append",
    "lambda v: {list}.__setitem__(0, v + {list}[0])",
)
CALLS = ("{0}({stored})", "for g in [{0}, {0}]: g({stored})", "list(map({0}, [{stored}, {stored}]))")


def container_program(pick: Pick) -> MutatingProgram:
    """Return a module with a function ``program`` of two numbers."""
    body = _Writer(pick).write(6 + pick(10))
    return MutatingProgram(f"{HEADER}\n\ndef program(x, y):\n{body}\n", ((), ()), pick(1000))


@dataclass
class _Writer:
    pick: Pick
    names: dict[str, list[str]] = field(default_factory=lambda: {sort: [] for sort in SORTS})
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    count: int = 0
    loops_over_rows: int = 0

    def write(self, length: int) -> str:
        self.names["number"] += ["x", "y"]
        self.bind("list", "[x, y * 2]")
        self.bind("holder", "Holder(x)")
        for _ in range(length):
            self.statement()
        values = [READS[sort][-1].format(name) for sort in SORTS for name in self.names[sort]]
        terms = [f"{1 + 0.37 * k:.2f} * math.sin({value})" for k, value in enumerate(values)]
        self.emit("return " + " + ".join(terms))
        return "\n".join(self.lines)

    def emit(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def choose(self, options: tuple[str, ...]) -> str:
        """Return one of the texts whose names are there."""
        there = [text for text in options if all(self.names[s] for s in SORTS if f"{{{s}}}" in text)]
        if self.loops_over_rows:  # a list that grows while a loop takes its elements has no end
            there = [text for text in there if not text.startswith("{rows}.append")]
        return there[self.pick(len(there))]

    def fill(self, text: str) -> str:
        """Put expressions into a text; the same list, dict or object each time."""
        found: dict[str, str] = {s: self.names[s][-1 - self.pick(len(n))] for s, n in self.names.items() if n}
        while "{number}" in text:
            text = text.replace("{number}", self.number(), 1)
        while "{stored}" in text:
            text = text.replace("{stored}", f"math.sin({self.number()})", 1)
        return text.format(**found)

    def number(self) -> str:
        sort = [s for s in SORTS if self.names[s]][self.pick(sum(bool(n) for n in self.names.values()))]
        name = self.names[sort][-1 - self.pick(len(self.names[sort]))]
        text = READS[sort][self.pick(len(READS[sort]))].format(name)
        return (
            (text, f"({text} + y)", f"(0.5 * {text})", f"(x * {text})")[self.pick(4)]
            .replace("{", "{{")
            .replace("}", "}}")
        )

    def bind(self, sort: str, text: str) -> None:
        self.count += 1
        name = f"{sort}{self.count}"
        self.emit(f"{name} = {text}")
        self.names[sort].append(name)

    def statement(self) -> None:
        kinds: tuple[Callable[[], None], ...] = (self.make, self.change, self.change, self.function, self.callback,
                                                 self.branch, self.loop)  # fmt: skip
        kinds[self.pick(len(kinds) if self.depth < 3 else 5)]()

    def make(self) -> None:
        sort = SORTS[1 + self.pick(len(SORTS) - 1)]
        self.bind(sort, self.fill(self.choose(MADE_OF[sort])))

    def change(self) -> None:
        there = [sort for sort in CHANGES if self.names[sort]]
        self.emit(self.fill(self.choose(CHANGES[there[self.pick(len(there))]])))

    def function(self) -> None:
        """Define a function that changes what it is given, and call it."""
        sort = [s for s in FUNCTIONS if self.names[s]][self.pick(sum(bool(self.names[s]) for s in FUNCTIONS))]
        self.count += 1
        name = f"change{self.count}"
        self.emit(f"def {name}(held, value):")
        self.emit("    " + FUNCTIONS[sort][self.pick(len(FUNCTIONS[sort]))])
        self.emit("    return held")
        self.bind(sort, self.fill(f"{name}({{{sort}}}, {{stored}})"))

    def callback(self) -> None:
        self.count += 1
        name = f"callback{self.count}"
        self.emit(f"{name} = " + self.fill(self.choose(CALLBACKS)))
        self.emit(self.fill(CALLS[self.pick(len(CALLS))].replace("{0}", name)))

    def branch(self) -> None:
        self.emit(f"if {MARK}(" + self.fill("{number} > ") + ("-1", "0.5", "1", "100")[self.pick(4)] + "):")
        self.block()
        if self.pick(2):
            self.emit("else:")
            self.block()

    def loop(self) -> None:
        self.count += 1
        over_rows = self.names["rows"] and self.pick(2)
        name = f"list{self.count}" if over_rows else f"i{self.count}"
        self.emit(
            f"for {name} in " + (self.names["rows"][-1] if over_rows else f"range({self.pick(4)})") + ":"
        )
        self.loops_over_rows += bool(over_rows)
        self.block([name] if over_rows else [])
        self.loops_over_rows -= bool(over_rows)

    def block(self, lists: list[str] | None = None) -> None:
        """Write a block, whose new variables do not get out."""
        before = {sort: list(names) for sort, names in self.names.items()}
        self.names["list"] += lists or []
        self.depth += 1
        for _ in range(1 + self.pick(3)):
            self.statement()
        self.depth -= 1
        self.names = before
