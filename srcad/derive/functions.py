"""The functions of a derivative: what they do first, both sweeps, and what they return."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import gast

from srcad.analysis.kinds import ANY, Kind, is_scalar, may_be_complex
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory, direct_changes, simple_statements
from srcad.derive.assemble import Commentator, joint, split
from srcad.derive.build import assign, call, constant, name, unpack
from srcad.derive.request import Request
from srcad.derive.reverse import Reverse
from srcad.derive.saving import Saved
from srcad.derive.without_axes import Definitions, definitions_in, may_have_no_axes
from srcad.lang.function import Function
from srcad.lang.walking import fill_places, nodes_in

__all__ = ["Entry", "Made", "assemble", "catches_errors", "changed_parameters", "enter"]


@dataclass
class Entry:
    """What a derivative does before the program's own statements.

    Attributes
    ----------
    statements : list
        Copies of arguments that are changed, their shadows, and the arguments kept for the end.
    bound : list of str
        The names that these bind.
    arguments : dict
        From a parameter to the name under which its argument is kept.
    shadows : dict
        From a parameter that has a shadow to the name of that.
    published : list
        What lets captured variables see the changes that were made to copies of them.
    given : tuple of str
        The parameters whose shadows come from the caller.
    """

    statements: list[gast.stmt] = field(default_factory=list)
    bound: list[str] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)
    shadows: dict[str, str] = field(default_factory=dict)
    published: list[gast.stmt] = field(default_factory=list)
    given: tuple[str, ...] = ()


@dataclass
class Made:
    """The functions of a derivative, and how to call them."""

    functions: list[Function]
    valued: tuple[str, ...]
    result_shadowed: bool


def _parameters_for(request_names: list[str], fn: Function) -> set[str]:
    written = {
        n.id
        for n in nodes_in(gast.Module(fn.tree.body, []))
        if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)
    }
    return set(request_names) & written


def enter(
    fn: Function, request: Request, swept: Reverse, kinds: Kinds, memory: Memory, varied: set[str]
) -> Entry:
    """Return what must happen first."""
    entry = Entry()
    shadowed = [p for p in request.names if p in memory.shadowed and p in varied]
    entry.shadows = {p: swept.gradients[p] for p in shadowed}
    if request.mode == "call":
        entry.given = tuple(shadowed)
        entry.bound += entry.shadows.values()
        return entry
    changed = changed_parameters(request.names, memory)
    rebound = _parameters_for(list(request.wanted), fn)
    for p in request.wanted:
        if p in rebound or p in changed:
            kept = fn.scope.fresh(f"{p}_argument")
            entry.arguments[p] = kept
            # A captured variable sees the changes before its gradient is made, which has the structure from before.
            _bind(entry, kept, call("rt.clone", name(p)) if p in fn.captured and p in changed else name(p))
    for p in changed:
        if p in fn.captured:
            outside = fn.scope.fresh(f"{p}_outside")
            _bind(entry, outside, name(p))
            if memory.meets_unknown:
                withheld = fn.scope.fresh("withheld")
                _bind(entry, withheld, call("rt.withhold", name(p)))
                entry.published.append(gast.Expr(call("rt.give_back", name(withheld))))
            entry.published.append(gast.Expr(call("rt.publish", name(outside), name(p))))
    if catches_errors(fn):
        checks = [call("rt.check_writable", name(p), constant(fn.tree.name)) for p in changed]
        entry.statements += map(gast.Expr, checks)
    _copy_changed(entry, changed, kinds, request.aliased)
    wanted = [p for p in changed if p in request.wanted]
    if request.aliased and not _surely_changed(fn, kinds, changed):
        _check_sharing(entry, fn, wanted, [p for p in changed if p not in request.wanted])
    elif not request.aliased:
        twice = [p for p in wanted if p in shadowed and _may_hold_one_twice(kinds.get(p, ANY))]
        _check_sharing(entry, fn, twice, [])
    _make_shadows(entry, fn, shadowed, kinds, request, rebound)
    return entry


def catches_errors(fn: Function) -> bool:
    """Tell whether a function in NORMAL form may catch an exception."""
    return any(isinstance(node, gast.Name) and node.id == "rt.catching" for node in nodes_in(fn.tree))


def changed_parameters(names: list[str], memory: Memory) -> list[str]:
    """Return the parameters whose memory, or memory that they hold, may be changed in place."""
    return [p for p in names if memory.held(p) & memory.changed]


def _bind(entry: Entry, target: str, value: gast.AST) -> None:
    entry.statements.append(assign(target, value))
    entry.bound.append(target)


def _copy_changed(entry: Entry, changed: list[str], kinds: Kinds, aliased: bool) -> None:
    """Copy the arguments that are changed; several at once where they may share what stays shared."""
    if len(changed) == 1 or not aliased and all(kinds.get(p, ANY).name == "array" for p in changed):
        for p in changed:
            maker = "np.array" if kinds.get(p, ANY).name == "array" else "rt.clone"
            _bind(entry, p, call(maker, name(p)))
    elif changed:
        both = gast.Tuple([name(p) for p in changed], gast.Load())
        entry.statements.append(unpack(changed, call("rt.clone", both)))


def _surely_changed(fn: Function, kinds: Kinds, changed: list[str]) -> bool:
    """Tell whether a statement changes a parameter that is an array, and not only what may be one."""
    arrays = {p for p in changed if kinds.get(p, ANY).name == "array"}
    return any(arrays.intersection(direct_changes(stmt)) for stmt in simple_statements(fn.tree.body))


def _may_hold_one_twice(kind: Kind) -> bool:
    """Tell whether an array may stand in two places of a value of some kind."""
    if kind.name == "array" or is_scalar(kind):
        return False
    if kind.items is None or kind.rest is not None:
        return True
    items = [item[1] if isinstance(item, tuple) else item for item in kind.items]
    own = [item for item in items if not is_scalar(item) and item.name not in ("str", "none")]
    return len(own) > 1 or kind.name == "list" and bool(own) or any(map(_may_hold_one_twice, own))


def _check_sharing(entry: Entry, fn: Function, wanted: list[str], others: list[str]) -> None:
    """Let the derivative find out, between the sweeps, whether memory was changed that wanted parameters share."""
    if not wanted:
        return
    shared = fn.scope.fresh("shared")
    groups = [gast.Tuple([name(p) for p in part], gast.Load()) for part in (wanted, others) if part]
    _bind(entry, shared, call("rt.shared_arrays", *groups))
    entry.published.append(gast.Expr(call("rt.check_shared", name(shared), constant(fn.tree.name))))


def _make_shadows(
    entry: Entry,
    fn: Function,
    shadowed: list[str],
    kinds: Kinds,
    request: Request,
    rebound: set[str],
) -> None:
    if request.aliased and len(shadowed) > 1:
        every = gast.Tuple([name(p) for p in shadowed], gast.Load())
        entry.statements.append(unpack([entry.shadows[p] for p in shadowed], call("rt.shadow", every)))
        entry.bound += [entry.shadows[p] for p in shadowed]
    else:
        for p in shadowed:
            kind = kinds.get(p, ANY)
            array = kind.name == "array" and kind.inexact
            array = array or kind.name == "number" and p in request.integers  # an array without axes
            maker = "rt.shadow" if not array else "np.zeros_like" if request.exact else "rt.zeros_like"
            _bind(entry, entry.shadows[p], call(maker, name(p)))
    for p in shadowed:
        container = kinds.get(p, ANY).name != "array"
        if container or p in rebound:
            kept = fn.scope.fresh(f"{entry.shadows[p]}_argument")
            shadow = name(entry.shadows[p])
            _bind(entry, kept, call("rt.skeleton", shadow) if container else shadow)
            entry.shadows[p] = kept


@dataclass
class _Parts:
    """What the stages before have found."""

    fn: Function
    request: Request
    swept: Reverse
    saved: Saved
    kinds: Kinds
    memory: Memory
    entry: Entry
    result: str


def assemble(
    fn: Function,
    request: Request,
    swept: Reverse,
    saved: Saved,
    kinds: Kinds,
    memory: Memory,
    entry: Entry,
    result: str,
) -> Made:
    """Return the function, or the pair of functions, of the derivative."""
    return _Assembly(fn, request, swept, saved, kinds, memory, entry, result).made()


@dataclass
class _Assembly(_Parts):
    def __post_init__(self) -> None:
        fn, request, swept, entry, result, memory = (
            self.fn, self.request, self.swept, self.entry, self.result, self.memory,
        )  # fmt: skip
        self.comment = Commentator(fn)
        self.title = fn.tree.name
        self.result_shadowed = result in memory.shadowed and result in swept.gradients
        self.out = swept.gradients.get(result) or fn.scope.fresh("d" + result)
        shadowed = entry.given if request.mode == "call" else ()
        self.valued = tuple(p for p in request.wanted if p not in shadowed)

    def made(self) -> Made:
        if self.request.mode in ("vjp", "call"):
            functions = self.pair()
        else:
            functions = [self.whole()]
        return Made(functions, self.valued, self.result_shadowed)

    def function(self, title: str, names: list[str], body: list[gast.stmt]) -> Function:
        arguments = [gast.Name(n, gast.Param(), None, None) for n in names]
        tree = gast.FunctionDef(
            self.fn.scope.title(title),
            gast.arguments(arguments, [], None, [], [], None, []),
            body,
            [],
            None,
            None,
            [],
        )
        located = fill_places(gast.copy_location(tree, self.fn.tree))
        return Function(located, self.fn.scope, self.fn.source)

    # -- gradients --------------------------------------------------------------------------------

    def finished(self) -> tuple[list[gast.stmt], list[gast.AST]]:
        """Return statements that bring the wanted gradients to the arguments' form, and their names."""
        out: list[gast.stmt] = []
        found: list[gast.AST] = []
        for parameter in self.valued:
            found.append(name(self.finish(parameter, out)))
        return out, found

    @functools.cached_property
    def definitions(self) -> Definitions:
        return definitions_in(self.swept.block)

    def finish(self, parameter: str, out: list[gast.stmt]) -> str:
        kind = self.kinds.get(parameter, ANY)
        shadow = self.entry.shadows.get(parameter)
        gradient = shadow or self.swept.gradients.get(parameter) or self.fn.scope.fresh("d" + parameter)
        live = shadow is not None or parameter in self.swept.live
        if not live:
            out.append(assign(gradient, constant(0.0)))
        if kind.name == "float" and self.request.exact and live and shadow is None:
            is_given = self.request.mode == "vjp"
            if not may_have_no_axes(gradient, self.definitions, self.fn.scope.statics, is_given):
                return gradient
        if self.request.mode == "call":
            return gradient
        if shadow is not None and kind.name == "array" and kind.inexact and not self.request.aliased:
            return gradient
        target = self.fn.scope.fresh(gradient)
        argument = name(self.entry.arguments.get(parameter, parameter))
        value: gast.AST = name(gradient)
        if shadow is not None:
            part = self.fn.scope.fresh("t")
            out.append(assign(part, call("rt.drained" if self.request.aliased else "rt.gathered", value)))
            value = name(part)
        out.append(assign(target, call("rt.finish", value, argument)))
        return target

    # -- the pair of functions --------------------------------------------------------------------

    def pair(self) -> list[Function]:
        finish, gradients = self.finished()
        used = {n.id for stmt in finish for n in nodes_in(stmt) if isinstance(n, gast.Name)} | {
            n.id for n in gradients if isinstance(n, gast.Name)
        }
        available = set(self.request.names) | set(self.entry.bound)
        needed = set(self.saved.needed) | {n for n in used if n in available}
        seeding: list[gast.stmt] = []
        backward_names = ["residuals"]
        if self.result_shadowed and self.request.mode == "vjp":
            needed.add(self.out)
            cotangent = self.fn.scope.fresh("cotangent")
            seeding.append(gast.Expr(call("rt.seed_shadow", name(self.out), name(cotangent))))
            backward_names.append(cotangent)
        elif not self.result_shadowed:
            backward_names.append(self.out)
        target = self.fn.scope.fresh("gradients")
        ending = [*finish, assign(target, gast.Tuple(gradients, gast.Load())), gast.Return(name(target))]
        residuals = sorted(n for n in needed | set(self.saved.stacks) if n not in self.fn.scope.statics)
        value: list[gast.AST] = [name(self.result)]
        if self.result_shadowed and self.request.mode == "call":
            value.append(name(self.out))
        forward, backward = split(
            self.swept.block,
            self.saved,
            residuals,
            value,
            ending,
            self.comment,
            self.entry.statements,
            seeding,
            self.entry.published,
            self.fn.scope,
        )
        shadows = [self.swept.gradients[p] for p in self.entry.given]
        return [
            self.function(f"{self.title}_forward", [*self.request.names, *shadows], forward),
            self.function(f"{self.title}_backward", backward_names, backward),
        ]

    # -- one function -----------------------------------------------------------------------------

    def whole(self) -> Function:
        finish, gradients = self.finished()
        ending = list(finish)
        returned: gast.AST = gradients[0] if self.request.single else gast.Tuple(gradients, gast.Load())
        if isinstance(returned, gast.Tuple):
            returned = self.bound(ending, "gradients", returned)
        kept: list[gast.stmt] = []
        if self.request.mode != "grad":
            returned = self.with_value(kept, ending, returned)
        ending.append(gast.Return(returned))
        body = joint(
            self.swept.block,
            self.saved,
            [*self.entry.published, *kept, *self.seed()],
            ending,
            self.comment,
            self.entry.statements,
        )
        return self.function(f"d{self.title}", self.request.names, body)

    def bound(self, out: list[gast.stmt], hint: str, value: gast.AST) -> gast.Name:
        target = self.fn.scope.fresh(hint)
        out.append(assign(target, value))
        return name(target)

    def with_value(self, kept: list[gast.stmt], ending: list[gast.stmt], gradient: gast.AST) -> gast.AST:
        """Keep the value, and what stands beside it, from what the backward sweep brings back."""
        value: gast.AST = name(self.result)
        if self.request.mode == "aux":
            value = self.bound(kept, "t", gast.Tuple([value, self.fn.tree.body[-1].value], gast.Load()))
        if self.memory.changed and not is_scalar(self.kind_of(value)):
            value = self.bound(kept, "t", call("rt.clone", value))
        elif self.request.mode != "aux":
            value = self.bound(kept, self.result, value)
        return self.bound(ending, "t", gast.Tuple([value, gradient], gast.Load()))

    def kind_of(self, node: gast.AST) -> Kind:
        return self.kinds.get(getattr(node, "id", ""), ANY)

    def seed(self) -> list[gast.stmt]:
        kind = self.kinds.get(self.result, ANY)
        is_number = is_scalar(kind) and not kind.optional and not may_be_complex(kind)
        plain = self.request.exact and not self.request.holomorphic and is_number
        seed_of = "rt.holomorphic_seed" if self.request.holomorphic else "rt.seed"
        one: gast.AST = constant(1.0) if plain else call(seed_of, name(self.result))
        if not self.result_shadowed:
            return [assign(self.out, one)]
        seed = self.fn.scope.fresh("seed")
        return [assign(seed, one), gast.Expr(call("rt.seed_shadow", name(self.out), name(seed)))]
