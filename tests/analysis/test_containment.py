"""What is inferred is true: expressions and programs on random values, of lengths that include 0 and 1."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
import pytest

from tests.analysis.containment import contains, function_of, kinds_of

SIZES = (0, 1, 2, 3)
LEAVES = ("x", "y", "v", "w", "a", "b", "k", "m", "h", "z", "(2)", "(0.5)", "np.ones(3)", "np.zeros((2, 1))")
TEMPLATES = """
{0} + {1}; {0} * {1}; {0} - {1}; {0} / {1}; {0} ** 2; {0} ** {1}; {0} % {1}; {0} // {1}; -{0}; {0} @ {1};
abs({0}); {0} > {1}; {0} == {1}; np.exp({0}); np.sqrt({0}); np.sin({0}); np.square({0}); np.sign({0});
np.floor({0}); np.isnan({0}); np.maximum({0}, {1}); np.arctan2({0}, {1}); np.logical_and({0}, {1});
np.where({0} > 0, {0}, {1}); np.clip({0}, 0.0, 1.0); np.sum({0}); np.sum({0}, axis=0);
np.sum({0}, axis=-1, keepdims=True); np.mean({0}, axis=(0, 1)); np.sum({0}, keepdims=True);
np.max({0}, axis=1); np.var({0}, axis=0); np.prod({0}, 0); {0}.sum(); {0}.sum(axis=0);
{0}.mean(axis=1, keepdims=True); np.any({0}); np.all({0}, axis=0); np.argmax({0}); np.argmax({0}, axis=0);
np.cumsum({0}); np.cumsum({0}, axis=0); np.linalg.norm({0}); np.linalg.norm({0}, axis=0); np.std({0});
np.median({0}, axis=0); np.ptp({0}, axis=0); {0}.T; np.transpose({0}); np.transpose({0}, (1, 0));
np.swapaxes({0}, 0, 1); np.moveaxis({0}, 0, -1); {0}.reshape(-1); {0}.reshape(-1, 1);
np.reshape({0}, (1, -1)); np.reshape({0}, {1}.shape); {0}.ravel(); {0}.flatten(); np.ravel({0});
np.expand_dims({0}, 0); np.expand_dims({0}, (0, -1)); np.squeeze({0}); np.squeeze({0}, axis=0);
np.atleast_2d({0}); np.broadcast_to({0}, (2, 3)); np.broadcast_to({0}, {1}.shape); np.atleast_1d({0});
{0}[None]; {0}[:, None]; {0}[0]; {0}[-1]; {0}[1:]; {0}[:, 0]; {0}[..., 0]; {0}[..., None]; {0}[::2, :];
{0}[:]; {0}[k]; {0}[k, :]; {0}[{0} > 0]; {0}[m]; {0}[m, :]; {0}[:, m]; {0}[m, m]; {0}[m, None, m];
{0}[0, m]; {0}[m > 0]; {0}[[0, 0]]; {0}[(0, 0)]; {0}[k > 0]; {0}[0, ...]; np.concatenate([{0}, {1}]);
np.concatenate(({0}, {1}), axis=1); np.stack([{0}, {1}]); np.stack(({0}, {1}), axis=-1);
np.concatenate([{0}, {1}], axis=None); np.hstack([{0}, {1}]); np.vstack([{0}, {1}]); np.array([{0}, {1}]);
np.array((a, 1.0)); np.array([a, b, 1.0]); np.array([{0}]); np.array({0}); np.asarray({0});
np.array([k, 2]); np.array([[a, b], [b, a]]); np.zeros({0}.shape); np.zeros_like({0});
np.ones_like({0}, dtype=float); np.full((2, k), {0}); np.zeros(k); np.zeros(len({0}));
np.ones(({0}.shape[0], 1)); np.eye(k); np.eye(2, 1); np.arange(k); np.arange(0.0, 1.0, 0.5);
np.linspace(a, b); np.linspace(a, b, k); np.full_like({0}, 1.0); np.zeros({0}.size); np.copy({0});
{0}.copy(); {0}.astype(float); {0}.astype(np.float32); {0}.astype(int); np.dot({0}, {1});
np.outer({0}, {1}); np.inner({0}, {1}); np.vdot({0}, {1}); np.kron({0}, {1}); np.tensordot({0}, {1}, 1);
np.tensordot({0}, {1}); np.einsum("ij,jk->ik", {0}, {1}); np.einsum("ij,jk", {0}, {1});
np.einsum("i,i", {0}, {0}); np.einsum("ij->j", {0}); np.einsum("ij,ij->i", {0}, {1});
np.einsum("ii->i", {0}); np.trace({0}); np.diag({0}); np.diagonal({0}); np.diag({0}, 1); np.repeat({0}, 2);
np.repeat({0}, 2, axis=0); np.take({0}, m); np.take({0}, m, axis=0); np.take({0}, 0, axis=-1);
np.roll({0}, 1); np.flip({0}); np.tril({0}); np.triu({0}); np.diff({0}); np.diff({0}, axis=0);
np.sort({0}); np.argsort({0}); np.tile({0}, 2); np.round({0}); np.conj({0}); np.real({0}); {0}.real;
{0}.imag; {0}.shape; {0}.ndim; {0}.size; np.shape({0}); np.size({0}); np.ndim({0}); {0}.shape[0]; len({0});
float(a); int(a); min(a, b); max(a, k); round(a); round(a, 1); np.float64({0}); np.linalg.inv({0});
np.linalg.det({0}); np.linalg.solve({0}, {1}); np.linalg.cholesky({0}); np.linalg.slogdet({0});
np.linalg.eigh({0}); np.linalg.qr({0}); np.linalg.svd({0}); np.linalg.svd({0}, False); np.linalg.pinv({0});
np.linalg.eig({0}); np.linalg.slogdet({0})[1]; np.linalg.eigh({0}).eigenvalues; np.linalg.eigvalsh({0});
np.searchsorted(np.arange(3.0), {0}); ({0}, {1}); [{0}, {1}]; [r * 2 for r in {0}]; sum([r for r in {0}]);
{0} if k else {1}; ({0}, {1})[k]; [{0}, {1}][0]; np.broadcast_arrays({0}, {1}); np.cos({0}, dtype=float);
np.modf({0}); np.divmod({0}, 2); np.nonzero({0}); np.count_nonzero({0}); not {0}; k and a; a ** 0.5;
k ** -1; 2 ** k; k // 2; k / 2; True + True; a > b; (a > b) * 1; k == 1; np.sum({0} > 0); np.mean({0} > 0)
"""
EXPRESSIONS = [part.strip() for part in TEMPLATES.replace("\n", " ").split(";") if part.strip()]


def random_arguments(rng: random.Random) -> dict[str, Any]:
    """Values of all sorts: vectors, matrices, an array of rank three, integers, complex and single precision."""
    n, p, q = (rng.choice(SIZES) for _ in range(3))
    draw = np.random.default_rng(rng.randrange(1 << 30))
    small = rng.choice([np.float64, np.float32, np.complex128, np.int64, np.int8, np.bool_, np.uint64])
    return {
        "x": draw.normal(size=(n, p)),
        "y": draw.normal(size=(p, rng.choice([n, q]))),
        "v": draw.normal(size=rng.choice([n, p])),
        "w": draw.normal(size=(q, rng.choice([1, n]), p)),
        "a": rng.choice([0.5, -1.5, np.float64(2.0), 3]),
        "b": rng.choice([0.25, np.float32(1.5)]),
        "k": rng.choice([0, 1, 2]),
        "m": draw.integers(0, 2, size=rng.choice([0, 1, 2])),
        "h": draw.normal(size=(n, 1)),
        "z": np.asarray(draw.normal(size=(rng.choice([1, n]), p)) * 2).astype(small),
    }


def random_expression(rng: random.Random, depth: int) -> str:
    """Nest templates into each other."""
    if depth == 0:
        return rng.choice(LEAVES)
    return "(" + rng.choice(EXPRESSIONS).format(random_expression(rng, depth - 1), rng.choice(LEAVES)) + ")"


def check(expression: str, rng: random.Random) -> int:
    """Check an expression on several draws of arguments; return on how many it can be computed."""
    names = list(random_arguments(rng))
    function = function_of(f"def f({', '.join(names)}):\n    return {expression}\n")
    computed = 0
    for _ in range(6):
        arguments = random_arguments(rng)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = function(**arguments)
        except (TypeError, ValueError, IndexError, AttributeError, np.linalg.LinAlgError, ZeroDivisionError):
            continue
        computed += 1
        kind = kinds_of(function, *arguments.values())[1]
        shapes = {name: (np.shape(a), np.asarray(a).dtype) for name, a in arguments.items()}
        assert contains(kind, value), f"{expression} is {value!r}, not {kind!r}, for {shapes}"
    return computed


@pytest.mark.parametrize("template", EXPRESSIONS)
def test_single_operation(template: str) -> None:
    rng = random.Random(template)

    computed = 0
    for _ in range(40):
        computed += check(template.format(rng.choice("xyvwhz"), rng.choice("xyvwhzabk")), rng)
        if computed > 15:
            break

    assert computed, "no draw of arguments fits the template"


@pytest.mark.parametrize("seed", range(150))
def test_nested_operations(seed: int) -> None:
    rng = random.Random(seed)

    assert check(random_expression(rng, rng.choice([2, 3])), rng) >= 0
