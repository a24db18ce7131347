"""Control flow: one return, and jumps only at the end of a loop's body.

Before::

    for x in xs:
        if x < 0:
            continue
        if x > 9:
            return x
        s += x
    return s

After (loops simplified)::

    returned = False
    for x in xs:
        if x < 0:
            pass
        elif x > 9:
            result = x
            returned = True
            break
        else:
            s += x
    if returned:
        pass
    else:
        result = s
    return result

What follows a branch that jumps is moved into the other branch. Where both branches may go on, the jump sets
a flag instead, and what follows is put under the flag.

>>> from srcad.frontend.stages import after
>>> text = "def f(x):\\n    while x > 1:\\n        if x == 5: return 0\\n        x -= 1\\n    return x"
>>> print(after("structure", text))
def f(x):
    returned = False
    while True:
        t = x > 1
        if t:
            t1 = x == 5
            if t1:
                result = 0
                returned = True
                break
            else:
                x -= 1
        else:
            break
    if returned:
        pass
    else:
        result = x
    return result
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gast

from srcad.lang import tree as t
from srcad.lang.function import Function

__all__ = ["structure"]

Emit = Callable[[gast.stmt], list[gast.stmt]]
JUMPS = (gast.Break, gast.Continue, gast.Return)


def structure(fn: Function) -> Function:
    """Lower break, continue, return and the else of loops."""
    return fn.with_body(Control(fn).function(fn.tree.body))


@dataclass(frozen=True)
class Exits:
    """What to write for a jump, where it is the last thing that happens."""

    on_break: Emit
    on_continue: Emit
    on_return: Emit


class Control:
    """Lowers the blocks of one function."""

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.scope = fn.scope
        self.result = ""
        self.returned: str | None = None

    def function(self, body: list[gast.stmt]) -> list[gast.stmt]:
        """Lower a whole body."""
        if not ends(body):
            body = [*body, t.place(gast.Return(t.constant(None)), body[-1] if body else self.fn.tree)]
        *init, last = body
        if isinstance(last, gast.Return) and not any(jumps(s, gast.Return) for s in init):
            return [*self.block(init, Exits(_none, _none, _none)), last]
        self.result = self.scope.fresh("result")
        made = self.block(body, Exits(_none, _none, self._set_result))
        final = t.place(gast.Return(t.name(self.result)), last)
        return [*made, final]

    def _set_result(self, node: gast.stmt) -> list[gast.stmt]:
        """Write ``result = value``; a return that was already carried out inside a loop writes nothing."""
        assert isinstance(node, gast.Return)
        if node.value is None:
            return []
        return [t.place(t.assign(self.result, node.value), node)]

    def block(self, body: list[gast.stmt], exits: Exits) -> list[gast.stmt]:
        """Lower a block after which nothing follows but what ``exits`` says."""
        done: list[gast.stmt] = []
        for k, statement in enumerate(body):
            rest = body[k + 1 :]
            if isinstance(statement, gast.Break):
                return done + exits.on_break(statement)
            if isinstance(statement, gast.Continue):
                return done + exits.on_continue(statement)
            if isinstance(statement, gast.Return):
                return done + exits.on_return(statement)
            if isinstance(statement, gast.For | gast.While):
                return done + self._loop(statement, rest, exits)
            if isinstance(statement, gast.If | gast.With | gast.Try) and jumps(statement, *JUMPS):
                return done + self._compound(statement, rest, exits)
            done.append(self._plain(statement))
            if isinstance(statement, gast.Raise):
                return done
        return done

    def _plain(self, statement: gast.stmt) -> gast.stmt:
        """Lower the loops inside a statement without jumps of its own."""
        nothing = Exits(_none, _none, _none)
        if isinstance(statement, gast.If):
            body = self.filled(statement.body, nothing, statement)
            return gast.copy_location(
                gast.If(statement.test, body, self.block(statement.orelse, nothing)), statement
            )
        if isinstance(statement, gast.With):
            body = self.filled(statement.body, nothing, statement)
            return gast.copy_location(gast.With(statement.items, body, None), statement)
        if isinstance(statement, gast.Try):
            body = self.filled(statement.body, nothing, statement)
            final = self.filled(statement.finalbody, nothing, statement)
            return gast.copy_location(gast.Try(body, [], [], final), statement)
        return statement

    def filled(self, body: list[gast.stmt], exits: Exits, at: gast.stmt) -> list[gast.stmt]:
        """Lower a block that must not be empty."""
        return self.block(body, exits) or [t.place(gast.Pass(), at)]

    # statements that contain jumps

    def _compound(self, node: gast.stmt, rest: list[gast.stmt], exits: Exits) -> list[gast.stmt]:
        """Lower an ``if``, ``with`` or ``try`` with a jump in it, and what follows."""
        if isinstance(node, gast.If):
            if not rest:
                return [self._branches(node, node.body, node.orelse, exits)]
            if ends(node.body):
                return [self._branches(node, node.body, node.orelse + rest, exits)]
            if ends(node.orelse):
                return [self._branches(node, node.body + rest, node.orelse, exits)]
            if len(rest) == 1 and isinstance(rest[0], (*JUMPS, gast.Pass)):
                return [self._branches(node, node.body + rest, node.orelse + rest, exits)]
        return self._flagged(node, rest, exits)

    def _branches(
        self, node: gast.If, body: list[gast.stmt], orelse: list[gast.stmt], exits: Exits
    ) -> gast.If:
        """Return the ``if`` with both branches lowered."""
        made = gast.If(node.test, self.filled(body, exits, node), self.block(orelse, exits))
        return gast.copy_location(made, node)

    def _flagged(self, node: gast.stmt, rest: list[gast.stmt], exits: Exits) -> list[gast.stmt]:
        """Replace the jumps in ``node`` by flags, and test the flags afterwards."""
        before: list[gast.stmt] = []
        after: list[tuple[str, gast.stmt]] = []

        def flag(kind: type[gast.stmt], hint: str) -> Emit:
            if not jumps(node, kind):
                return _none
            name = self.scope.fresh(hint)
            before.append(t.place(t.assign(name, t.constant(False)), node))
            after.append((name, t.place(kind(), node)))
            return lambda jump: [t.place(t.assign(name, t.constant(True)), jump)]

        on_break, on_continue = flag(gast.Break, "broken"), flag(gast.Continue, "skipped")
        on_return, opened = _none, False
        if jumps(node, gast.Return):
            opened = self._open_return(before, node)
            on_return = self._carry_out()
            after.append((str(self.returned), t.place(gast.Return(None), node)))
        made = self._inside(node, Exits(on_break, on_continue, on_return))
        tail = self._after(after, rest, exits, node, opened)
        return [*before, made, *tail]

    def _inside(self, node: gast.stmt, exits: Exits) -> gast.stmt:
        """Lower the blocks of a compound statement."""
        if isinstance(node, gast.If):
            return self._branches(node, node.body, node.orelse, exits)
        assert isinstance(node, gast.With | gast.Try)
        body = self.filled(node.body, exits, node)
        if isinstance(node, gast.With):
            return gast.copy_location(gast.With(node.items, body, None), node)
        final = self.filled(node.finalbody, Exits(_none, _none, _none), node)
        return gast.copy_location(gast.Try(body, [], [], final), node)

    def _open_return(self, before: list[gast.stmt], node: gast.stmt) -> bool:
        """Make sure that there is a flag for returning; tell whether it was made here."""
        if self.returned is not None:
            return False
        self.returned = self.scope.fresh("returned")
        before.append(t.place(t.assign(self.returned, t.constant(False)), node))
        return True

    def _carry_out(self) -> Emit:
        """Return what writes a return under the flag."""
        flag = str(self.returned)

        def emit(node: gast.stmt) -> list[gast.stmt]:
            made = self._set_result(node)
            return [*made, t.place(t.assign(flag, t.constant(True)), node)] if made else []

        return emit

    def _after(
        self,
        flags: list[tuple[str, gast.stmt]],
        rest: list[gast.stmt],
        exits: Exits,
        at: gast.stmt,
        opened: bool,
    ) -> list[gast.stmt]:
        """Test the flags, carry out the jumps, and go on with the rest otherwise."""
        if opened:
            self.returned = None
        tail = rest
        for name, jump in reversed(flags):
            tail = [t.place(gast.If(t.name(name), [jump], tail), at)]
        made = self.block(tail, exits)
        return [] if len(made) == 1 and _idle(made[0]) else made

    def _loop(self, node: gast.For | gast.While, rest: list[gast.stmt], exits: Exits) -> list[gast.stmt]:
        """Lower a loop, its ``else`` and what follows."""
        before: list[gast.stmt] = []
        after: list[tuple[str, gast.stmt]] = []
        stop: Emit = lambda jump: [t.place(gast.Break(), jump)]  # noqa: E731
        on_break, on_return, opened = stop, stop, False
        if jumps_out(node, gast.Return):
            opened = self._open_return(before, node)
            carry_out = self._carry_out()
            on_return = lambda jump: [*carry_out(jump), t.place(gast.Break(), jump)]  # noqa: E731
            after.append((str(self.returned), t.place(gast.Return(None), node)))
        tail = rest
        body = node.body
        if node.orelse:
            if self._breaks(node):
                flag = self.scope.fresh("broken")
                before.append(t.place(t.assign(flag, t.constant(False)), node))
                body, exhausted = self._split(node)
                on_break = lambda jump: (  # noqa: E731
                    [t.place(gast.Break(), jump)]
                    if jump is exhausted
                    else [t.place(t.assign(flag, t.constant(True)), jump), t.place(gast.Break(), jump)]
                )
                tail = [
                    t.place(gast.If(t.name(flag), [t.place(gast.Pass(), node)], node.orelse), node),
                    *rest,
                ]
            else:
                tail = node.orelse + rest
        made_body = self.filled(body, Exits(on_break, _none, on_return), node)
        made: gast.stmt
        if isinstance(node, gast.For) and self._is_single_trip(node):
            first = t.place(gast.Assign([node.target], t.constant(0), None), node)
            only = [first, *_without_breaks(made_body)]
            return [*before, *only, *self._after(after, tail, exits, node, opened)]
        if isinstance(node, gast.For):
            made = gast.For(node.target, node.iter, made_body, [], None)
        else:
            made = gast.While(node.test, made_body, [])
        return [*before, gast.copy_location(made, node), *self._after(after, tail, exits, node, opened)]

    def _is_single_trip(self, node: gast.For) -> bool:
        """Tell whether a loop runs over ``range(1)``, as do the blocks that a ``break`` leaves."""
        call = node.iter
        if not isinstance(call, gast.Call) or not isinstance(call.func, gast.Name) or len(call.args) != 1:
            return False
        bound = getattr(call.args[0], "value", None)
        return self.scope.statics.get(call.func.id) is range and type(bound) is int and bound == 1

    def _split(self, node: gast.For | gast.While) -> tuple[list[gast.stmt], gast.stmt | None]:
        """Return the body and, of a ``while``, the break that is its condition having become false."""
        last = node.body[-1]
        if isinstance(node, gast.While) and isinstance(last, gast.If):
            return node.body, last.orelse[0]
        return node.body, None

    def _breaks(self, node: gast.For | gast.While) -> bool:
        """Tell whether the loop has a break of the user's."""
        exhausted = self._split(node)[1]
        return any(isinstance(n, gast.Break) and n is not exhausted for s in node.body for n in _own_jumps(s))


def _without_breaks(body: list[gast.stmt]) -> list[gast.stmt]:
    """Return a lowered body of a loop without the jumps at its ends."""
    *init, last = body
    if isinstance(last, gast.Break):
        return init or [gast.copy_location(gast.Pass(), last)]
    if isinstance(last, gast.If) and jumps(last, gast.Break):
        orelse = _without_breaks(last.orelse) if last.orelse else []
        made = gast.If(last.test, _without_breaks(last.body), orelse)
        return [*init, gast.copy_location(made, last)]
    return body


def jumps(node: gast.stmt, *kinds: type[gast.stmt]) -> bool:
    """Tell whether a statement contains a jump of these kinds that leaves it."""
    return any(isinstance(jump, kinds) for jump in _own_jumps(node))


def jumps_out(node: gast.For | gast.While, kind: type[gast.stmt]) -> bool:
    """Tell whether the body of a loop contains a jump out of the function."""
    return any(jumps(statement, kind) for statement in node.body)


def _own_jumps(node: gast.stmt) -> list[gast.stmt]:
    """Return the jumps that leave a statement."""
    if isinstance(node, JUMPS):
        return [node]
    found = []
    for field in ("body", "orelse", "finalbody"):
        for child in getattr(node, field, ()):
            inner = _own_jumps(child)
            if isinstance(node, gast.For | gast.While) and field == "body":
                inner = [jump for jump in inner if isinstance(jump, gast.Return)]
            found.extend(inner)
    return found


def ends(body: list[gast.stmt]) -> bool:
    """Tell whether control never reaches the end of a block."""
    return any(_ends(statement) for statement in body)


def _ends(node: gast.stmt) -> bool:
    """Tell whether control never goes past a statement."""
    if isinstance(node, (*JUMPS, gast.Raise)):
        return True
    if isinstance(node, gast.If):
        return ends(node.body) and ends(node.orelse)
    if isinstance(node, gast.With | gast.Try):
        return ends(node.body)
    if isinstance(node, gast.While):
        if node.orelse:
            return False
        return not any(
            isinstance(jump, gast.Break) for statement in node.body for jump in _own_jumps(statement)
        )
    return False


def _idle(node: gast.stmt) -> bool:
    """Tell whether a statement is an ``if`` on a name that does nothing."""
    return isinstance(node, gast.If) and all(
        isinstance(s, gast.Pass) or _idle(s) for s in [*node.body, *node.orelse]
    )


def _none(node: gast.stmt) -> list[gast.stmt]:
    """Write nothing."""
    return []
