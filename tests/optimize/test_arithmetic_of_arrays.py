"""The passes that know the ranks of arrays: matrix products, constant factors, memory that is used again."""

from __future__ import annotations

import copy
import dataclasses
import textwrap

import gast
import numpy as np
import pytest
from adjoint_programs import function, pure, run, same, text_of
from test_passes import check, on_function

from srcad import check_grads, grad
from srcad.analysis.kinds import array
from srcad.lang.printer import comment
from srcad.optimize import Context
from srcad.optimize.dead import remove_dead
from srcad.optimize.factors import ConstantFactors
from srcad.optimize.forward import walk
from srcad.optimize.products import Products
from srcad.optimize.reuse import reuse_memory
from srcad.optimize.sums import FactorsOfSums, negate_smaller

RNG = np.random.default_rng(0)


def of_dims(**dims):
    """Return the context of arguments of double precision with these axes."""
    kinds = {name: array(dims=axes, dtype="float64") for name, axes in dims.items()}
    return Context(pure, inexact=frozenset(kinds), ranks=kinds)


def walked(*passes):
    return on_function(lambda program: walk(program, *passes), remove_dead)


def remarked(*passes):
    """Return the passes where a string of a test stands for the comment of a backward step."""
    made = walked(*passes)

    def apply(given, context):
        tree = copy.deepcopy(given.tree)
        for stmt in tree.body:
            if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Constant):
                stmt.value = comment(stmt.value.value).value
        return made(dataclasses.replace(given, tree=tree), context)

    return apply


VECTORS = of_dims(x="N", y="N", g="N")
VECTORS_AND_A_CUT = of_dims(x="N", y="N", g="?")
FACTORS = of_dims(x="NN", y="NN", g="N")
BLOCKS = of_dims(x="NNN", y="NNN", g="N")
MATRIX = RNG.normal(size=(3, 3))
BLOCK = RNG.normal(size=(2, 3, 4))


def test_the_sum_of_a_product_of_vectors_is_an_inner_product():
    check(
        remarked(Products),
        "u = x * 2.0\n'line 1'\nt = u * x\ndx = np.sum(t)\nreturn dx",
        "u = x * 2.0\n# line 1\ndx = u @ x\nreturn dx",
        VECTORS,
    )


def test_a_sum_of_the_primal_keeps_its_rounding():
    text = "t = x * x\nz = np.sum(t)\n'line 1'\nreturn z"
    check(remarked(Products), text, text.replace("'line 1'", "# line 1"), VECTORS)


@pytest.mark.parametrize(
    "text",
    [
        "'line 1'\nt = x * g\nz = np.sum(t)\nreturn z",
        "'line 1'\nt = x * x\nz = np.sum(t)\nreturn z, t",
        "'line 1'\nt = x * x\nz = np.sum(t, axis=0)\nreturn z",
        "'line 1'\nt = x * 2.0\nz = np.sum(t)\nreturn z",
        "'line 1'\nt = x + x\nz = np.sum(t)\nreturn z",
    ],
    ids=["perhaps of other lengths", "used again", "along an axis", "with a number", "of a sum"],
)
def test_other_sums_stay(text):
    check(remarked(Products), text, text.replace("'line 1'", "# line 1"), VECTORS_AND_A_CUT)


def test_vectors_that_cannot_have_been_broadcast_have_one_length():
    check(
        remarked(Products),
        "'line 1'\nt = x * y\nz = np.sum(t)\nreturn z",
        "# line 1\nz = x @ y\nreturn z",
        VECTORS,
    )


def test_the_sum_of_a_product_of_matrices_is_an_inner_product():
    check(
        remarked(Products),
        "'line 1'\nt = x * y\nz = np.sum(t)\nreturn z",
        "# line 1\nz = np.vdot(x, y)\nreturn z",
        FACTORS,
        (MATRIX, MATRIX.T + 1.0, MATRIX[0]),
    )


def test_a_sum_over_a_matrix_of_the_primal_stays():
    text = "t = x * x\nz = np.sum(t)\nreturn z"
    check(walked(Products), text, text, FACTORS, (MATRIX, MATRIX, MATRIX[0]))


def test_constants_of_both_factors_meet_in_the_smaller_one():
    check(
        walked(ConstantFactors),
        "t = g * 0.25\nu = np.expand_dims(t, 1)\nv = 2 * x\ndx = u * v\nreturn dx",
        "t1 = g * 0.5\nt2 = np.expand_dims(t1, 1)\ndx = t2 * x\nreturn dx",
        FACTORS,
        (MATRIX, MATRIX, MATRIX[0]),
    )


def test_constants_whose_product_is_one_vanish():
    check(
        walked(ConstantFactors),
        "t = x * 0.5\nv = 2 * y\ndx = t * v\nreturn dx",
        "dx = x * y\nreturn dx",
        FACTORS,
        (MATRIX, MATRIX, MATRIX[0]),
    )


@pytest.mark.parametrize(
    "text",
    ["t = x * 0.5\ndx = t * y\nreturn dx", "t = x * 0.5\nv = 2 * y\ndx = t * v\nreturn dx, v"],
    ids=["one constant", "used again"],
)
def test_other_constants_stay(text):
    check(walked(ConstantFactors), text, text, FACTORS, (MATRIX, MATRIX, MATRIX[0]))


REUSED = {
    "the first factor": ("t1 = x - y\nt2 = t1 * x\nreturn t2", "t1 = x - y\nt1 *= x\nreturn t1"),
    "the second factor": ("t1 = x - y\nt2 = x * t1\nreturn t2", "t1 = x - y\nt1 *= x\nreturn t1"),
    "both in turn": (
        "t1 = x - y\nt2 = x + y\nt3 = t1 * y\nt4 = t1 * t2\nreturn t3, t4",
        "t1 = x - y\nt2 = x + y\nt2 *= t1\nt1 *= y\nreturn t1, t2",
    ),
    "a sign": ("t1 = x * y\nt2 = -t1\nreturn t2", "t1 = x * y\nt1 *= -1.0\nreturn t1"),
    "with itself": ("t1 = x - y\nt2 = t1 * t1\nreturn t2", "t1 = x - y\nt1 *= t1\nreturn t1"),
}


@pytest.mark.parametrize("case", REUSED.values(), ids=list(REUSED))
def test_memory_of_an_array_of_many_axes_is_used_again(case):
    check(on_function(reuse_memory), *case, BLOCKS, (BLOCK, BLOCK + 1.0, BLOCK[0, 0]))


KEPT = {
    "needed": "t1 = x - y\nt2 = t1 * x\nreturn t2, t1",
    "a view needed": "t1 = x - y\nv = t1[1:]\nt2 = t1 * x\nreturn t2, v",
    "in a list": "t1 = x - y\nd = [t1]\nt2 = t1 * x\nreturn t2, d",
    "in a history": "s = []\nt1 = x - y\ns.append(t1)\nt2 = t1 * x\nt3 = s.pop()\nreturn t2, t3",
    "an argument": "t2 = x * y\nreturn t2",
    "a divisor": "t1 = x - y\nt2 = x / t1\nreturn t2",
    "an alias": "t1 = x - y\nu = t1\nt2 = t1 * x\nreturn t2, u",
    "a part of the other factor": "t1 = x - y\nv = t1[:, :, ::-1]\nt2 = t1 * v\nreturn t2",
    "needed in the next iteration": (
        "t1 = x - y\nz = x\nfor i in range(2):\n    t2 = t1 * y\n    z = z + t2\nreturn z"
    ),
}


@pytest.mark.parametrize("text", KEPT.values(), ids=list(KEPT))
def test_memory_that_something_else_refers_to_is_left_alone(text):
    check(on_function(reuse_memory), text, text, BLOCKS, (BLOCK, BLOCK + 1.0, BLOCK[0, 0]))


def test_few_axes_are_computed_anew():
    text = "t1 = x - y\nt2 = t1 * x\nreturn t2"
    check(on_function(reuse_memory), text, text, FACTORS, (MATRIX, MATRIX, MATRIX[0]))


LOOPS = {
    "a value of the iteration before": """
        t2 = x * 1.0
        z = x * 0.0
        for i in range(3):
            t1 = z - y
            z = z + t2
            t2 = t1 * y
        return z
        """,
    "a value behind the loop": """
        z = x * 0.0
        t2 = x * 1.0
        for i in range(3):
            t1 = z - y
            t2 = t1 * y
            z = z + t2
        return z, t2
        """,
    "an argument bound anew": """
        for i in range(3):
            z = x - y
            x = z * y
        return x
        """,
    "a factor of what is moved behind other products": """
        t1 = x - y
        t2 = x + y
        t3 = x * y
        t4 = t1 * t2
        t5 = t1 * t3
        t6 = t2 * t3
        return t4, t5, t6
        """,
    "a branch": """
        t1 = x - y
        if g[0] > 0.0:
            t2 = t1 * y
        else:
            t2 = t1
        return t2
        """,
}


@pytest.mark.parametrize("text", LOOPS.values(), ids=list(LOOPS))
def test_reused_memory_in_loops_and_branches_computes_the_same(text):
    given = function("def f(x, y, g):\n" + textwrap.indent(textwrap.dedent(text), "    "))
    result = on_function(reuse_memory)(given, BLOCKS)
    arguments = (BLOCK, BLOCK + 1.0, BLOCK[0, 0])
    assert same(run(given, *arguments)[0], run(result, *arguments)[0]), text_of(result)


def test_a_factor_that_is_the_same_along_an_axis_leaves_the_sum():
    check(
        remarked(FactorsOfSums),
        "'line 1'\nt = x * g\nz = np.sum(t, axis=0)\nreturn z",
        "# line 1\nt1 = np.sum(x, axis=0)\nz = t1 * g\nreturn z",
        FACTORS,
        (MATRIX, MATRIX, MATRIX[0]),
    )


@pytest.mark.parametrize(
    "text",
    [
        "'line 1'\nt = x * g\nz = np.sum(t, axis=1)\nreturn z",
        "'line 1'\nt = x * y\nz = np.sum(t, axis=0)\nreturn z",
        "'line 1'\nt = x * g\nz = np.sum(t, axis=0)\nreturn z, t",
        "t = x * g\nz = np.sum(t, axis=0)\n'line 1'\nreturn z",
    ],
    ids=["along its own axis", "of two matrices", "used again", "of the primal"],
)
def test_other_factors_stay_in_their_sums(text):
    given = (MATRIX, MATRIX, MATRIX[0])
    check(remarked(FactorsOfSums), text, text.replace("'line 1'", "# line 1"), FACTORS, given)


def test_the_smaller_factor_changes_its_sign():
    check(
        on_function(negate_smaller),
        "t = x * g\nz = -t\nreturn z",
        "t1 = -g\nz = x * t1\nreturn z",
        FACTORS,
        (MATRIX, MATRIX, MATRIX[0]),
    )
    text = "t = x * y\nz = -t\nreturn z"
    check(on_function(negate_smaller), text, text, FACTORS, (MATRIX, MATRIX, MATRIX[0]))


def powers(w, x):
    y = w @ x
    for _ in range(3):
        y = np.tanh(w @ y)
    return np.sum(y)


def test_products_of_matrices_are_methods_in_loops_alone():
    derivative = grad(powers, argnums=(0, 1))
    derivative(MATRIX, MATRIX)
    assert "w.T @ dy" in derivative.source
    assert "w.T.dot(" in derivative.source or "w_T.dot(" in derivative.source
    check_grads(powers, (MATRIX, MATRIX), order=2)


def squared_lengths(x, w):
    total = 0.0
    for row in x:
        total += (row @ w) ** 2
    return total


def test_products_of_vectors_are_methods():
    derivative = grad(squared_lengths, argnums=(0, 1))
    derivative(MATRIX, MATRIX[0])
    check_grads(squared_lengths, (MATRIX, MATRIX[0]), order=2)
    assert "np.dot" not in derivative.source


def lengths_of_rows(x):
    return np.sum(np.sqrt(np.sum(x**2, axis=1)))


def test_the_rank_of_a_quotient_is_known():
    derivative = grad(lengths_of_rows)
    derivative(MATRIX)
    assert "[:, None]" in derivative.source
    assert "expand_dims" not in derivative.source
    check_grads(lengths_of_rows, (MATRIX,), order=2)


def mirrored_sums(r, y):
    alpha = -r[0]
    for k in range(1, len(r)):
        alpha = -alpha * r[k]
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha
    return np.sum(y)


def test_a_number_that_changes_from_trip_to_trip_leaves_the_shape_known():
    derivative = grad(mirrored_sums)
    derivative(MATRIX[0], MATRIX[1])
    assert ".dot(" in derivative.source
    assert ".sum()" not in derivative.source
    check_grads(mirrored_sums, (MATRIX[0], MATRIX[1]), order=2)
