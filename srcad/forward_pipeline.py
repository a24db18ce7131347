"""From a request to compiled forward-mode code: the counterpart of ``srcad.pipeline.build``."""

from __future__ import annotations

import functools
from typing import Any

import gast

from srcad.analysis.activity import varied_variables
from srcad.analysis.guards import raising_variables
from srcad.analysis.held_alone import held_alone
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory, memory_of
from srcad.analysis.returns import Callees
from srcad.backends.numpy_backend import load
from srcad.derive.forward import forward
from srcad.derive.functions import catches_errors, changed_parameters
from srcad.derive.growing import let_grow
from srcad.derive.kept_outside import keeps_outside, refuse_changes_outside, refuse_changes_seen_elsewhere
from srcad.derive.known_receivers import settle_tests
from srcad.derive.lost_in_sets import refuse_items_of_sets
from srcad.derive.lost_numbers import refuse_lost_numbers
from srcad.derive.lower import lower
from srcad.derive.named_like_arrays import read_by_name
from srcad.derive.objects_in_arrays import refuse_objects_in_arrays
from srcad.derive.request import Request
from srcad.derive.sequences import run_over_directly
from srcad.errors import SrcadError
from srcad.lang.function import Function
from srcad.lang.printer import to_source
from srcad.lang.recursion import walks_deep_trees
from srcad.lang.walking import nodes_in
from srcad.optimize import optimize
from srcad.pipeline import (
    Code,
    _is_pure,
    bind_builtins,
    inlined,
    make_floats,
    meets_complex,
    read,
    refer,
    user_names,
)

__all__ = ["build_forward"]


def stages_of(request: Request) -> dict[str, str]:
    """Return the texts of the stages before the last."""
    texts: dict[str, str] = {}
    build_forward(request, texts)
    return texts


@walks_deep_trees
def build_forward(request: Request, stages: dict[str, str] | None = None) -> Code:
    """Derive and compile a function that returns ``(value, tangent)``, or the tangent alone.

    Parameters
    ----------
    request : Request
        The function, its parameters, and those that come with a tangent.
    stages : dict, optional
        Gets the texts of the stages.

    Returns
    -------
    Code
        Its one entry takes all parameters and then the tangents of the wanted ones.

    Raises
    ------
    SrcadError
        If the program lies outside the language.
    """
    try:
        return _build(request, stages, True)
    except SrcadError:
        return _build(request, stages, False)


def _build(request: Request, stages: dict[str, str] | None, knows_objects: bool) -> Code:
    callees = Callees(read)
    fn = read(request.func)
    users = user_names(fn)
    fn = inlined(fn, request, callees, knows_objects=knows_objects)
    fn, kinds = settle_tests(fn, lambda read: callees.infer(read, dict(request.parameters)))
    if stages is not None:
        stages.update(source=fn.source.text, normal=to_source(fn.tree))
    fn, kinds = let_grow(fn, kinds, request.aliased)
    fn = run_over_directly(fn, kinds)
    fn = read_by_name(lower(fn, kinds, held_alone(fn, kinds)), kinds)
    bind_builtins(fn)
    kinds = callees.infer(fn, dict(request.parameters))
    fn.scope.dependencies += callees.new_dependencies(fn.scope.dependencies)
    memory = memory_of(fn, kinds, request.wanted, parameters_alias=request.aliased)
    memory.kept |= _made_for_the_caller(fn, request.names, memory)
    varied = varied_variables(fn, kinds, set(request.wanted), memory)
    if not fn.source.file.startswith("<srcad"):  # generated text was checked when it was made
        refuse_changes_outside(fn, kinds, memory, varied)
        refuse_changes_seen_elsewhere(fn, memory)
        refuse_lost_numbers(fn, varied)
        refuse_objects_in_arrays(fn, kinds, varied)
        refuse_items_of_sets(fn, kinds, varied)
    derived, variable_of = forward(fn, kinds, varied, memory, request.wanted, request.names)
    if request.mode == "tangent":
        derived = without_value(derived)
    if any(
        isinstance(node, gast.Name) and node.id in ("rt.call_jvp", "rt.method_jvp")
        for node in nodes_in(derived.tree)
    ):
        make_floats(derived, fn, request)
    refer([derived])
    if stages is not None:
        stages["forward"] = to_source(derived.tree)
    hints = optimizer_hints(request, fn, kinds, variable_of)
    derived = optimize(derived, _is_pure, keep=users, **hints)
    text, entries, imports = load([derived], fn.scope)
    return Code(
        text, functools.partial(stages_of, request), list(fn.scope.dependencies), entries, changes=bool(memory.changed),
        changed_arguments=tuple(changed_parameters(request.names, memory)),
        catches_errors=catches_errors(fn), shares_result=_shares_result(fn, request.names, memory), imports=imports,
        keeps_outside=keeps_outside(fn, memory),
    )  # fmt: skip


def _made_for_the_caller(fn: Function, parameters: list[str], memory: Memory) -> set[str]:
    """Return the classes of what is made and returned in a container, where it may stand twice.

    Whoever calls may change it under one of its names, and read it under another one; so it has one tangent.
    """
    result = getattr(fn.tree.body[-1], "value", None)
    held = memory.held(result.id) if isinstance(result, gast.Name) else set()
    given = set().union(*map(memory.held, parameters)) | memory.outside
    return held - given - {memory.classes.get(getattr(result, "id", ""), "")}


def _shares_result(fn: Function, parameters: list[str], memory: Memory) -> bool:
    """Tell whether what a function returns may reach memory that its arguments reach."""
    result = getattr(fn.tree.body[-1], "value", None)
    held = memory.held(result.id) if isinstance(result, gast.Name) else set()
    return any(held & memory.held(p) for p in parameters)


def optimizer_hints(
    request: Request, fn: Function, kinds: Kinds, variable_of: dict[str, str]
) -> dict[str, Any]:
    """Return what the optimizer is told about the variables; ``variable_of`` names that of each tangent."""
    inexact = {n for n, k in kinds.items() if k.name == "float" or (k.name == "array" and k.inexact)}
    # The directions of arrays have their shape and dtype when the function is called.
    given = {t: dict(request.parameters)[n] for t, n in variable_of.items() if n in request.wanted}
    return {
        "inexact": sorted(inexact),
        "ranks": {**kinds, **{t: kind for t, kind in given.items() if kind.name == "array" and kind.inexact}},
        "tangents": sorted(variable_of),
        "like": {tangent: n for tangent, n in variable_of.items() if n in inexact},
        "meets_complex": meets_complex(request, kinds),
        "raising": raising_variables(fn, kinds),
    }


def without_value(fn: Function) -> Function:
    """Return a function of which only the second result is returned."""
    *body, last = fn.tree.body
    return fn.with_body([*body, gast.copy_location(gast.Return(last.value.elts[1]), last)])
