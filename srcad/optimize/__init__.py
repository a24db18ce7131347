"""ADJOINT to ADJOINT: the same computation with less work, and then with a better look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from srcad.analysis.kinds import Kind
from srcad.lang.function import Function
from srcad.optimize.branches import join_branches
from srcad.optimize.broadcast import NeedlessBroadcasts
from srcad.optimize.choose import choose
from srcad.optimize.coalesce import coalesce
from srcad.optimize.context import Context
from srcad.optimize.copy_propagation import CopyPropagation
from srcad.optimize.cse import CommonSubexpressions
from srcad.optimize.dead import remove_dead
from srcad.optimize.delays import delay_rebinding
from srcad.optimize.displays import collect_parts
from srcad.optimize.factors import ConstantFactors
from srcad.optimize.fission import fill_kept_arrays, multiply_behind_loops
from srcad.optimize.fitting import fit_without_copy
from srcad.optimize.fold import Fold
from srcad.optimize.forward import Rewriter, walk
from srcad.optimize.fusion import fuse_loops
from srcad.optimize.histories import prune_histories, unpack_histories
from srcad.optimize.inplace import update_in_place
from srcad.optimize.invariants import forget_invariants
from srcad.optimize.iteration import iterate_over_histories
from srcad.optimize.kept_shapes import keep_shapes
from srcad.optimize.kills import store_at_once
from srcad.optimize.moves import use_before_overwriting
from srcad.optimize.names import share_names
from srcad.optimize.nest import nest
from srcad.optimize.notation import write_briefly
from srcad.optimize.overwritten import remove_overwritten
from srcad.optimize.parts import read_in_place
from srcad.optimize.plain import write_plainly
from srcad.optimize.products import Products
from srcad.optimize.program import Program
from srcad.optimize.repeated import add_twice
from srcad.optimize.reuse import reuse_memory
from srcad.optimize.rows import multiply_before_loops
from srcad.optimize.scatters import add_to_parts
from srcad.optimize.states import compute_factors_at_once
from srcad.optimize.summing import sum_down_once
from srcad.optimize.sums import FactorsOfSums, negate_smaller
from srcad.optimize.views import update_through_views

__all__ = ["FINISH", "LOOPS", "SIMPLIFY", "Context", "optimize", "simplify"]

SIMPLIFY: tuple[type[Rewriter], ...] = (
    CopyPropagation,
    Fold,
    NeedlessBroadcasts,
    Products,
    ConstantFactors,
    FactorsOfSums,
    CommonSubexpressions,
)
"""Share one walk, again and again until nothing changes; the result keeps the statement grammar."""

LOOPS: tuple[Callable[[Program], None], ...] = (
    multiply_behind_loops,
    multiply_before_loops,
    compute_factors_at_once,
)
"""Run once: work of all trips of a loop is done at once."""

FINISH: tuple[Callable[[Program], None], ...] = (
    keep_shapes,
    delay_rebinding,
    update_through_views,
    update_in_place,
    store_at_once,
    fill_kept_arrays,
    add_to_parts,
    use_before_overwriting,
    read_in_place,
    fit_without_copy,
    negate_smaller,
    reuse_memory,
    unpack_histories,
    write_briefly,
    choose,
    nest,
    add_twice,
    share_names,
    write_plainly,
    iterate_over_histories,
)
"""Run once; they leave A-normal form."""

_ROUNDS = 20


def optimize(
    function: Function,
    pure: Callable[[Any], bool],
    *,
    owned: Iterable[str] = (),
    keep: Iterable[str] = (),
    inexact: Iterable[str] = (),
    like: Mapping[str, str] | None = None,
    gradient_of: Mapping[str, str] | None = None,
    ranks: Mapping[str, Kind] | None = None,
    raising: Iterable[str] = (),
    tangents: Iterable[str] = (),
    meets_complex: bool = False,
    finish: bool = True,
) -> Function:
    """Return a function that computes the same with less work.

    Parameters
    ----------
    function : Function
        In ADJOINT form; it is left as it is, except that its scope may get new temporaries.
    pure : callable
        Tells of a function object whether calling it has no side effect.
    owned : iterable of str
        Gradient variables, which hold floating-point values and may be updated in place.
    keep : iterable of str
        The user's own variables, which stay visible.
    inexact : iterable of str
        Further variables that only ever hold floating-point values.
    like : mapping, optional
        From a gradient variable to the variable whose shape it has.
    gradient_of : mapping, optional
        From a variable for the gradient of a container to that container.
    ranks : mapping, optional
        The kinds of variables.
    raising : iterable of str
        Variables whose computation may raise an exception.
    tangents : iterable of str
        The tangents of forward mode.
    meets_complex : bool
        Whether the program has complex numbers.
    finish : bool
        Whether to update in place and to nest expressions for the reader as well.
    """
    context = Context(
        pure, frozenset(owned), frozenset(keep), frozenset(inexact), dict(like or {}),
        dict(gradient_of or {}), dict(ranks or {}), frozenset(raising), frozenset(tangents), meets_complex,
    )  # fmt: skip
    program = Program(function, context)
    simplify(program)
    for pass_ in LOOPS if finish else ():
        pass_(program)
    if finish and fuse_loops(program):
        simplify(program)
        if join_branches(program):
            simplify(program)
    for pass_ in FINISH if finish else ():
        pass_(program)
    made = program.to_function()
    program.forget()
    return made


def simplify(program: Program) -> None:
    """Apply `SIMPLIFY` until nothing changes."""
    for _ in range(_ROUNDS):
        has_changed = coalesce(program)
        has_changed = walk(program, *SIMPLIFY) or has_changed
        has_changed = remove_overwritten(program) or has_changed
        has_changed = remove_dead(program) or has_changed
        has_changed = prune_histories(program) or has_changed
        has_changed = forget_invariants(program) or has_changed
        has_changed = collect_parts(program) or has_changed
        has_changed = has_changed or sum_down_once(program)
        if not has_changed:
            break
