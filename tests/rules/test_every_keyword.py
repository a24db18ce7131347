"""Each parameter of each function with a rule has its derivative, or is refused with the line: none is ignored.

The calls stand in ``keywords_numpy.txt`` and ``keywords_scipy.txt``, one a line.  A comment says what holds of it:
``paths`` draws samples that jump where their parameters move, ``refused``.
"""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special

from srcad import grad, jvp
from srcad.errors import SrcadError
from srcad.rules import registry
from tests.rules.harness import pairing, random_like
from tests.rules.keywords import documented, named_in, sampled

LIBRARIES = (
    "math", "statistics", "scipy", "scipy.integrate", "scipy.interpolate", "scipy.linalg", "scipy.ndimage",
    "scipy.optimize", "scipy.signal", "scipy.sparse", "scipy.sparse.linalg", "scipy.spatial.distance", "scipy.special",
    "scipy.stats",
)  # fmt: skip
NOT_TAKEN = {"complex_scalar": {"imag"}, "arange": {"start_or_stop"}, "nextafter": {"steps"}}
"""Parameters that cannot be given by name: np.clongdouble(real, imag), and what np.arange calls its first one.

math.nextafter(x, y, steps=n) is there from Python 3.12 on."""

rng = np.random.default_rng(0)
ARRAYS: dict[str, Any] = {
    "x": np.array([0.3, -1.2, 0.7, 1.9, -0.4]),
    "y": np.array([1.1, 0.4, -0.6, 0.9, 0.25]),
    "u": np.array([0.5, 1.3, 0.8, 2.1, 0.35]),
    "p": np.array([0.2, 0.55, 0.35, 0.8, 0.15]),
    "A": rng.normal(size=(3, 4)),
    "B": rng.normal(size=(4, 3)),
    "M": rng.normal(size=(3, 3)) + 3 * np.eye(3),
    "N": rng.normal(size=(3, 3)),
    "S": (lambda q: q @ q.T + np.eye(3))(rng.normal(size=(3, 3))),
    "T": rng.normal(size=(2, 3, 4)),
    "Q": rng.normal(size=(2, 3, 3)) + 2 * np.eye(3),
    "U": rng.uniform(0.5, 2, size=(3, 4)),
    "z": rng.normal(size=4) + 1j * rng.normal(size=4),
    "w": rng.normal(size=4) + 1j * rng.normal(size=4),
    "Z": rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)) + 2 * np.eye(3),
    "O": rng.normal(size=(1, 4)),
    "s": 0.7,
    "t": 1.3,
}
FIXED: dict[str, Any] = {
    "k": np.array([2, 0, 3]),
    "m": np.array([True, False, True, True, False]),
    "MM": np.array([[True, False, True, True], [False, True, True, True], [True, True, False, True]]),
}
MODULES = {name.partition(".")[0]: importlib.import_module(name) for name in reversed(LIBRARIES)}
SPACE: dict[str, Any] = {**ARRAYS, **FIXED, "np": np, **MODULES}


def cases() -> Iterator[tuple[str, str]]:
    for library in ("numpy", "scipy"):
        for line in (Path(__file__).parent / f"keywords_{library}.txt").read_text().splitlines():
            text, _, what = line.partition("  # ")
            yield text, what


CASES = list(cases())


def program(text: str, folder: Path) -> tuple[Callable[..., Any], list[Any]]:
    """Return the weighted sum of what a call returns, as a function of the arrays in it, and these."""
    names = [name for name in ARRAYS if name in _free(text)]
    result = eval(text, dict(SPACE))
    weights = np.random.default_rng(7).uniform(0.5, 1.5, np.shape(result)) if np.ndim(result) else 0.8
    value = f"WEIGHTS * {text}"
    if np.iscomplexobj(result):
        value = f"np.real((0.7 - 0.4j) * {value})"
    imports = "\n".join(f"import {name}" for name in LIBRARIES)
    file = folder / "case.py"
    file.write_text(
        f"{imports}\nimport numpy as np\n\n\ndef case({', '.join(names)}):\n    return np.sum({value})\n"
    )
    module = _loaded(file)
    module.__dict__.update(FIXED, WEIGHTS=weights)
    return module.case, [np.copy(ARRAYS[name]) if np.ndim(ARRAYS[name]) else ARRAYS[name] for name in names]


def _free(text: str) -> set[str]:
    code = compile(text, "case", "eval")
    found, codes = set(code.co_names), [code]
    while codes:
        inner = codes.pop()
        found |= set(inner.co_names)
        codes += [constant for constant in inner.co_consts if hasattr(constant, "co_names")]
    return found


def difference(f: Callable[..., Any], arguments: list[Any], directions: list[Any], h: float) -> float:
    def at(step: float) -> float:
        return float(f(*[a + step * d for a, d in zip(arguments, directions)]))

    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)


def gradients_of(f: Callable[..., Any], arguments: list[Any]) -> tuple[Any, ...]:
    np.random.seed(5)
    return tuple(grad(f, argnums=tuple(range(len(arguments))))(*arguments))


def tangent_of(f: Callable[..., Any], arguments: list[Any], directions: list[Any]) -> float:
    np.random.seed(5)
    return float(jvp(f, tuple(arguments), tuple(directions))[1])


@pytest.mark.parametrize(("text", "what"), CASES, ids=[text for text, _ in CASES])
def test_a_keyword_has_its_derivative_or_is_refused_with_the_line(
    text: str, what: str, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        f, arguments = program(text, tmp_path)
        directions = [random_like(value, i) for i, value in enumerate(arguments)]
        if what == "refused":
            for derive in (lambda: gradients_of(f, arguments), lambda: tangent_of(f, arguments, directions)):
                with pytest.raises(SrcadError) as caught:
                    derive()
                assert caught.value.location is not None
            return
        found = pairing(gradients_of(f, arguments), directions)
        if what == "paths":
            assert np.isclose(found, tangent_of(f, arguments, directions), rtol=1e-8)
            return
        rough = "complex64" in text or "optimize.min" in text
        close = {"rtol": 1e-3 if rough else 1e-6, "atol": 1e-5 if rough else 1e-7}
        expected = difference(f, arguments, directions, 2e-2 if rough else 1e-3)
        assert np.isclose(found, expected, **close), (found, expected)
        assert np.isclose(tangent_of(f, arguments, directions), expected, **close)


def test_each_parameter_of_each_rule_is_in_a_sample_or_in_a_call() -> None:
    given = sampled()
    for text, _ in CASES:
        for rule, names in named_in(text, SPACE):
            given.setdefault(id(rule), set()).update(names)
    missing = {}
    for rule in registry.registered():
        if (
            not str(rule.reverse.__module__).startswith("srcad.rules.")
            or _is_of_the_project(rule.primal)
            or rule.given
        ):
            continue
        left = set(documented(rule)) - given.get(id(rule), set())
        left -= NOT_TAKEN.get(rule.reverse.__name__, set())
        if left:
            missing[f"{rule.reverse.__module__}.{rule.reverse.__name__}"] = left
    assert not missing


def _is_of_the_project(primal: Any) -> bool:
    """Tell whether a function is srcad's own, or one that another test has given a rule."""
    return str(getattr(primal, "__module__", "")).startswith(("srcad.", "tests."))


# -- the options that all ufuncs have ----------------------------------------------------------------

UFUNCS = [
    rule.primal
    for rule in registry.registered()
    if isinstance(rule.primal, np.ufunc)
    and rule.primal.signature is None
    and rule.primal.nout == 1
    and getattr(np, rule.primal.__name__, None) is rule.primal
]
WITHOUT_DTYPE = (np.absolute, np.ldexp)
ALL_OPTIONS = """
def options({names}, m, W):
    first = np.{ufunc}({names}, order="F", casting="same_kind", subok=False)
    second = np.{ufunc}({names}, dtype=np.float64)
    third = np.{ufunc}({names}, signature="{signature}")
    fourth = np.full(4, 0.3)
    np.{ufunc}({names}, out=fourth)
    fifth = np.full(4, 0.3)
    np.{ufunc}({names}, out=(fifth,), where=m)
    sixth = np.full(4, 0.3)
    np.{ufunc}({names}, sixth, where=True)
    return np.sum(W[0] * first + W[1] * second + W[2] * third + W[3] * fourth + W[4] * fifth + W[5] * sixth)


def plain({names}, m, W):
    result = np.{ufunc}({names})
    return np.sum((W[0] + W[1] + W[2] + W[3] + W[5]) * result) + np.sum(W[4] * np.where(m, result, 0.3))
"""


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda ufunc: ufunc.__name__)
def test_the_options_of_a_ufunc(ufunc: np.ufunc, tmp_path: Path) -> None:
    names = ["a", "b"][: ufunc.nin]
    signature = next(s for s in ("dd->d", "di->d", "d->d") if s in ufunc.types)
    file = tmp_path / "case.py"
    text = ALL_OPTIONS.format(names=", ".join(names), ufunc=ufunc.__name__, signature=signature)
    if ufunc in WITHOUT_DTYPE:
        text = text.replace(", dtype=np.float64", "")
    file.write_text("import numpy as np\n" + text)
    space = _loaded(file)
    points = [np.array([0.3, 0.7, 0.45, 0.9]) + (ufunc is np.arccosh), np.array([0.8, 0.35, 0.6, 0.2])][
        : ufunc.nin
    ]
    if ufunc is np.ldexp:
        points[1] = np.array([1, 0, 2, 1])
    weights = np.random.default_rng(3).uniform(0.5, 1.5, (6, 4))
    mask = np.array([True, False, True, True])
    argnums = tuple(i for i, p in enumerate(points) if p.dtype.kind == "f")
    found = grad(space.options, argnums=argnums)(*points, mask, weights)
    expected = grad(space.plain, argnums=argnums)(*points, mask, weights)
    for one, other in zip(found, expected):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("ufunc", WITHOUT_DTYPE)
def test_a_dtype_that_chooses_between_loops_of_several_kinds_is_refused(ufunc: np.ufunc) -> None:
    with pytest.raises(SrcadError) as caught:
        grad(lambda a: np.sum(ufunc(a, *[1] * (ufunc.nin - 1), dtype=np.float64)))(np.ones(3))
    assert caught.value.location is not None


def test_the_conditions_of_functions_of_scipy_are_refused() -> None:
    with pytest.raises(SrcadError, match="takes the wrong entries"):
        grad(lambda a: np.sum(special.expit(a, out=np.zeros(3), where=a > 0)))(np.ones(3))


def _loaded(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location("case", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
