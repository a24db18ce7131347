"""Match statements become chains of ``if``.

Before::

    match p:
        case [x, y] if x > 0:
            r = x
        case _:
            r = 0

After (flattened later)::

    matched = isinstance(p, Sequence) and not isinstance(p, (str, bytes, bytearray)) and len(p) == 2
    if matched:
        part = p[0]
        part_1 = p[1]
    if matched:
        x = part
        y = part_1
        matched = x > 0
    if matched:
        r = x
    else:
        r = 0

Names are bound, as in Python, when the whole pattern has matched and before the guard is looked at.

>>> from srcad.frontend.stages import after
>>> text = "def f(p):\\n    match p:\\n        case {'a': x} if x > 0: r = x\\n        case _: r = 0"
>>> print(after("to_anf", text))
def f(p):
    subject = p
    t = isinstance(subject, collections.abc.Mapping)
    if t:
        t = 'a' in subject
    matched = t
    if matched:
        part = subject['a']
    if matched:
        x = part
        matched = x > 0
    if matched:
        r = x
    else:
        r = 0
"""

from __future__ import annotations

import collections.abc
from typing import Any

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, clone

__all__ = ["lower_match"]

SELF_MATCHING = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)


def lower_match(fn: Function) -> Function:
    """Return the function without ``match``."""
    lowering = Matching(fn)
    body: list[gast.stmt] = []
    for statement in fn.tree.body:
        made = lowering.visit(statement)
        body.extend(made if isinstance(made, list) else [made])
    return fn.with_body(body)


class Matching(NodeTransformer):
    """Replaces the match statements of one function."""

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.scope = fn.scope

    def visit_Match(self, node: gast.Match) -> list[gast.stmt]:
        """Lower one statement."""
        self.generic_visit(node)
        self.node = node
        subject = self.scope.fresh("subject")
        cases = self._cases(node.cases, subject)
        return [t.place(t.assign(subject, node.subject), node), *(t.place(s, node) for s in cases)]

    def _cases(self, cases: list[gast.match_case], subject: str) -> list[gast.stmt]:
        """Lower the cases from the first on."""
        if not cases:
            return []
        case, *others = cases
        matched = self.scope.fresh("matched")
        captures: list[tuple[str, gast.expr]] = []
        tests = self._pattern(case.pattern, t.name(subject), matched, captures)
        bind: list[gast.stmt] = [t.assign(name, part) for name, part in captures]
        if not tests and case.guard is None:
            return bind + case.body
        made = tests or [t.assign(matched, t.constant(True))]
        for statement in made:
            t.place(statement, case.pattern)
        if case.guard is not None:
            before, bind = self._before_guard(captures)
            guard = t.place(t.assign(matched, before.visit(case.guard)), case.guard)
            made = [*made, t.place(gast.If(t.name(matched), [*before.bind, guard], []), case.guard)]
        return [*made, gast.If(t.name(matched), bind + case.body, self._cases(others, subject))]

    def _before_guard(self, captures: list[tuple[str, gast.expr]]) -> tuple[_Guarded, list[gast.stmt]]:
        """Return what is bound before a guard is looked at, and what only where the case is taken.

        A list that is made of a part of the subject is made in both places, if nobody behind the statement reads it.
        """
        inside = [n.id for n in t.own_nodes(self.node) if isinstance(n, gast.Name)]
        everywhere = [n.id for n in t.own_nodes(self.fn.tree.body) if isinstance(n, gast.Name)]
        before, bind = _Guarded(), []
        for name, part in captures:
            if isinstance(part, gast.Name) or inside.count(name) != everywhere.count(name):
                before.bind.append(t.assign(name, part))
                continue
            before.names[name] = self.scope.fresh(name)
            before.bind.append(t.assign(before.names[name], clone(part)))
            bind.append(t.assign(name, part))
        return before, bind

    def _pattern(
        self, pattern: Any, subject: gast.expr, matched: str, captures: list[tuple[str, gast.expr]]
    ) -> list[gast.stmt]:
        """Return statements that set ``matched``; none where the pattern always matches."""
        return getattr(self, f"_{type(pattern).__name__}")(pattern, subject, matched, captures)

    def _test(self, matched: str, test: gast.expr) -> list[gast.stmt]:
        """Return the statement that sets ``matched``."""
        return [t.assign(matched, test)]

    def _and(self, matched: str, first: list[gast.stmt], second: list[gast.stmt]) -> list[gast.stmt]:
        """Do the second only where the first has matched."""
        if not second:
            return first
        return [*first, gast.If(t.name(matched), second, [])] if first else second

    def _MatchValue(self, pattern: Any, subject: gast.expr, matched: str, captures: list) -> list[gast.stmt]:
        return self._test(matched, gast.Compare(subject, [gast.Eq()], [pattern.value]))

    def _MatchSingleton(
        self, pattern: Any, subject: gast.expr, matched: str, captures: list
    ) -> list[gast.stmt]:
        return self._test(matched, gast.Compare(subject, [gast.Is()], [t.constant(pattern.value)]))

    def _MatchAs(self, pattern: Any, subject: gast.expr, matched: str, captures: list) -> list[gast.stmt]:
        tests = (
            self._pattern(pattern.pattern, subject, matched, captures) if pattern.pattern is not None else []
        )
        if pattern.name is not None:
            captures.append((pattern.name, t.name(subject.id)))
        return tests

    def _MatchOr(self, pattern: Any, subject: gast.expr, matched: str, captures: list) -> list[gast.stmt]:
        """Try the alternatives; each leaves its captures in the same variables."""
        parts: dict[str, str] = {}
        made: list[gast.stmt] = []
        for alternative in reversed(pattern.patterns):
            own: list[tuple[str, gast.expr]] = []
            tests = self._pattern(alternative, subject, matched, own)
            keep = []
            for name, part in own:
                parts.setdefault(name, self.scope.fresh("part"))
                keep.append(t.assign(parts[name], part))
            tests = tests or self._test(matched, t.constant(True))
            if keep or made:
                tests = [*tests, gast.If(t.name(matched), keep or [gast.Pass()], made)]
            made = tests
        captures.extend((name, t.name(part)) for name, part in parts.items())
        return made

    def _MatchSequence(
        self, pattern: Any, subject: gast.expr, matched: str, captures: list
    ) -> list[gast.stmt]:
        """A sequence that is no string, of the right length, with elements that match."""
        star = [k for k, p in enumerate(pattern.patterns) if isinstance(p, gast.MatchStar)]
        count = len(pattern.patterns)
        strings = t.tuple_of(
            t.name(refer(self.scope, kind, kind.__name__)) for kind in (str, bytes, bytearray)
        )
        no_string = gast.UnaryOp(gast.Not(), self._isinstance(subject, strings))
        length = t.call(refer(self.scope, len, "len"), subject)
        fits = gast.Compare(length, [gast.GtE() if star else gast.Eq()], [t.constant(count - len(star))])
        kind = t.name(refer(self.scope, collections.abc.Sequence, "collections.abc.Sequence"))
        conditions = [self._isinstance(subject, kind), no_string]
        if not star or count > 1:
            conditions.append(fits)
        steps: list[gast.stmt] = []
        for k, part in reversed(list(enumerate(pattern.patterns))):
            if isinstance(part, gast.MatchStar):
                last = k - count + 1
                bounds = gast.Slice(t.constant(k) if k else None, t.constant(last) if last else None, None)
                if part.name is not None:  # the list is made where it is bound, which is where it is used
                    value = t.call(refer(self.scope, list, "list"), t.subscript(subject, bounds))
                    captures.append((part.name, value))
                continue
            value = t.subscript(subject, t.constant(k if not star or k < star[0] else k - count))
            steps = self._part(part, value, matched, captures, steps)
        return self._and(matched, self._test(matched, gast.BoolOp(gast.And(), conditions)), steps)

    def _part(
        self, pattern: Any, value: gast.expr, matched: str, captures: list, following: list[gast.stmt]
    ) -> list[gast.stmt]:
        """Match a part of the subject, and then what follows."""
        if isinstance(pattern, gast.MatchAs) and pattern.pattern is None and pattern.name is None:
            return following
        part = self.scope.fresh("part")
        tests = self._pattern(pattern, t.name(part), matched, captures)
        bind = t.assign(part, value)
        if not tests:
            return [bind, *following]
        return [bind, *self._and(matched, tests, following)]

    def _MatchMapping(
        self, pattern: Any, subject: gast.expr, matched: str, captures: list
    ) -> list[gast.stmt]:
        """A mapping with these keys, whose values match."""
        kind = t.name(refer(self.scope, collections.abc.Mapping, "collections.abc.Mapping"))
        has = [gast.Compare(key, [gast.In()], [subject]) for key in pattern.keys]
        is_mapping = self._isinstance(subject, kind)
        test = gast.BoolOp(gast.And(), [is_mapping, *has]) if has else is_mapping
        steps: list[gast.stmt] = []
        if pattern.rest is not None:
            rest = self.scope.fresh("part")
            steps.append(t.assign(rest, t.call(refer(self.scope, dict, "dict"), subject)))
            steps.extend(gast.Delete([gast.Subscript(t.name(rest), key, gast.Del())]) for key in pattern.keys)
            captures.append((pattern.rest, t.name(rest)))
        for key, part in reversed(list(zip(pattern.keys, pattern.patterns, strict=True))):
            steps = self._part(part, t.subscript(subject, key), matched, captures, steps)
        return self._and(matched, self._test(matched, test), steps)

    def _MatchClass(self, pattern: Any, subject: gast.expr, matched: str, captures: list) -> list[gast.stmt]:
        """An instance whose attributes match."""
        cls = self._class(pattern.cls)
        names = list(getattr(cls, "__match_args__", ()))[: len(pattern.patterns)]
        whole = cls in SELF_MATCHING and len(pattern.patterns) == 1
        if not whole and len(names) < len(pattern.patterns):
            raise UnsupportedError(
                "The positional patterns of this class cannot be resolved.",
                "Give the attributes by name, as in Point(x=a, y=b).", self.fn.source.locate(pattern),
            )  # fmt: skip
        steps: list[gast.stmt] = []
        pairs = list(zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True))
        if not whole:
            pairs = [*zip(names, pattern.patterns, strict=True), *pairs]
        has = []
        for attr, part in reversed(pairs):
            has.insert(0, t.call(refer(self.scope, hasattr, "hasattr"), subject, t.constant(attr)))
            steps = self._part(part, t.attribute(subject, attr), matched, captures, steps)
        if whole:
            steps = [
                *self._and(matched, self._pattern(pattern.patterns[0], subject, matched, captures), steps)
            ]
        is_instance = self._isinstance(subject, pattern.cls)
        test = gast.BoolOp(gast.And(), [is_instance, *has]) if has else is_instance
        return self._and(matched, self._test(matched, test), steps)

    def _class(self, node: gast.expr) -> Any:
        """Return the class of a pattern, which may be held under one more name."""
        if not isinstance(node, gast.Name):
            return None
        if node.id not in self.scope.statics:
            bound = [n for n in t.own_nodes(self.fn.tree.body) if node.id in t.bound_by(n)]
            made = (n for n in t.own_nodes(self.fn.tree.body) if isinstance(n, gast.Assign))
            values = [n.value for n in made if len(bound) == 1 and n.targets == bound]
            node = values[0] if values else node
        return self.scope.statics.get(getattr(node, "id", ""))

    def _isinstance(self, subject: gast.expr, kind: gast.expr) -> gast.expr:
        """Return an instance test."""
        return t.call(refer(self.scope, isinstance, "isinstance"), subject, kind)


class _Guarded(NodeTransformer):
    """Lets a guard read lists of its own."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.bind: list[gast.stmt] = []

    def visit_Name(self, node: gast.Name) -> gast.Name:
        found = self.names.get(node.id, node.id)
        return gast.copy_location(gast.Name(found, node.ctx, None, None), node)
