"""Random programs that change arrays through views that objects, deques, closures and generators hold.

As in `tests.property.mutation`, every decision is one call of ``pick(n)`` whose 0 is the simplest choice, and most of what
is stored is a sine. What statements are made of is in `tests.property.object_changes`.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.property.mutation import MARK, MutatingProgram, Pick
from tests.property.object_changes import GRIDS, Vocabulary
from tests.property.object_classes import HEADER

__all__ = ["Writer", "arguments", "object_program"]

Names = dict[str, list[str]]
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def object_program(pick: Pick) -> MutatingProgram:
    """Return a module with a function ``program`` of an array of four, one of three by four, and a number."""
    writer = Writer(pick, GRIDS, arguments(), budget=[2 + pick(6)])
    body = writer.write()
    functions = [*reversed(writer.functions), f"def program(a, m, x):\n{body}"]
    text = "\n\n\n".join([HEADER.replace("MARK", MARK), *functions]) + "\n"
    return MutatingProgram(text, ((4,), (3, 4), ()), pick(1000))


def arguments() -> Names:
    """Return the names of the arguments of every program."""
    return {"number": ["x"], "vec": ["a"], "mat": ["m"]}


@dataclass
class Writer:
    """The writer of one function."""

    pick: Pick
    words: Vocabulary
    names: Names = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    count: int = 0
    counters: list[str] = field(default_factory=list)
    loops: int = 0
    results: list[str] = field(default_factory=lambda: ["number"])
    functions: list[str] = field(default_factory=list)
    budget: list[int] = field(default_factory=lambda: [0])

    def __post_init__(self) -> None:
        self.names = {sort: [] for sort in self.words.sorts} | self.names

    def write(self) -> str:
        while self.budget[0] > 0:
            self.statement()
        self.emit(f"return {self.outcome()}")
        return "\n".join(self.lines)

    def outcome(self) -> str:
        values = [
            self.words.whole[sort].format(name) for sort in self.words.sorts for name in self.names[sort]
        ]
        return " + ".join(f"{1 + 0.37 * k:.2f} * ({value})" for k, value in enumerate(values))

    # Texts

    def emit(self, text: str) -> None:
        self.lines += ["    " * self.depth + line for line in text.split("\n")]

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def available(self, text: str) -> bool:
        return all(self.names[found] for found in PLACEHOLDER.findall(text) if found in self.words.sorts)

    def choose(self, options: tuple[str, ...]) -> str:
        """Return one of the texts whose names are there."""
        there = [text for text in options if self.available(text)]
        return there[self.pick(len(there))]

    def fill(self, text: str, depth: int = 2, **given: str) -> str:
        """Put expressions and names into a text; each time anew."""

        def put(found: re.Match[str]) -> str:
            return given.get(found[1]) or self.expression(found[1], depth)

        text = text.replace("§", MARK).replace("{{", "\0").replace("}}", "\1")
        return PLACEHOLDER.sub(put, text).replace("\0", "{").replace("\1", "}")

    def expression(self, kind: str, depth: int) -> str:
        if kind == "number":
            return self.number(depth)
        if kind == "stored":
            return f"math.sin({self.number(depth)})"
        if kind in ("part", "view"):
            options = self.words.parts if kind == "part" else self.words.views
            return self.fill(self.choose(options) if depth else "{vec}", max(depth - 1, 0))
        if kind == "i":
            fitting = [*self.counters, "0", "1", "2", "-1"]
            return fitting[self.pick(len(fitting))]
        return self.name("number" if kind == "number_name" else kind)

    def name(self, sort: str) -> str:
        return self.names[sort][-1 - self.pick(len(self.names[sort]))]

    def number(self, depth: int) -> str:
        if not depth:
            return self.name("number") if self.names["number"] else "0.7"
        sorts = [sort for sort in self.words.sorts if self.names[sort]]
        sort = sorts[self.pick(len(sorts))]
        text = self.words.numbers[sort][self.pick(len(self.words.numbers[sort]))]
        return self.fill(f"({text} * 0.5)" if self.pick(3) == 2 else text, depth - 1)

    def bind(self, sort: str, text: str) -> str:
        name = self.fresh(sort[0])
        self.emit(f"{name} = {self.fill(text, new=name)}")
        self.names[sort].append(name)
        return name

    # Statements

    def statement(self) -> None:
        """Write one statement, or a compound one with its blocks."""
        flat = (self.change, self.make, self.change, self.change, self.make, self.change, self.swap)
        nesting: tuple[Callable[[], None], ...] = (
            self.branch,
            self.loop,
            self.attempt,
            self.manage,
            self.closure,
            self.generator,
            self.function,
            self.ping_pong,
            self.leave,
        )
        self.budget[0] -= 1
        kinds = (*flat, *nesting) if self.depth < 4 and self.budget[0] > 0 else flat
        kinds[self.pick(len(kinds))]()

    def make(self) -> None:
        sort = self.words.sorts[(1 + self.pick(len(self.words.sorts))) % len(self.words.sorts)]
        if any(map(self.available, self.words.made_of[sort])):
            self.bind(sort, self.choose(self.words.made_of[sort]))
        else:
            self.change()

    def change(self) -> None:
        there = [sort for sort in self.words.changes if self.names[sort]]
        self.emit(self.fill(self.choose(self.words.changes[there[self.pick(len(there))]])))

    def swap(self) -> None:
        """Exchange two names, or rows."""
        vecs = self.names["vec"]
        if len(vecs) > 1:
            first, second = self.name("vec"), self.name("vec")
            self.emit(f"{first}, {second} = {second}, {first}")
        else:
            self.change()

    def block(self, added: dict[str, str] | None = None, keep: bool = False) -> Names:
        """Write a block, and return the names in there; those that are new do not get out."""
        before = {sort: list(names) for sort, names in self.names.items()}
        for name, sort in (added or {}).items():
            self.names[sort].append(name)
        self.depth += 1
        for _ in range(1 + self.pick(2)):
            self.statement()
        self.depth -= 1
        inside, self.names = self.names, before
        return inside

    def branch(self) -> None:
        """Write arms that bind a temporary each, which is used after them."""
        temporary = self.fresh("t") if self.pick(2) else ""
        self.emit(self.fill("if §({number} > ") + ("-9", "0.3", "0.0", "9")[self.pick(4)] + "):")
        self.arm(temporary)
        if temporary or self.pick(2):
            self.emit("else:")
            self.arm(temporary)
        if temporary:
            self.names["vec"].append(temporary)

    def arm(self, temporary: str) -> None:
        if not temporary:
            self.block()
            return
        self.depth += 1
        self.emit(f"{temporary} = {self.fill(self.choose(self.words.made_of['vec']))}")
        self.depth -= 1
        self.block({temporary: "vec"})

    def loop(self) -> None:
        """Write a loop over a range, rows, a deque or the items of a dict."""
        counter, name = self.fresh("i"), self.fresh("v")
        options = tuple(text.replace("<i>", counter).replace("<v>", name) for text in self.words.loops)
        header = self.choose((*options, f"for {counter} in range({1 + self.pick(2)}):"))
        self.emit(self.fill(header))
        self.loops += 1
        before = list(self.counters)
        self.counters += [counter] if counter in header else []
        self.block({name: "vec"} if name in header else {})
        self.counters = before
        self.loops -= 1

    def leave(self) -> None:
        """Leave the loop or the function early, perhaps after a change."""
        hows = ["return"] + ["break", "continue"] * 2 * bool(self.loops)
        how = hows[self.pick(len(hows))]
        self.emit(self.fill("if §({number} > ") + ("0.6", "1.2", "-0.2")[self.pick(3)] + "):")
        self.depth += 1
        if self.pick(2):
            self.change()
        self.emit(self.returned() if how == "return" else how)
        self.depth -= 1

    def returned(self) -> str:
        """Return the text of a return statement, or of what ends a generator."""
        kind = self.results[-1]
        if kind == "none":
            return "return"
        if kind == "vec":
            return self.fill("return {view}")
        return f"return {self.outcome()}"

    def attempt(self) -> None:
        """Write a block that may raise in its middle, and what is done then."""
        self.emit("try:")
        self.block()
        self.depth += 1
        self.emit(self.fill(self.choose(self.words.tries)))
        self.depth -= 1
        self.block()
        self.emit("except (ValueError, LookupError):")
        self.block()
        form = self.pick(4)
        if form == 1:
            self.emit("else:")
            self.block()
        elif form == 2:
            self.emit("finally:")
            self.depth += 1
            self.change()
            self.depth -= 1

    def manage(self) -> None:
        name = self.fresh("w")
        self.emit(self.fill(self.choose(self.words.managers), new=name))
        self.block({name: "vec"})

    def closure(self) -> None:
        """Define a function that changes what it captures, and call it."""
        name, counter = self.fresh("step"), self.fresh("c")
        self.emit(f"{counter} = {('0', '0.5')[self.pick(2)]}")
        self.names["number"].append(counter)
        self.define(f"def {name}(v):", {"v": "number"}, "vec", f"{counter} += 1")
        calls = (
            "{0}({number})",
            "for k in range(2): {0}({number} + k)",
            "{0}({number})[0] *= {stored}",
            "{0}(0.4); {0}({number})",
            "list(map({0}, [{number}, 0.3]))",
        )
        self.emit(self.fill(calls[self.pick(len(calls))].replace("{0}", name)))

    def generator(self) -> None:
        """Define a generator of views, and change what it yields."""
        name = self.fresh("views")
        self.define(f"def {name}(held):", {"held": "mat"}, "none", "")
        self.emit(self.fill(self.choose(self.words.consumers).replace("{0}", f"{name}({{mat}})")))

    def function(self) -> None:
        """Define a function that changes its arguments, and call it on views of other arrays."""
        name = self.fresh("helper")
        inner = Writer(
            self.pick,
            self.words,
            depth=1,
            count=self.count,
            functions=self.functions,
            budget=self.budget,
            results=["vec"],
        )
        self.functions.append("")
        place = len(self.functions) - 1
        inner.names |= arguments()
        for _ in range(1 + self.pick(4)):
            inner.statement()
        inner.emit(inner.fill("return {view}"))
        self.functions[place] = "\n".join([f"def {name}(a, m, x):", *inner.lines])
        self.count = inner.count
        self.bind("vec", f"{name}({{view}}, {{mat}}, {{number}})")

    def define(self, header: str, added: dict[str, str], result: str, first: str) -> None:
        """Write a nested function, which gives a view or yields some."""
        before = {sort: list(names) for sort, names in self.names.items()}
        outside, self.lines = self.lines, []
        loops, self.loops, counters, self.counters = self.loops, 0, self.counters, []
        for name, sort in added.items():
            self.names[sort].append(name)
        self.results.append(result)
        self.depth += 1
        self.emit(first) if first else None
        if result == "none":
            self.yields()
        else:
            for _ in range(1 + self.pick(3)):
                self.statement()
            self.emit(self.returned())
        self.depth -= 1
        self.results.pop()
        body, self.lines, self.names = self.lines, outside, before
        self.loops, self.counters = loops, counters
        self.emit(header)
        captured = _bound_in(body) & {name for names in before.values() for name in names} - set(added)
        if captured:
            self.emit(f"    nonlocal {', '.join(sorted(captured))}")
        self.lines += body

    def yields(self) -> None:
        """Write a loop that yields views, and changes between them."""
        self.emit(("for k in range(3):", "for k in range(2):", "for row in held:")[form := self.pick(3)])
        self.loops += 1
        self.counters += ["k"] * (form < 2)
        self.depth += 1
        for _ in range(self.pick(2)):
            self.statement()
        self.emit(self.fill(("yield held[k]", "yield {view}", "yield row")[form]))
        for _ in range(self.pick(2)):
            self.statement()
        self.depth -= 1
        self.loops -= 1

    def ping_pong(self) -> None:
        """Write a loop that exchanges two buffers."""
        first, second = self.fresh("old"), self.fresh("new")
        self.emit(self.fill(f"{first}, {second} = {{view}}, {('np.zeros(4)', '{view}')[self.pick(2)]}"))
        steps = (
            "{1}[1:] = {0}[:-1] * {number}",
            "np.multiply({0}, {stored}, out={1})",
            "{1}[:] = {0} + {part}",
            "np.sin({0}[::-1], out={1})",
            "{1}[1:-1] = ({0}[2:] - {0}[:-2]) * 0.5; {1}[0] = {stored}",
        )
        step = steps[self.pick(len(steps))].replace("{0}", first).replace("{1}", second)
        self.emit(f"for k in range({2 + self.pick(2)}):")
        self.depth += 1
        self.emit(self.fill(step))
        self.emit(f"{first}, {second} = {second}, {first}")
        self.depth -= 1
        self.names["vec"] += [first, second]


def _bound_in(lines: list[str]) -> set[str]:
    """Return the names that the body of a function binds, nested functions aside."""
    text = textwrap.dedent("\n".join(lines)).replace(MARK, "")
    bound: set[str] = set()
    nodes: list[ast.AST] = [*ast.parse(text).body]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        nodes += ast.iter_child_nodes(node)
    return bound
