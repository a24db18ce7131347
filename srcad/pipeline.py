"""Read this first: how a Python function becomes the Python function of its derivative.

``build`` is the whole way, top to bottom.  Each stage takes a record and returns a new one; what a
stage needs to know about the program is computed by an analysis and handed in as an argument.
"""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import gast
import numpy as np

import srcad.rules  # noqa: F401  (fills the registry)
from srcad import runtime as rt
from srcad.analysis.activity import bound_before, varied_variables
from srcad.analysis.counters import counting_variables, numbers_in_results
from srcad.analysis.guards import raising_variables
from srcad.analysis.held_alone import held_alone
from srcad.analysis.kinds import (
    ANY,
    INT,
    Kind,
    container,
    holds_complex,
    is_differentiable,
    is_scalar,
    may_be_complex,
    may_be_single,
)
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import memory_of
from srcad.analysis.returns import Callees
from srcad.backends.numpy_backend import load
from srcad.derive.build import assign, call, constant, name, read_names
from srcad.derive.called_objects import inline_methods
from srcad.derive.cells import unpack_cells
from srcad.derive.exits import sink_exits
from srcad.derive.functions import assemble, changed_parameters, enter
from srcad.derive.growing import let_grow
from srcad.derive.inline_calls import inline_calls, without_dead_copies
from srcad.derive.inner_gradients import Inner, has_shadow_calls, write_out_gradients
from srcad.derive.instances import COPIED, RECORD, WHOLE
from srcad.derive.kept_outside import (
    refuse_changes_outside,
    refuse_changes_seen_elsewhere,
    refuse_needed_contents,
)
from srcad.derive.known_receivers import settle_tests
from srcad.derive.lost_in_sets import refuse_items_of_sets
from srcad.derive.lost_numbers import refuse_lost_numbers
from srcad.derive.lower import lower
from srcad.derive.masked import guard_masked
from srcad.derive.named_like_arrays import read_by_name
from srcad.derive.objects_in_arrays import refuse_objects_in_arrays
from srcad.derive.records import refuse_records
from srcad.derive.request import Request
from srcad.derive.reverse import Reverse, reverse_steps
from srcad.derive.saving import save
from srcad.derive.sequences import run_over_directly
from srcad.errors import SrcadError
from srcad.frontend import normalize, normalize_nested, refuse_generator
from srcad.frontend.deep_branches import split_deep_branches
from srcad.frontend.named_tuples import write_out_named_tuples
from srcad.lang.function import Function, Nested
from srcad.lang.printer import to_source
from srcad.lang.recursion import walks_deep_trees
from srcad.lang.scope import Dependency
from srcad.lang.walking import clone, nodes_in
from srcad.optimize import Context, optimize
from srcad.optimize.copy_propagation import copy_propagation
from srcad.optimize.tidy import tidy
from srcad.optimize.updates import never_rebound, update_in_place
from srcad.rules import registry
from srcad.runtime.libraries import computes_no_numbers

__all__ = ["Code", "Request", "build"]


@dataclass
class Code:
    """A compiled derivative: its text, the text after each stage, and the loaded functions.

    Attributes
    ----------
    trace : callable
        Returns the texts of the stages before the last.
    shadowed : tuple of str
        The parameters whose shadows a ``"call"`` takes after the arguments.
    valued : tuple of str
        The wanted parameters whose gradients the backward function returns.
    result_shadowed : bool
        The forward function returns the shadow of its result as well.
    changes : bool
        The program changes memory in place.
    changed_arguments : tuple of str
        The parameters whose memory the program may change.
    stateful : bool
        The backward function changes what the forward function left for it.
    imports : tuple of str
        The import statements that the text needs.
    catches_errors : bool
        The program that forward mode is made of may catch an exception.
    shares_result : bool
        The value that forward mode returns may share memory with an argument.
    reads_outside : bool
        The function may read memory that lives outside of it.
    keeps_outside : bool
        The program that forward mode is made of may leave something outside that it finds there when it runs again.
    """

    text: str
    trace: Callable[[], dict[str, str]]
    dependencies: list[Dependency]
    entries: list[Any] = field(default_factory=list)
    shadowed: tuple[str, ...] = ()
    valued: tuple[str, ...] = ()
    result_shadowed: bool = False
    changes: bool = False
    changed_arguments: tuple[str, ...] = ()
    stateful: bool = False
    keep: Any = None
    imports: tuple[str, ...] = ()
    catches_errors: bool = False
    shares_result: bool = False
    reads_outside: bool = False
    keeps_outside: bool = False

    @property
    def changes_arguments(self) -> bool:
        """Whether the program may change memory that its arguments refer to."""
        return bool(self.changed_arguments)

    @property
    def module(self) -> str:
        """The text with the imports that it needs: a module of its own."""
        return "\n".join(self.imports) + "\n\n\n" * bool(self.imports) + self.text.strip("\n") + "\n"

    @functools.cached_property
    def stages(self) -> dict[str, str]:
        """The program after each stage, from the user's text to the generated one."""
        return {**self.trace(), "optimized": self.text}

    def holds(self) -> bool:
        """Tell whether the functions that were looked up when compiling are still the same."""
        return all(dependency.holds() for dependency in self.dependencies)


def stages_of(request: Request) -> dict[str, str]:
    """Return the texts of the stages before the last; printing them is left until somebody asks."""
    texts: dict[str, str] = {}
    build(request, texts)
    return texts


@walks_deep_trees
def build(request: Request, stages: dict[str, str] | None = None, around: tuple[Any, ...] = ()) -> Code:
    """Derive and compile what ``request`` asks for.

    Parameters
    ----------
    request : Request
        The function and what is known about its arguments.
    stages : dict, optional
        Gets the texts of the stages.
    around : tuple of callable
        The functions that are being derived already, inside of which this derivative is taken.

    Raises
    ------
    SrcadError
        If the program lies outside the language; nothing is kept then.
    """
    try:
        return _build(request, stages, around, True)
    except SrcadError:
        # What is known of objects may lead into more than can be derived: then they are resolved when the program runs.
        return _build(request, stages, around, False)


def _build(
    request: Request, stages: dict[str, str] | None, around: tuple[Any, ...], knows_objects: bool
) -> Code:
    if request.mode != "call":
        refuse_generator(request.func)
    callees = Callees(read)
    fn = read(request.func)
    users = user_names(fn)
    fn, result = single_result(inlined(fn, request, callees, around, knows_objects), request.mode)
    request = without_counters(request, fn)
    fn, kinds = settle_tests(fn, lambda read: callees.infer(read, dict(request.parameters)))
    if stages is not None:
        stages.update(source=fn.source.text, normal=to_source(fn.tree))

    fn, kinds = let_grow(fn, kinds, request.aliased)
    fn = run_over_directly(fn, kinds)
    alone = held_alone(fn, kinds)
    updated = never_rebound(fn, alone)
    fn = read_by_name(sink_exits(lower(fn, kinds, alone), kinds), kinds)
    bind_builtins(fn)
    kinds = callees.infer(fn, dict(request.parameters))
    fn.scope.dependencies += callees.new_dependencies(fn.scope.dependencies)
    given = given_shadows(request) if request.mode == "call" else ()
    memory = memory_of(
        fn, kinds, given, parameters_alias=request.aliased, result_is_kept=request.mode == "call"
    )
    inputs = {p for p in request.wanted if is_differentiable(kinds.get(p, ANY))}
    varied = varied_variables(fn, kinds, inputs, memory)
    refuse_changes_outside(fn, kinds, memory, varied)
    refuse_changes_seen_elsewhere(fn, memory)
    refuse_records(fn, kinds, varied)
    refuse_lost_numbers(fn, varied)
    refuse_objects_in_arrays(fn, kinds, varied)
    refuse_items_of_sets(fn, kinds, varied)
    swept = reverse_steps(fn, kinds, varied, memory, bound_before(fn), result, updated, given)
    guard_masked(swept.block, fn.scope.statics)
    entry = enter(fn, request, swept, kinds, memory, varied)
    own = {g for v, g in swept.gradients.items() if v not in memory.shadowed}
    kept = request.names if request.mode == "call" else ()
    bound = [*request.names, *entry.bound]
    saved = save(swept.block, fn.scope, kinds, memory, own, bound, kept, fn.source.locate)
    made = assemble(fn, request, swept, saved, kinds, memory, entry, result)
    meets_unknown = request.mode == "call" or mentions(made.functions, "rt.call", "rt.call_method")
    refuse_needed_contents(fn, kinds, memory, varied, meets_unknown)
    shadows = has_shadows(made.functions)
    if request.mode != "call" and shadows:
        make_floats(made.functions[0], fn, request)
    refer(made.functions)

    if stages is not None:
        stages["adjoint"] = "\n\n".join(to_source(f.tree) for f in made.functions)
    hints = optimizer_hints(request, kinds, swept, users, own)
    hints["raising"] = raising_variables(fn, kinds)
    arrays = {n for n, k in request.parameters if k.name == "array" and k.inexact}
    double = not any(may_be_complex(k) or may_be_single(k) for k in (kinds.get(n, ANY) for n in varied))
    convertible = arrays & set(request.wanted) if request.exact and double else set()
    functions = [tidy(optimize(f, _is_pure, **hints), convertible) for f in made.functions]
    functions = [update_in_place(f, kinds, updated) for f in functions]
    text, entries, imports = load(functions, fn.scope)
    return Code(
        text, functools.partial(stages_of, request), list(fn.scope.dependencies), entries, entry.given,
        made.valued, made.result_shadowed, bool(memory.changed), tuple(changed_parameters(request.names, memory)),
        bool(memory.changed or memory.shadowed & varied) or shadows,
        imports=imports, reads_outside=bool(memory.names_outside),
    )  # fmt: skip


def inlined(
    fn: Function, request: Request, callees: Callees, around: tuple[Any, ...] = (), knows_objects: bool = True
) -> Function:
    """Return ``fn`` with the statements of the known functions that it calls, and of the gradients that it takes.

    Without ``knows_objects``, objects that are parts of others are left as they are.
    """

    def with_calls(
        fn: Function,
        reread: Callable[[], Function] | None = None,
        receivers: Mapping[str, Kind] = MappingProxyType({}),
        first: str = COPIED,
    ) -> Function:
        last = RECORD if knows_objects else WHOLE
        made = inline_calls(fn, read, is_nested, dict(request.parameters), reread, receivers, first, last)
        return unpacked(made)

    def with_methods(fn: Function, receivers: Mapping[str, Kind]) -> Function:
        given = clone(fn.tree)
        return with_calls(fn, lambda: replace(fn, tree=clone(given)), receivers, RECORD)

    def is_nested(value: Any) -> bool:
        return isinstance(value, Nested)

    def unpacked(fn: Function) -> Function:
        fn = unpack_cells(without_dead_copies(copy_propagation(fn, Context(_is_pure))))
        return write_out_named_tuples(fn)

    def derive(inner: Inner, kinds: tuple[tuple[str, Kind], ...], wanted: tuple[str, ...]) -> Any:
        code = gradient_of(inner, kinds, wanted, (*around, request.func))
        fn.scope.dependencies.extend([] if code is None else code.dependencies)
        return None if code is None else code.entries[0]

    fn = with_calls(fn, functools.partial(read, request.func))
    known = callees.returns, callees.changes
    parameters = dict(request.parameters)
    if knows_objects:
        fn = inline_methods(fn, parameters, with_methods, lambda read: callees.infer(read, parameters))
    with_gradients = write_out_gradients(fn, dict(request.parameters), known, read, derive, unpacked)
    return split_deep_branches(fn if with_gradients is fn else with_calls(with_gradients))


def gradient_of(
    inner: Inner, kinds: tuple[tuple[str, Kind], ...], wanted: tuple[str, ...], around: tuple[Any, ...]
) -> Code | None:
    """Return the code of a gradient that a program takes; None where it is not fit to stand in that program."""
    function = inner.func
    if isinstance(function, Inner):
        of = gradient_of(function, kinds, function.wanted([n for n, _ in kinds]), around)
        function = None if of is None else of.entries[0]
    if function is None or function in around:
        return None
    mode = "value_and_grad" if inner.valued else "grad"
    try:
        code = build(Request(function, kinds, wanted, mode, True, inner.single), around=around)
    except SrcadError:
        return None
    opaque = has_shadow_calls(code.text) or "rt.seed(" in code.text or code.changed_arguments
    return None if opaque else code


def has_shadows(functions: list[Function]) -> bool:
    """Tell whether the backward function works on memory that the forward function made."""
    made = ("rt.shadow", "rt.separate_shadow", "rt.lasting_shadow", "rt.Shadow")
    return mentions(functions, "rt.call", "rt.call_method", *made)


def mentions(functions: list[Function], *names: str) -> bool:
    """Tell whether one of some names stands in functions."""
    return any(
        isinstance(node, gast.Name) and node.id in names for fn in functions for node in nodes_in(fn.tree)
    )


def passed_on(fn: Function) -> set[str]:
    """Return the variables that are arguments of calls without a rule, or captured, by functions that may count with them.

    What such a call counts with is found out when it happens.
    """
    found: set[str] = set()
    for node in nodes_in(fn.tree):
        if not isinstance(node, gast.Call):
            continue
        callee = fn.scope.statics.get(getattr(node.func, "id", ""))
        nested = fn.scope.statics.get(getattr(node.args[0], "id", "")) if callee is rt.closure else None
        if isinstance(nested, Nested):
            counted = counted_by(nested)
            found |= {
                n
                for own, part in zip(nested.captured, node.args[1:])
                if own in counted
                for n in read_names(part)
            }
        elif registry.find(callee) is None and callee is not rt.named_tuple:
            found |= {n for part in (*node.args, *(k.value for k in node.keywords)) for n in read_names(part)}
    return found


@functools.lru_cache(maxsize=256)
def counted_by(func: Any) -> frozenset[str]:
    """Return the parameters of a function that count or select."""
    return frozenset(counting_variables(read(func)))


def make_floats(derived: Function, fn: Function, request: Request) -> None:
    """Let a derivative begin with floats for the integers that it differentiates by, which still count where they do.

    Calls that are resolved when they happen take an integer for one without a derivative, and so does a pullback with
    respect to all arguments where there are others than integers.
    """
    if request.mode == "vjp" and set(request.wanted) - set(request.integers):
        return
    scalars = [n for n, kind in request.parameters if n in request.integers and is_scalar(kind)]
    counters = counting_variables(fn) | passed_on(fn) if scalars else set()
    made = [assign(n, call("rt.whole", name(n))) for n in scalars if n not in counters]
    derived.tree.body[:0] = [gast.copy_location(stmt, derived.tree.body[0]) for stmt in made]


def without_counters(request: Request, fn: Function) -> Request:
    """Return a request for a pullback in which integers that count or select alone are no numbers to differentiate by."""
    counters = set(request.integers) & counting_variables(fn) if request.mode == "vjp" else set()
    if counters:
        counters -= numbers_in_results(fn)
    if not counters:
        return request
    counted = {
        n: replace(k, inexact=False, dtype=None) if k.name == "array" else INT for n, k in request.parameters
    }
    kinds = tuple((n, counted[n] if n in counters else kind) for n, kind in request.parameters)
    return replace(request, parameters=kinds)


def given_shadows(request: Request) -> tuple[str, ...]:
    """Return the parameters of a call that come with the shadows of the caller."""
    return tuple(
        name
        for name, kind in request.parameters
        if name in request.wanted and not is_scalar(kind) and kind.name not in ("str", "none")
    )


def bind_builtins(fn: Function) -> None:
    """Make the builtins that generated code calls known."""
    for builtin in _BUILTINS:
        if builtin not in fn.scope.taken:
            fn.scope.statics.setdefault(builtin, getattr(builtins, builtin))


def optimizer_hints(
    request: Request, kinds: Kinds, swept: Reverse, users: set[str], own: set[str]
) -> dict[str, Any]:
    """Return what the optimizer is told about the variables."""
    primal_of = {gradient: variable for variable, gradient in swept.gradients.items()}
    # An integer argument to differentiate by counts as a number of unknown type: ``1.0 * n`` must not become ``n``.
    surely = {n for n, k in kinds.items() if request.exact or k.dtype not in (None, "mixed")}
    floats = {n for n, k in kinds.items() if k.name == "float" or k.name == "array" and k.inexact}
    names = {g: kinds.get(v, ANY).name for g, v in primal_of.items()}
    lists = {g: container(name) for g, name in names.items() if name in ("list", "tuple")}
    return {
        "owned": own,
        "keep": users | {swept.gradients[n] for n in users if n in swept.gradients},
        "inexact": sorted(floats & surely),
        "ranks": {
            **kinds,
            **{g: kinds[v] for g, v in primal_of.items() if is_scalar(kinds.get(v, ANY))},
            **lists,
        },
        "meets_complex": meets_complex(request, kinds),
        "like": {g: v for g, v in primal_of.items() if kinds.get(v, ANY).name in ("array", "float")},
        "gradient_of": {g: v for g, v in primal_of.items() if names[g] in ("tuple", "dict")},
    }


def meets_complex(request: Request, kinds: Kinds) -> bool:
    """Tell whether an argument or a variable is complex; one that is bound anew may have a kind that hides it."""
    return any(map(holds_complex, [*(kind for _, kind in request.parameters), *kinds.values()]))


def read(func: Any) -> Function:
    """Return the normal form of a function or of a nested function."""
    return normalize_nested(func) if isinstance(func, Nested) else normalize(func)


def user_names(fn: Function) -> set[str]:
    """Return the variables of the user's own text."""
    return {n.id for n in nodes_in(fn.source.tree) if isinstance(n, gast.Name)}


def single_result(fn: Function, mode: str) -> tuple[Function, str]:
    """Return ``fn`` and the variable that holds the result to differentiate; under ``aux`` its first part."""
    body = list(fn.tree.body)
    last = body.pop()
    value = last.value if isinstance(last, gast.Return) and last.value is not None else constant(None)
    out = (
        fn.scope.fresh("value")
        if not isinstance(value, gast.Name) or value.id in fn.scope.statics
        else value.id
    )
    if not isinstance(value, gast.Name) or out != value.id:
        body.append(gast.copy_location(assign(out, value), last))
    if mode == "aux":
        whole, out = out, fn.scope.fresh("value")
        aux = fn.scope.fresh("aux")
        targets = [gast.Name(n, gast.Store(), None, None) for n in (out, aux)]
        pair = gast.Assign([gast.Tuple(targets, gast.Store())], name(whole), None)
        body.append(gast.copy_location(pair, last))
        return fn.with_body([*body, gast.copy_location(gast.Return(name(aux)), last)]), out
    return fn.with_body([*body, gast.copy_location(gast.Return(name(out)), last)]), out


def refer(functions: Iterable[Function]) -> None:
    """Bind the NumPy, runtime and builtin functions that the derivation mentions."""
    for fn in functions:
        for node in nodes_in(fn.tree):
            if isinstance(node, gast.Name) and node.id not in fn.scope.statics:
                root, _, attribute = node.id.partition(".")
                if attribute and root in ("np", "rt"):
                    home: Any = np if root == "np" else rt
                    fn.scope.statics[node.id] = functools.reduce(getattr, attribute.split("."), home)
                elif node.id in _BUILTINS and node.id not in fn.scope.taken:
                    fn.scope.statics[node.id] = getattr(builtins, node.id)


_BUILTINS = ("float", "len", "range", "reversed", "slice", "list", "dict", "tuple")


def _is_pure(function: Any) -> bool:
    """Tell whether a static callable has no side effect."""
    if registry.is_stateful(function) or computes_no_numbers(function):
        return False
    if registry.find(function) is not None or function in (
        rt.closure,
        rt.named_tuple,
        rt.sequence,
        rt.keys,
        list,
        tuple,
        dict,
        float,
    ):
        return True
    return registry.is_constant(function) and function not in (
        print,
        input,
        open,
        rt.seed,
        rt.holomorphic_seed,
        rt.check_iterator,
        rt.check_late,
        rt.check_late_method,
        rt.check_left,
        rt.may_grow,
        rt.check_method,
        rt.check_number,
        rt.check_present,
        rt.check_unwithheld,
        rt.withhold,
        rt.give_back,
    )
