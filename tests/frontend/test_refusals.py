"""What lies outside the language is refused at its line, with a way out."""

from __future__ import annotations

import linecache

import numpy as np
import pytest

from srcad.api import grad
from srcad.errors import NoSourceError, UnsupportedError
from srcad.frontend import normalize

BAD = {
    "async def f(x):\n    return x": ("async", 1),
    "def f(x):\n    while True:\n        yield x": ("no end", 3),
    "def f(x):\n    x[0] = 1\n    yield from x": ("changes what others see", 3),
    "def f(x):\n    b = [0.0]\n    for v in x:\n        b[0] = v\n        yield b": (
        "changes what it has given out",
        5,
    ),
    "def f(x):\n    def g(h):\n        for r in h: yield -r\n    i = g(x)\n    w = x[0]\n    w += 1\n    return next(i)": (
        "reads what this function changes",
        4,
    ),
    "def f(x):\n    global G\n    G = x\n    del G": ("'G' is deleted", 4),
    "def f(x):\n    try:\n        x += 1\n    finally:\n        return x": ("finally", 5),
    "def f(x):\n    class A: f = x\n    return A.f": ("class", 2),
    "def f(x):\n    del x\n    return x": ("'x'", 2),
    "def f(x):\n    return eval('x')": ("eval", 2),
    "def f(x):\n    return [(lambda: i) for i in x]": ("'i'", 2),
    "def f(x):\n    @property\n    def g(): return 1\n    return g": ("descriptor", 2),
}


def define(text):
    file = f"<refused {hash(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space = {}
    exec(compile(text, file, "exec"), space)
    return space["f"]


@pytest.mark.parametrize("text", BAD)
def test_refused(text):
    words, line = BAD[text]
    with pytest.raises(UnsupportedError, match=words) as caught:
        normalize(define(text))
    assert caught.value.location.line == line
    assert caught.value.reason.endswith(".") and caught.value.hint.endswith(".")
    assert "^" in str(caught.value)


def test_generator_that_updates_what_may_be_an_array():
    text = """def f(x):
    def halves(y):
        for _ in range(2):
            y *= 0.5
            yield y
    it = halves(x)
    return np.sum(next(it) * next(it))"""
    function = define(text)
    function.__globals__["np"] = np
    assert grad(function)(3.0) == 0.75
    with pytest.raises(UnsupportedError, match="updates in place") as caught:
        grad(function)(np.ones(2))
    assert caught.value.location.line == 4


def test_no_source():
    space = {}
    exec("def f(x): return x", space)
    with pytest.raises(NoSourceError, match="register its derivative"):
        normalize(space["f"])
    with pytest.raises(NoSourceError, match="len"):
        normalize(len)
