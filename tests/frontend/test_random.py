"""Random control flow: the NORMAL form takes the same path."""

from __future__ import annotations

import linecache
import random

import pytest

from tests.frontend.run import normal, outcome


class Writer:
    """Writes a random function of a list of numbers, which are used up as conditions."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines = ["def f(xs):", "    a = b = 0"]
        self.count = 0

    def condition(self) -> str:
        tests = ["xs and xs.pop() > 4", "a % 3 == 1", "b > a", "not (a and b)", "0 < a < 5"]
        tests.append("(c := a + 1) % 2")
        return self.random.choice([tests[0], *tests])

    def block(self, depth: int, indent: str, in_loop: bool, in_finally: bool = False) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.statement(depth, indent, in_loop, in_finally)

    def statement(self, depth: int, indent: str, in_loop: bool, in_finally: bool) -> None:
        kinds = ["add", "add", "swap", "print"]
        if depth:
            kinds += ["if", "if", "if", "for", "while", "try", "with"]
        if not in_finally:
            kinds += ["return"] + ["break", "continue"] * in_loop
        kind = self.random.choice(kinds)
        self.count += 1
        add = self.lines.append
        if kind == "add":
            add(f"{indent}{self.random.choice('ab')} += {self.count}")
        elif kind == "swap":
            add(f"{indent}a, b = b, a + 1")
        elif kind == "print":
            add(f"{indent}print({self.count}, a, b)")
        elif kind == "return":
            add(f"{indent}return {self.count}, a, b")
        elif kind in ("break", "continue"):
            add(f"{indent}{kind}")
        elif kind == "if":
            add(f"{indent}if {self.condition()}:")
            self.block(depth - 1, indent + "    ", in_loop, in_finally)
            if self.random.random() < 0.6:
                add(f"{indent}else:")
                self.block(depth - 1, indent + "    ", in_loop, in_finally)
        elif kind in ("for", "while"):
            heads = [
                f"for i{self.count} in range(3):",
                "for a in [b, 7, a]:",
                "for k, b in enumerate((a, 2)):",
            ]  # noqa: E501
            head = self.random.choice(heads) if kind == "for" else "while len(xs) > 2 and xs.pop() != 5:"
            add(indent + head)
            self.block(depth - 1, indent + "    ", not in_finally, in_finally)
            if self.random.random() < 0.4:
                add(f"{indent}else:")
                self.block(depth - 1, indent + "    ", in_loop, in_finally)
        elif kind == "try":
            add(f"{indent}try:")
            self.block(depth - 1, indent + "    ", in_loop, in_finally)
            add(f"{indent}finally:")
            self.block(depth - 1, indent + "    ", False, True)
        else:
            add(f"{indent}with memoryview(b'x') as view:")
            self.block(depth - 1, indent + "    ", in_loop, in_finally)


@pytest.mark.parametrize("seed", range(150))
def test_same_path(seed):
    writer = Writer(seed)
    writer.block(4, "    ", False)
    writer.block(3, "    ", False)
    text = "\n".join(writer.lines) + "\n"
    file = f"<random {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict = {}
    exec(compile(text, file, "exec"), space)
    form = normal(space["f"])
    for trial in range(4):
        numbers = [random.Random(seed * 100 + trial).randint(0, 9) for _ in range(12)]
        assert outcome(form, [numbers]) == outcome(space["f"], [numbers]), text
