"""The reverse sweep: from a function in normal form to steps that pair forward and backward code.

The gradient of a variable ``x`` is ``dx``.  Walking backwards, ``live`` holds the variables whose
gradient is defined at the point reached, which is where a later statement uses their present value:
the first contribution assigns, later ones add, and an assignment to ``x`` ends the life of ``dx``.
Where paths meet, a gradient that only one of them defines is set to zero on the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import gast

from srcad.analysis.accumulators import accumulated
from srcad.analysis.guards import guards_of, is_guard
from srcad.analysis.kinds import ANY, Kind, is_scalar
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory, repeating_views, replaced_classes
from srcad.derive.adjoints import operation
from srcad.derive.build import Flattener, assign, builtin, call, constant, name, read_names, written_names
from srcad.derive.exits import way_out
from srcad.derive.operations import Contribution
from srcad.derive.steps import Block, Branch, Leave, Loop, Plain, Step, Wrapped, has_backward
from srcad.lang.function import Function
from srcad.lang.scope import Scope
from srcad.lang.walking import clone, nodes_in
from srcad.rules import registry

__all__ = ["Reverse", "reverse_steps"]

_WITHOUT_PARTS = ("array", "number", "float", "int", "bool", "str", "none")


@dataclass
class _State:
    """What is known of the gradients at a point of the backward sweep.

    ``shapeless`` are those of arrays that may be the number 0.0, since the array need not have been made yet.
    """

    live: set[str] = field(default_factory=set)
    owned: set[str] = field(default_factory=set)
    shapeless: set[str] = field(default_factory=set)

    def copy(self) -> _State:
        return _State(set(self.live), set(self.owned), set(self.shapeless))


@dataclass
class Reverse:
    """The outcome: the steps, the gradients defined at the start, and the names of gradients."""

    block: Block
    live: set[str]
    gradients: dict[str, str]
    arguments: dict[str, str] = field(default_factory=dict)


def reverse_steps(
    fn: Function,
    kinds: Kinds,
    varied: set[str],
    memory: Memory,
    bound: dict[int, set[str]],
    result: str,
    updated: frozenset[str],
    given: Sequence[str] = (),
) -> Reverse:
    """Return the steps of ``fn`` for a gradient of the variable ``result``; ``updated`` keep their shapes.

    What the parameters ``given`` hold may be replaced by the caller before the backward sweep.
    """
    updates = accumulated(fn, kinds, varied - memory.shadowed, updated)
    sweep = _Sweep(fn, kinds, varied, memory, bound, updates)
    sweep.of_caller = set().union(*map(memory.held, given))
    for variable in sorted(memory.shadowed & varied):
        sweep.gradient(variable)
    if result in varied:
        sweep.gradient(result)
    state = _State({result} if result in varied - memory.shadowed else set())
    block = sweep.block(fn.tree.body[:-1], state)
    return Reverse(block, state.live, sweep.gradients)


@dataclass(frozen=True)
class _Head:
    """Whose gradients cross a loop's head, which a trip changes in place, and whether it does anything backwards."""

    crossing: frozenset[str]
    items: frozenset[str]
    active: bool


class _Sweep:
    def __init__(
        self,
        fn: Function,
        kinds: Kinds,
        varied: set[str],
        memory: Memory,
        bound: dict[int, set[str]],
        updates: frozenset[tuple[str, str]],
    ) -> None:
        self.fn, self.kinds, self.varied, self.bound = fn, kinds, varied, bound
        self.memory = memory
        self.scope = fn.scope
        self.gradients: dict[str, str] = {}
        self.items: set[str] = set()
        self.trying = False
        self.heads: dict[int, dict[frozenset[str], _Head]] = {}
        self.guards = guards_of(fn)
        self.updates = updates
        self.repeating = repeating_views(fn)
        self.replaced = replaced_classes(fn, memory)
        self.of_caller: set[str] = set()
        self.has_complex = any(kind.dtype in ("complex", "mixed") for kind in kinds.values())

    def gradient(self, variable: str) -> str:
        """Return the name of the gradient of ``variable``."""
        if variable not in self.gradients:
            self.gradients[variable] = self.scope.fresh("d" + variable)
        return self.gradients[variable]

    def kind(self, variable: str) -> Kind:
        return self.kinds.get(variable, ANY)

    def zero(self, variable: str, is_bound: bool) -> gast.AST:
        kind = self.kind(variable)
        if kind.name == "list" and not is_bound:
            return gast.List([], gast.Load())
        if _has_known_parts(kind) and not is_bound:
            return _zeros_of(kind)
        if is_scalar(kind) or not is_bound:
            return constant(0.0)
        if kind.name == "array" and kind.inexact and kind.dtype not in (None, "mixed"):
            return call("np.zeros_like", name(variable))  # else it may be an array of integers
        return call("rt.zeros_like", name(variable))

    def is_fresh_zero(self, variable: str, known: set[str]) -> bool:
        """Tell whether the zero gradient of a variable is memory of its own, and has room for its items."""
        return variable in known or _has_known_parts(self.kind(variable))

    # -- blocks ---------------------------------------------------------------------------------

    def block(self, body: list[gast.stmt], state: _State) -> Block:
        """Sweep ``body`` backwards, updating ``state`` from its end to its start."""
        steps: list[Step] = []
        for stmt in reversed(body):
            steps.append(self.statement(stmt, state))
        return Block(steps[::-1])

    def statement(self, stmt: gast.stmt, state: _State) -> Step:
        if isinstance(stmt, gast.If):
            return self.branch(stmt, state)
        if isinstance(stmt, (gast.For, gast.While)):
            return self.loop(stmt, state)
        if isinstance(stmt, gast.With) and is_guard(stmt, self.guards):
            return self.branch(stmt, state)
        if isinstance(stmt, gast.With):
            return Wrapped(stmt, self.block(stmt.body, state), Block())
        if isinstance(stmt, gast.Try):
            final = self.block(stmt.finalbody, state)
            return Wrapped(stmt, self.block(stmt.body, state), final)
        return self.simple(stmt, state)

    def branch(self, stmt: gast.If | gast.With, state: _State) -> Step:
        other = state.copy()
        body = self.block(stmt.body, state)
        orelse = self.block(stmt.orelse if isinstance(stmt, gast.If) else [], other)
        known = self.bound[id(stmt)]
        merged = state.live | other.live
        state.shapeless |= other.shapeless | self.without_shape(merged - (state.live & other.live), known)
        for block, live in ((body, state.live), (orelse, other.live)):
            for variable in sorted(merged - live):
                block.tail.append(assign(self.gradient(variable), self.zero(variable, variable in known)))
        state.owned = {
            v
            for v in merged
            if all(
                v in one.owned or v not in one.live and self.is_fresh_zero(v, known) for one in (state, other)
            )
        }
        state.live = merged
        return Branch(_condition(stmt), body, orelse, stmt)

    def loop(self, stmt: gast.For | gast.While, state: _State) -> Step:
        outside = set(state.live)
        items_before, self.items = self.items, set()
        found = self.head(stmt, frozenset(outside))
        head = set(found.crossing)
        if self.trying:
            self.items = items_before | found.items
            state.live = head
            return Loop(stmt, Block(), [], gast.Pass(), None, found.active)
        known = self.bound[id(stmt)]
        before: list[gast.stmt] = []
        owned = state.owned & head
        for variable in sorted(head - outside):
            before.append(assign(self.gradient(variable), self.zero(variable, variable in known)))
            if self.is_fresh_zero(variable, known):
                owned.add(variable)
        for variable in sorted(head & outside & self.items - owned):
            gradient = self.gradient(variable)
            before.append(assign(gradient, call("rt.owned", name(gradient), name(variable))))
            owned.add(variable)
        self.items |= items_before
        # What may be a number in one trip has no room for the items of the array that it is in another.
        starting = {v for v in owned & self.items if self.kind(v).name != "number"}
        shapeless = state.shapeless & head | self.without_shape(head, known)
        inside, body = self.shaped_trip(stmt, _State(head, starting, shapeless), outside)
        unmade = starting & shapeless - inside.live
        if unmade:
            starting -= unmade  # what the trip before makes may have another shape
            inside, body = self.shaped_trip(stmt, _State(head, starting, shapeless), outside)
        for variable in sorted(starting & inside.live - inside.owned):
            gradient = self.gradient(variable)
            body.tail.append(assign(gradient, call("rt.owned", name(gradient), name(variable))))
            inside.owned.add(variable)
        for variable in sorted(head - inside.live):
            gradient = self.gradient(variable)
            # Parts are added to it in the trip before as well: it keeps the form that it had in this one.
            again = call("rt.zeros_like", name(gradient)) if variable in starting else None
            body.tail.append(assign(gradient, again or self.zero(variable, variable in known)))
        state.live = head
        state.owned = owned & inside.owned
        state.shapeless = inside.shapeless | shapeless
        iterations = _backward_range(stmt, self.scope)
        target = stmt.target.id if isinstance(stmt, gast.For) else None
        return Loop(stmt, body, before, iterations, target, bool(head) or has_backward(body))

    def without_shape(self, variables: set[str], known: set[str]) -> set[str]:
        """Return the variables which may be arrays, and a number stands for their zero gradients."""
        found = variables - known - self.memory.shadowed
        return {v for v in found if self.kind(v).name in ("array", "number")}

    def shaped_trip(
        self, stmt: gast.For | gast.While, start: _State, outside: set[str]
    ) -> tuple[_State, Block]:
        """Sweep one trip; what it leaves without a shape, it may be given so by the trip before."""
        while True:
            mark, gradients = self.scope.mark(), dict(self.gradients)
            inside = start.copy()
            body = self.trip(stmt, inside, outside)
            if inside.shapeless <= start.shapeless:
                return inside, body
            self.scope.restore(mark)
            self.gradients = gradients
            start.shapeless |= inside.shapeless

    def head(self, stmt: gast.For | gast.While, outside: frozenset[str]) -> _Head:
        """Return which gradients cross a loop's head where those of ``outside`` are defined behind it."""
        found = self.heads.setdefault(id(stmt), {})
        # What crosses for fewer gradients does so for more of them.
        head = set(outside).union(*(other.crossing for fewer, other in found.items() if fewer <= outside))
        within, self.trying = self.trying, True
        while outside not in found:
            mark, gradients = self.scope.mark(), dict(self.gradients)
            trial = _State(set(head), set())
            body = self.trip(stmt, trial, set(outside))
            self.scope.restore(mark)
            self.gradients = gradients
            if trial.live <= head:
                found[outside] = _Head(
                    frozenset(head), frozenset(self.items), bool(head) or has_backward(body)
                )
            head |= trial.live
        self.trying = within
        return found[outside]

    def trip(self, stmt: gast.For | gast.While, state: _State, outside: set[str]) -> Block:
        """Sweep one trip of a loop backwards; a trip that ends the loop early is left out where it does nothing."""
        counted = getattr(stmt, "trips", None) is not None
        out = way_out(stmt.body[1:]) if counted else None
        if out is None or not self.does_nothing([*out.prefix, *out.leaving[:-1]], outside):
            return self.block(stmt.body, state)
        whole = self.block([stmt.body[0], *out.stays], state)
        before = self.block(out.prefix, state)
        return Block([*before.steps, Leave(out.branch), *whole.steps])

    def does_nothing(self, body: list[gast.stmt], live: set[str]) -> bool:
        """Tell whether statements leave nothing to do backwards where these gradients are defined behind them."""
        mark, gradients, items = self.scope.mark(), dict(self.gradients), set(self.items)
        trial = _State(set(live))
        within, self.trying = self.trying, False
        block = self.block(body, trial)
        self.trying = within
        self.scope.restore(mark)
        self.gradients, self.items = gradients, items
        bound = {n for stmt in body for part in nodes_in(stmt) for n in written_names(part)}
        return trial.live == live and not has_backward(block) and _bound_forwards(block) <= bound

    # -- statements -----------------------------------------------------------------------------

    def simple(self, stmt: gast.stmt, state: _State) -> Step:
        found = operation(stmt, self.fn, self.kinds, self.varied, self.memory, self.gradient, self.updates)
        out: list[gast.stmt] = []
        consumed = [target for target in found.targets if target in state.live]
        if not consumed and not found.always and found.in_place not in state.live:
            return Plain(found.forward, out, stmt)
        flattener = Flattener(self.scope)
        if found.in_place is not None:
            self.own(found.in_place, state, flattener.statements)
        shapeless = state.shapeless.intersection(consumed)
        if shapeless and not self.is_elementwise(stmt):
            for target in sorted(shapeless):
                gradient = self.gradient(target)
                shape = flattener.atom(call("np.shape", name(target)))
                flattener.statements.append(assign(gradient, call("rt.shaped", name(gradient), shape)))
            shapeless = set()
        contributions = found.pull(flattener, self.gradient, state.live)
        copies = self.copies_of_what_changes(stmt)
        if copies:
            flattener.statements = [_renamed(s, copies) for s in flattener.statements]
            contributions = [replace(c, value=_renamed(c.value, copies)) for c in contributions]
        state.live -= set(consumed)
        state.owned -= set(consumed)
        state.shapeless -= set(consumed)
        out += flattener.statements
        contributions = [c for c in contributions if c.variable in self.varied and not _is_zero(c.value)]
        before = [assign(copied, call("rt.clone", name(n))) for n, copied in copies.items()]
        forward = [*before, *(found.forward if found.derived is None else [found.derived()])]
        for contribution in contributions:
            self.shape(contribution, bool(shapeless), state)
            if self.is_replaced(contribution):
                kept = self.scope.fresh(self.gradient(contribution.variable))
                shadow = name(self.gradient(contribution.variable))
                forward = [assign(kept, call("rt.kept_shadow", shadow)), *forward]
                out.append(gast.Expr(call("rt.accumulate_shadow", name(kept), contribution.value)))
            elif not self.named_at_birth(contribution, contributions, state, out):
                self.add(contribution, state, out)
        return Plain(forward, out, stmt, found.reads_after)

    def copies_of_what_changes(self, stmt: gast.stmt) -> dict[str, str]:
        """Return names for copies of the objects and containers that the user's own rule reads and that change later."""
        value = getattr(stmt, "value", None)
        callee = self.scope.statics.get(getattr(getattr(value, "func", None), "id", ""))
        rule = registry.find(callee) if registry.is_key(callee) else None
        copies: dict[str, str] = {}
        for variable in sorted(set(read_names(value))) if rule is not None and rule.given else ():
            holds = self.kind(variable).name not in _WITHOUT_PARTS and variable not in self.scope.statics
            if holds and self.memory.held(variable) & (self.memory.changed | self.of_caller):
                copies[variable] = self.scope.fresh(variable)
        return copies

    def is_elementwise(self, stmt: gast.stmt) -> bool:
        """Tell whether the adjoint of a statement takes the number 0.0 for an array of zeros."""
        value = getattr(stmt, "value", None)
        if isinstance(value, gast.Call) and isinstance(value.func, gast.Name):
            rule = registry.find(self.scope.statics.get(value.func.id))
            return rule is not None and rule.kind == "elementwise"
        is_product = isinstance(value, gast.BinOp) and isinstance(value.op, gast.MatMult)
        return isinstance(value, (gast.Name, gast.BinOp, gast.UnaryOp)) and not is_product

    def shape(self, contribution: Contribution, is_shapeless: bool, state: _State) -> None:
        """Note whether a gradient that is added to has the shape of its variable afterwards."""
        variable = contribution.variable
        if not is_shapeless:
            state.shapeless.discard(variable)
        elif variable not in state.live and contribution.index is None:
            state.shapeless |= self.without_shape({variable}, set())

    def is_replaced(self, contribution: Contribution) -> bool:
        """Tell whether a container gets a gradient whose items are other ones when the backward sweep comes to it."""
        variable = contribution.variable
        if variable not in self.memory.shadowed or contribution.index is not None:
            return False
        kind = self.kind(variable).name
        of_class = kind not in ("list", "dict", "tuple")  # methods may replace what it holds
        replaced = (self.memory.changed if of_class else self.replaced) | self.of_caller
        return kind not in ("array", "number", "float") and bool(self.memory.held(variable) & replaced)

    def named_at_birth(
        self, contribution: Contribution, others: list[Contribution], state: _State, out: list[gast.stmt]
    ) -> bool:
        """Give a first contribution its gradient's name where it is computed, not by a copy."""
        value = contribution.value
        if (
            contribution.variable in state.live | self.memory.shadowed
            or contribution.index is not None
            or not isinstance(value, gast.Name)
        ):
            return False
        uses = sum(isinstance(c.value, gast.Name) and c.value.id == value.id for c in others)
        births = [s for s in out if isinstance(s, gast.Assign) and written_names(s) == [value.id]]
        if uses != 1 or len(births) != 1 or not isinstance(births[0].targets[0], gast.Name):
            return False
        read = {n for s in out for n in read_names(s)}
        if value.id in read:
            return False
        gradient = self.gradient(contribution.variable)
        if gradient in read or any(gradient in written_names(s) for s in out):
            return False
        births[0].targets = assign(gradient, value).targets
        state.live.add(contribution.variable)
        state.owned.discard(contribution.variable)
        return True

    def own(self, variable: str, state: _State, out: list[gast.stmt], has_axes: bool = True) -> None:
        """Make sure that the gradient of ``variable`` may be changed in place."""
        gradient = self.gradient(variable)
        self.items.add(variable)
        if variable not in state.live:
            room = call("rt.owned", constant(0.0), name(variable))  # also for the items of a scalar of NumPy
            out.append(assign(gradient, self.zero(variable, True) if has_axes else room))
        elif variable not in state.owned:
            out.append(assign(gradient, call("rt.owned", name(gradient), name(variable))))
        state.live.add(variable)
        state.owned.add(variable)
        state.shapeless.discard(variable)

    def add(self, contribution: Contribution, state: _State, out: list[gast.stmt]) -> None:
        variable, value = contribution.variable, contribution.value
        gradient = self.gradient(variable)
        if variable in self.memory.shadowed:
            self.add_to_shadow(contribution, out)
            return
        if contribution.index is not None and not is_scalar(self.kind(variable)):
            self.add_item(contribution, state, out)
            return
        if variable not in state.live:
            out.append(assign(gradient, value))
            state.live.add(variable)
            state.owned.discard(variable)
            return
        kind = self.kind(variable)
        if kind.name in ("float", "int", "array", "number"):
            out.append(assign(gradient, gast.BinOp(name(gradient), gast.Add(), value)))
        else:
            out.append(assign(gradient, call("rt.add", name(gradient), value)))
        state.owned.discard(variable)
        if kind.name == "array":
            state.owned.add(variable)

    def add_to_shadow(self, contribution: Contribution, out: list[gast.stmt]) -> None:
        """Add to the memory that the forward sweep has bound."""
        shadow = self.gradient(contribution.variable)
        value, index = self.real_part(contribution), contribution.index
        array = (
            self.kind(contribution.variable).name == "array" and contribution.variable not in self.repeating
        )
        if index is None and array:
            out.append(gast.AugAssign(gast.Name(shadow, gast.Store(), None, None), gast.Add(), value))
        elif index is None:
            out.append(gast.Expr(call("rt.accumulate_shadow", name(shadow), value)))
        elif array and contribution.basic:
            out.append(gast.AugAssign(gast.Subscript(name(shadow), index, gast.Store()), gast.Add(), value))
        else:
            flattener = Flattener(self.scope)
            position = flattener.index_value(index)
            out += flattener.statements
            adding = "rt.accumulate_part" if contribution.variable in self.repeating else "rt.accumulate"
            out.append(gast.Expr(call(adding, name(shadow), position, value)))

    def real_part(self, contribution: Contribution) -> gast.AST:
        """Return what is added in place to memory, which takes no complex numbers where it is real."""
        kind = self.kind(contribution.variable)
        is_real = kind.name == "array" and kind.inexact and kind.dtype not in (None, "complex", "mixed")
        return call("np.real", contribution.value) if is_real and self.has_complex else contribution.value

    def selects_of_axis(self, index: gast.AST) -> bool:
        """Tell whether an index is surely none that a scalar of NumPy takes, such as a mask without axes, None and ()."""
        parts = index.elts if isinstance(index, gast.Tuple) else [index]
        return any(isinstance(part, gast.Slice) or self.kind(part).name == "int" for part in parts)

    def add_item(self, contribution: Contribution, state: _State, out: list[gast.stmt]) -> None:
        variable = contribution.variable
        gradient = self.gradient(variable)
        kind = self.kind(variable)
        self.own(variable, state, out, kind.name != "number" or self.selects_of_axis(contribution.index))
        target = gast.Subscript(name(gradient), contribution.index, gast.Store())
        if kind.name == "array" and contribution.basic:
            out.append(gast.AugAssign(target, gast.Add(), self.real_part(contribution)))
            return
        flattener = Flattener(self.scope)
        index = flattener.index_value(contribution.index)
        out += flattener.statements
        out.append(gast.Expr(call("rt.accumulate", name(gradient), index, contribution.value)))


def _has_known_parts(kind: Kind) -> bool:
    return kind.name in ("tuple", "dict") and bool(kind.items)


def _zeros_of(kind: Kind) -> gast.AST:
    """Return the zero gradient of a value that may not be there: a display of numbers for what has known parts."""
    if not _has_known_parts(kind):
        return constant(0.0)
    if kind.name == "tuple":
        return gast.List([_zeros_of(item) for item in kind.items or ()], gast.Load())
    pairs = dict(kind.items or ())
    return gast.Dict([constant(key) for key in pairs], [_zeros_of(item) for item in pairs.values()])


def _bound_forwards(block: Block) -> set[str]:
    """Return the names that the forward sweep of a block binds, shadows included."""
    found: set[str] = set()
    for step in block.steps:
        if isinstance(step, Plain):
            found |= {n for stmt in step.forward for n in written_names(stmt)}
        elif isinstance(step, Branch):
            found |= _bound_forwards(step.body) | _bound_forwards(step.orelse)
        elif isinstance(step, Loop):
            found |= _bound_forwards(step.body) | ({step.target} if step.target else set())
        elif isinstance(step, Wrapped):
            found |= _bound_forwards(step.body) | _bound_forwards(step.final)
    return found


def _condition(stmt: gast.If | gast.With) -> gast.AST:
    """Return what tells whether the block of a statement was run to its end."""
    if isinstance(stmt, gast.If):
        return stmt.test
    last = stmt.body[-1]
    return name(last.targets[0].id) if isinstance(last, gast.Assign) else constant(False)


def _backward_range(stmt: gast.For | gast.While, scope: Scope) -> gast.AST:
    """Return the range over the trips that were made, last one first."""
    trips = getattr(stmt, "trips", None)
    if isinstance(stmt, gast.While):
        return call(builtin(scope, range), name(trips))
    if trips is None:
        return call(builtin(scope, reversed), stmt.iter)
    made = gast.Subscript(stmt.iter, gast.Slice(None, name(trips), None), gast.Load())
    return call(builtin(scope, reversed), made)


def _is_zero(value: gast.AST) -> bool:
    """Tell whether a rule says that a gradient is zero."""
    return isinstance(value, gast.Constant) and value.value == 0


def _renamed(tree: gast.AST, names: dict[str, str]) -> gast.AST:
    """Return a copy of a tree that reads other variables."""
    made = clone(tree)
    for node in nodes_in(made):
        if isinstance(node, gast.Name) and node.id in names:
            node.id = names[node.id]
    return made
