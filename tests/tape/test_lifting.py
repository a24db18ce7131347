"""Functions of the user's that a tape runs with their globals wrapped."""

from __future__ import annotations

import builtins
import types

from srcad.tape.lifting import lifted


def test_the_builtins_of_a_script_stay():
    """In ``__main__`` they are a module, where other modules have its dict."""
    space = {"__name__": "__main__", "__builtins__": builtins}
    exec("def doubled(x): return sum(x for _ in range(2))", space)
    assert isinstance(space["__builtins__"], types.ModuleType) and lifted(space["doubled"])(1.5) == 3.0
