"""Random programs of variables that begin as numbers, as None or as rows, and become others under several names.

Every decision is one call of ``pick(n)`` whose 0 is the simplest choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.property.marked import MARK
from tests.property.mutation import MutatingProgram, Pick

__all__ = ["beginning_program"]

VARIABLES = ("p", "q", "r")
BEGINNINGS = ("0.0", "None", "0", "1.0", "x", "m[0].copy()")
VALUES = (
    "row", "np.sin(row)", "row * 0.5", "x", "2.0", "1", "np.tanh(w @ row)", "m[0] * x", "{v}", "{v} * 0.7", "{v} + row",
    "row * {v}",
)  # fmt: skip
CONDITIONS = ("{v} is None", "{v} is not None", "k > 1", "k == 0", "np.sum(row) > 0")
UPDATES = ("+=", "-=", "*=", "/=")
FORGOTTEN = ("None", "0.0", "0", "row.copy()")
READS = (
    "if {v} is not None:\n    total += np.sum(np.sin({v}))",
    "if {v} is not None and np.ndim({v}):\n    part = {v}[1:]\n    total += np.sum(part * part)",
)
END = """\
for number, each in enumerate(kept):
    if each is not None:
        total += np.sum(np.sin(each) * (number + 1))
for each in named.values():
    if each is not None:
        total += np.sum(np.cos(each))
return total"""


def beginning_program(pick: Pick) -> MutatingProgram:
    """Return a module with a function ``program`` of an array of four by three, one of three by three, and a number."""
    writer = _Writer(pick)
    writer.add("total = 0.0", "kept = []", "named = {}")
    writer.add(*(f"{v} = {BEGINNINGS[pick(len(BEGINNINGS))]}" for v in VARIABLES))
    for rows in ("m", "m[::-1]")[: 1 + pick(2)]:
        writer.add(f"for k, row in enumerate({rows}):")
        writer.block(2 + pick(4), 2)
    for scale, v in enumerate(VARIABLES, 1):
        writer.add(f"if {v} is not None:", f"    total += np.sum(np.cos({v}) * {scale})")
    writer.add(*END.splitlines())
    text = "import numpy as np\n\n\ndef program(m, w, x):\n" + "\n".join(writer.lines) + "\n"
    return MutatingProgram(text, ((4, 3), (3, 3), ()), pick(1000))


@dataclass
class _Writer:
    pick: Pick
    lines: list[str] = field(default_factory=list)

    def add(self, *lines: str, depth: int = 1) -> None:
        self.lines += ["    " * depth + line for line in lines]

    def one_of(self, texts: tuple[str, ...]) -> str:
        return texts[self.pick(len(texts))].replace("{v}", self.variable())

    def variable(self) -> str:
        return VARIABLES[self.pick(len(VARIABLES))]

    def block(self, count: int, depth: int) -> None:
        for _ in range(count):
            self.statement(depth)

    def statement(self, depth: int) -> None:
        v, w, choice = self.variable(), self.variable(), self.pick(18)
        if choice < 6:
            self.add(f"{v} {self.one_of(UPDATES)} {self.one_of(VALUES)}", depth=depth)
        elif choice < 9:
            self.add(f"{v} = {self.one_of(VALUES)}", depth=depth)
        elif choice < 12 and depth < 4:
            self.add(f"if {MARK}({self.one_of(CONDITIONS)}):", depth=depth)
            self.block(1 + self.pick(2), depth + 1)
            if self.pick(2):
                self.add("else:", depth=depth)
                self.block(1 + self.pick(2), depth + 1)
        elif choice < 14:
            self.add(*self.one_of(READS).splitlines(), depth=depth)
        elif choice == 14:
            self.add(f"{v} = {self.one_of(FORGOTTEN)}", depth=depth)
        elif choice == 15:
            self.add(f"{v} = {w}" if self.pick(2) else f"{v}, {w} = {w}, {v}", depth=depth)
        elif choice == 16:
            self.add(f"kept.append({v})" if self.pick(2) else f"named[{self.pick(2)}] = {v}", depth=depth)
        elif depth > 2:
            self.add("continue" if self.pick(2) else "break", depth=depth)
        else:
            self.add(f"{v} = {v} if {v} is None else {v} * 0.9", depth=depth)
