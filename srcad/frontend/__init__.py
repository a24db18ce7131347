"""From Python to the NORMAL form.

``normalize`` reads a function and runs it through ``PASSES``, in this order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast

from srcad.frontend.anf import to_anf
from srcad.frontend.blocks import defer_blocks
from srcad.frontend.bound_methods import call_bound_methods
from srcad.frontend.cells import Cell
from srcad.frontend.contexts import write_out_contexts
from srcad.frontend.control import structure
from srcad.frontend.decorators import write_out_decorators
from srcad.frontend.deep_branches import split_deep_branches
from srcad.frontend.dispatching import written_out
from srcad.frontend.exceptions import lower_exceptions
from srcad.frontend.fence import fence
from srcad.frontend.frozen import call_frozen_distributions
from srcad.frontend.function_attributes import keep_attributes_in_variables
from srcad.frontend.generators import inline_generators
from srcad.frontend.index_tricks import write_out_index_tricks
from srcad.frontend.instances_run_over import run_over_instances
from srcad.frontend.iterators import step_iterators
from srcad.frontend.kept_forms import is_kept, kept_form
from srcad.frontend.kept_views import look_up_views
from srcad.frontend.lazy import run_lazily
from srcad.frontend.listed import list_generators, refuse_generator
from srcad.frontend.local_classes import make_local_classes
from srcad.frontend.match import lower_match
from srcad.frontend.named_tuples import write_out_named_tuples
from srcad.frontend.nested import as_definition, is_plain, without_annotations
from srcad.frontend.operators_by_name import write_out_operators_by_name
from srcad.frontend.protocols import call_protocols, write_out_reversed
from srcad.frontend.resolve import resolve
from srcad.frontend.subscripts import write_out_subscripts
from srcad.frontend.webs import split_webs
from srcad.lang.function import Function, Nested
from srcad.lang.scope import Scope
from srcad.lang.source import read

__all__ = ["PASSES", "normalize", "normalize_nested", "refuse_generator"]

PASSES = (
    keep_attributes_in_variables,
    make_local_classes,
    fence,
    call_bound_methods,
    write_out_decorators,
    defer_blocks,
    resolve,
    write_out_index_tricks,
    write_out_subscripts,
    write_out_operators_by_name,
    write_out_reversed,
    lower_match,
    run_over_instances,
    list_generators,
    write_out_contexts,
    look_up_views,
    run_lazily,
    inline_generators,
    step_iterators,
    lower_exceptions,
    to_anf,
    call_protocols,
    structure,
    split_deep_branches,
    split_webs,
    write_out_named_tuples,
    call_frozen_distributions,
)


def normalize(func: Any) -> Function:
    """Return a Python function in normal form.

    Parameters
    ----------
    func : function, lambda or method
        What to read.

    Returns
    -------
    Function
        Its tree is a ``gast.FunctionDef`` in NORMAL form; the free variables that are neither functions, nor
        classes, nor modules are further parameters, named in ``captured``.
    """
    return kept_form(func, _normalized) if is_kept(func) else _normalized(func)


def _normalized(func: Any) -> Function:
    source = read(written_out(func))
    fn = Function(as_definition(source.tree, "lambda_"), Scope(), source)
    return _run(fn)


def normalize_nested(nested: Nested) -> Function:
    """Return a function defined inside another one in normal form.

    Its ``captured`` begins with the variables that the call of ``rt.closure`` passes, in that order.
    """
    return kept_form(nested, _normalized_nested)


def _normalized_nested(nested: Nested) -> Function:
    source = replace(nested.source, tree=nested.tree)
    cells = {name: Cell(cell) for name, cell in nested.cells.items()}
    scope = Scope(statics={**nested.statics, **cells})
    return _run(Function(nested.tree, scope, source, nested.captured, nested.held, nested.siblings))


def _run(fn: Function) -> Function:
    """Run the passes, and make parameters of the captured variables.

    They come last among the positional ones; where that is impossible (defaults, ``*args``) they can only be
    given by name.
    """
    for pass_ in PASSES:
        fn = pass_(fn)
    args = without_annotations(fn.tree.args)
    extra = [gast.Name(name, gast.Param(), None, None) for name in fn.captured]
    plain = is_plain(args)
    made = gast.arguments(
        args.args + (extra if plain else []), args.posonlyargs, args.vararg,
        args.kwonlyargs + ([] if plain else extra), args.kw_defaults + ([] if plain else [None] * len(extra)),
        args.kwarg, args.defaults,
    )  # fmt: skip
    tree = gast.FunctionDef(fn.tree.name, made, fn.tree.body, [], None, None, [])
    return replace(fn, tree=gast.copy_location(tree, fn.tree))
