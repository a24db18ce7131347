"""Random programs over lists, dicts, objects, arrays and functions that hold and share each other.

As in `tests.property.mutation`, every decision is one call of ``pick(n)`` whose 0 is the simplest choice, and values stay
bounded, since what is stored is a sine or a product with a number of at most two. What statements are made of is in
`tests.property.container_grammar` and `tests.property.container_changes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.property.container_changes import CALLBACKS, CALLS, CHANGES, FUNCTIONS, GENERATORS, WHILES
from tests.property.container_classes import HEADER
from tests.property.container_grammar import MADE_OF, READS, SORTS, WHOLE
from tests.property.mutation import MARK, MutatingProgram, Pick

__all__ = ["container_program"]


def container_program(pick: Pick) -> MutatingProgram:
    """Return a module with a function ``program`` of two numbers."""
    body = _Writer(pick).write(5 + pick(8))
    return MutatingProgram(f"{HEADER}\n\ndef program(x, y):\n{body}\n", ((), ()), pick(1000))


@dataclass
class _Writer:
    pick: Pick
    names: dict[str, list[str]] = field(default_factory=lambda: {sort: [] for sort in SORTS})
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    count: int = 0
    loops: int = 0
    loops_over_rows: int = 0

    def write(self, length: int) -> str:
        self.names["number"] += ["x", "y"]
        self.bind("list", "[x, y * 2]")
        self.bind(
            *(("holder", "Holder(x)"), ("array", "np.array([x, y])"), ("point", "Point(y)"))[self.pick(3)]
        )
        for _ in range(length):
            self.statement()
        values = [WHOLE[sort].format(name) for sort in SORTS for name in self.names[sort]]
        terms = [f"{1 + 0.37 * k:.2f} * math.sin({value})" for k, value in enumerate(values)]
        self.emit("return " + " + ".join(terms))
        return "\n".join(self.lines)

    def emit(self, text: str) -> None:
        self.lines += ["    " * self.depth + line for line in text.split("\n")]

    def choose(self, options: tuple[str, ...]) -> str:
        """Return one of the texts whose names are there."""
        there = [text for text in options if all(self.names[s] for s in SORTS if f"{{{s}}}" in text)]
        if self.loops_over_rows:  # a list that grows while a loop takes its elements has no end
            there = [text for text in there if not text.startswith(("{rows}.append", "{rows}[:]"))]
        return there[self.pick(len(there))]

    def fill(self, text: str) -> str:
        """Put expressions into a text; each time a name of the sort that is asked for."""
        text = text.replace("§", MARK)
        while "{number}" in text:
            text = text.replace("{number}", self.number(), 1)
        while "{stored}" in text:
            text = text.replace("{stored}", f"math.sin({self.number()})", 1)
        found = {s: self.names[s][-1 - self.pick(len(n))] for s, n in self.names.items() if n}
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

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def bind(self, sort: str, text: str) -> None:
        name = self.fresh(sort)
        self.emit(f"{name} = {text}")
        self.names[sort].append(name)

    def statement(self) -> None:
        flat = (self.make, self.change, self.change, self.make, self.change, self.function, self.callback)
        nesting: tuple[Callable[[], None], ...] = (
            self.branch,
            self.loop,
            self.attempt,
            self.closure,
            self.generator,
            self.while_,
            self.leave,
        )
        kinds = (*flat, *nesting) if self.depth < 3 else flat
        kinds[self.pick(len(kinds))]()

    def make(self) -> None:
        sort = SORTS[(1 + self.pick(len(SORTS))) % len(SORTS)]
        there = [text for text in MADE_OF[sort] if all(self.names[s] for s in SORTS if f"{{{s}}}" in text)]
        self.bind(sort, self.fill(there[self.pick(len(there))])) if there else self.change()

    def change(self) -> None:
        there = [sort for sort in CHANGES if self.names[sort]]
        self.emit(self.fill(self.choose(CHANGES[there[self.pick(len(there))]])))

    def function(self) -> None:
        """Define a function that changes what it is given, and call it."""
        sort = [s for s in FUNCTIONS if self.names[s]][self.pick(sum(bool(self.names[s]) for s in FUNCTIONS))]
        name = self.fresh("change")
        body = FUNCTIONS[sort][self.pick(len(FUNCTIONS[sort]))]
        early = f"\n    if {MARK}(value > 0.5): return held" if self.pick(3) == 1 else ""
        self.emit(f"def {name}(held, value):{early}\n    {body}\n    return held")
        self.bind(sort, self.fill(f"{name}({{{sort}}}, {{stored}})"))

    def callback(self) -> None:
        name = self.fresh("callback")
        self.emit(f"{name} = " + self.fill(self.choose(CALLBACKS)))
        self.emit(self.fill(CALLS[self.pick(len(CALLS))].replace("{0}", name)))

    def closure(self) -> None:
        """Define a function that keeps a number and a list, and call what it returns."""
        outer = self.fresh("closure")
        start, held = self.fill("{number}"), self.fill("{list}")
        nonlocal_body = (
            "total = math.sin(total + v)",
            "total, held[0] = held[0], v * total",
            "total *= v\n        held = held + [total]",
        )[self.pick(3)]
        self.emit(
            f"def {outer}():\n    total, held = {start}, {held}\n    def step(v):\n        nonlocal total, held\n"
            f"        {nonlocal_body}\n        held.append(total)\n        return total\n    return step"
        )
        self.emit(f"step{self.count} = {outer}()")
        self.emit(self.fill(CALLS[self.pick(len(CALLS))].replace("{0}", f"step{self.count}")))
        self.bind("number", self.fill(f"step{self.count}({{stored}})"))

    def generator(self) -> None:
        """Define a generator that changes a list between what it yields, and run through it."""
        name = self.fresh("generate")
        change = ("held[0] = math.sin(held[0] * value)", "held.append(value)", "value = held[-1] * value")[
            self.pick(3)
        ]
        self.emit(
            f"def {name}(held, value):\n    for k in range({1 + self.pick(3)}):\n        yield held[-1] * (k + 1)\n"
            f"        {change}\n    yield value"
        )
        self.emit(self.fill(self.choose(GENERATORS).replace("{0}", name)))

    def while_(self) -> None:
        self.emit(self.fill(self.choose(WHILES)))

    def leave(self) -> None:
        """Leave the loop or the function early."""
        how = ("return {number}", "break", "continue")[self.pick(3)] if self.loops else "return {number}"
        limit = ("1.5", "0.4", "-0.5")[self.pick(3)]
        self.emit(f"if {MARK}({self.fill('{number}')} > {limit}):\n    {self.fill(how)}")

    def attempt(self) -> None:
        """Write a block that may raise in its middle, and what is done then."""
        self.emit("try:")
        self.block()
        raising = (
            f"if {MARK}({{number}} > 0.5): raise ValueError",
            "risky({list}, {number})",
            '{list}[0] = {named}["absent"]',
            "{list}[0] = 1.0 / {list}[99]",
        )
        self.depth += 1
        self.emit(self.fill(self.choose(raising)))
        self.depth -= 1
        self.block()
        self.emit("except (ValueError, LookupError):")
        self.block()
        if self.pick(3) == 1:
            self.emit("else:")
            self.block()
        if self.pick(3) == 1:
            self.emit("finally:")
            loops, self.loops = self.loops, 0
            self.depth += 1
            self.change()
            self.depth -= 1
            self.loops = loops

    def branch(self) -> None:
        self.emit(f"if {MARK}(" + self.fill("{number} > ") + ("-1", "0.5", "1", "100")[self.pick(4)] + "):")
        self.block()
        if self.pick(2):
            self.emit("else:")
            self.block()

    def loop(self) -> None:
        over_rows = self.names["rows"] and self.pick(2)
        name = self.fresh("list" if over_rows else "i")
        self.emit(
            f"for {name} in " + (self.names["rows"][-1] if over_rows else f"range({self.pick(4)})") + ":"
        )
        self.loops_over_rows += bool(over_rows)
        self.loops += 1
        self.block([name] if over_rows else [])
        self.loops -= 1
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
