"""The text that is differentiated is that of the code that runs."""

import importlib.util
import linecache
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad import grad
from srcad.errors import NoSourceError


def imported(path: Path, text: str) -> types.ModuleType:
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PROGRAM = """
import math


def helper(x):
    return math.sin(x) * 2.0


def f(x, k=(1, -0.0)):
    return helper(x) + x
"""
EDITS = {
    "an operator": ("+ x", "- x"),
    "a number": ("2.0", "3.0"),
    "a number's type": ("2.0", "2"),
    "a name": ("math.sin", "math.cos"),
    "a variable": ("helper(x) + x", "helper(k) + x"),
    "another statement": ("    return helper", "    x = x * x\n    return helper"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_file_edited_after_its_import_is_refused(edit: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "edited.py"
    f = imported(path, PROGRAM).f
    path.write_text(PROGRAM.replace(*edit))
    linecache.checkcache(str(path))
    with pytest.raises(NoSourceError, match="is not what runs") as caught:
        grad(f)(1.0)
    assert caught.value.location is not None


def test_text_that_changes_nothing_may_be_edited(tmp_path: Path) -> None:
    path = tmp_path / "edited.py"
    f = imported(path, PROGRAM).f
    before = grad(f)(1.0)
    path.write_text(PROGRAM.replace("+ x", "+  x  # the sum") + "\n\nLATER = 1\n")
    linecache.checkcache(str(path))
    assert grad(f)(1.0) == before


def test_code_that_the_import_has_rewritten_is_read() -> None:
    def checked(x: float) -> float:
        assert x > 0.0, "pytest rewrites this"
        return x * x

    assert grad(checked)(3.0) == 6.0


def test_code_that_was_put_into_another_function_is_refused() -> None:
    def tripled(x: float) -> float:
        return 3.0 * x

    tripled.__code__ = tripled.__code__.replace(co_consts=(None, 4.0))
    with pytest.raises(NoSourceError, match="is not what runs"):
        grad(tripled)(1.0)


def test_parts_of_a_file_may_be_compiled_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "parts.py"
    imports, rest = (
        "import math\nimport numpy as np\n",
        """
def f(x):
    total = 0.0
    for k in range(3):
        if math.sin(x) > 0.0:
            total += np.sum(math.cos(x)) * k
    return total
""",
    )
    path.write_text(imports + "\n" + rest)
    space: dict[str, Any] = {"__name__": "parts"}
    exec(compile(imports, path, "exec"), space)
    exec(compile("\n\n\n" + rest, path, "exec"), space)
    assert np.isclose(grad(space["f"])(1.0), -3.0 * np.sin(1.0))
