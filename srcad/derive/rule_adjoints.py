"""The adjoints of calls that have a rule, and of the lists and tuples that are made of their arguments."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcad.analysis.kinds import (
    answer,
    holds_numbers_alone,
    is_scalar,
    is_whole,
    may_be_complex,
    may_be_whole,
)
from srcad.derive.build import Flattener, call, constant
from srcad.derive.inline import accepted, as_arrays, instantiate
from srcad.derive.memory_adjoints import MemoryAdjoints
from srcad.derive.operations import Contribution
from srcad.errors import NoDerivativeError
from srcad.rules import registry
from srcad.runtime.libraries import is_sparse

__all__ = ["RuleAdjoints"]


class RuleAdjoints(MemoryAdjoints):
    """The rules instantiated for one statement."""

    def display(self, value: gast.AST, g: gast.AST, fl: Flattener) -> list[Contribution]:
        found = []
        if isinstance(value, gast.Dict):
            pairs = [(key, element) for key, element in zip(value.keys, value.values)]
        elif any(isinstance(e, gast.Starred) for e in value.elts):
            return self.starred_display(value, g, fl)
        else:
            pairs = [(constant(i), element) for i, element in enumerate(value.elts)]
        for key, element in pairs:
            if self.is_varied(element):
                found.append(Contribution(element.id, fl.atom(gast.Subscript(g, key, gast.Load()))))
        return found

    def starred_display(self, value: gast.AST, g: gast.AST, fl: Flattener) -> list[Contribution]:
        found = []
        start: gast.AST = constant(0)
        for element in value.elts:
            starred = isinstance(element, gast.Starred)
            inner = element.value if starred else element
            width = fl.atom(call("len", inner)) if starred else constant(1)
            stop = fl.atom(gast.BinOp(start, gast.Add(), width))
            if self.is_varied(inner):
                part = fl.atom(
                    gast.Subscript(g, gast.Slice(start, stop, None) if starred else start, gast.Load())
                )
                found.append(Contribution(inner.id, fl.atom(self.unlisted(part, inner)) if starred else part))
            start = stop
        return found

    def by_rule(
        self,
        rule: registry.Rule,
        node: gast.Call,
        ans: gast.AST,
        g: gast.AST,
        fl: Flattener,
        receiver: gast.AST | None = None,
    ) -> list[Contribution]:
        bound = accepted(rule, node, receiver, self.kind, self.refuse)
        for parameter, argument in list(bound.items()):
            parts = argument if isinstance(argument, (list, tuple)) else [argument]
            varied = any(
                isinstance(part, gast.Name) and part.id in self.varied and not is_whole(self.kind(part))
                for part in parts
            )
            is_own = (getattr(rule.primal, "__module__", "") or "").startswith("srcad.runtime.")
            is_shape = is_own and parameter not in rule.moving
            of_constants = isinstance(argument, gast.Name) and is_sparse(self.kind(argument).value)
            if parameter in rule.wrt or not varied or is_shape or of_constants:
                continue
            if all(may_be_whole(self.kind(p)) for p in parts) and not rule.takes_numbers:
                bound[parameter] = fl.atom(call("rt.whole_only", argument, constant(parameter)))
            else:
                raise self.refuse(f"There is no derivative with respect to the argument '{parameter}'.",
                                  "Use srcad's stop_gradient or a constant there.", NoDerivativeError)  # fmt: skip
        if rule.kind == "elementwise":
            return self.elementwise(rule, bound, ans, g, fl)
        if rule.primal is np.dot and set(bound) == {"a", "b"}:
            ranks = {self.kind(bound["a"]).ndim, self.kind(bound["b"]).ndim}
            if ranks <= {1, 2}:
                return self.matmul(bound["a"], bound["b"], ans, g, fl)
        bound = {parameter: self.written_out(argument) for parameter, argument in bound.items()}
        wanted = [p for p in rule.wrt if p in bound and p not in rule.shaped and self.is_wanted(bound[p])]
        if not wanted:
            return []
        if rule.given and not holds_numbers_alone(self.kind(ans)):
            g = fl.atom(call("rt.with_names", g, ans))
        statements, atoms = instantiate(rule, self.scope, bound, ans, g, wanted, self.known)
        fl.statements += statements
        found = []
        for parameter, atom in zip(wanted, atoms):
            argument = bound[parameter]
            if isinstance(argument, (list, tuple)):
                found += self.display(gast.Tuple(list(argument), gast.Load()), atom, fl)
            else:
                if rule.given:
                    title = f"'{getattr(rule.primal, '__name__', rule.primal)}' with respect to '{parameter}'"
                    atom = fl.atom(call("rt.fitting", atom, argument, constant(title)))
                found.append(Contribution(argument.id, atom))
        return found

    def written_out(self, argument: Any) -> Any:
        """Return a tuple of whole numbers that are known, such as axes, as the constant that it is."""
        kind = self.kind(argument) if isinstance(argument, gast.Name) else None
        if kind is None or kind.name != "tuple" or not kind.items or kind.value is not None:
            return argument
        values = tuple(item.value if item.name == "int" else None for item in kind.items)
        return argument if None in values else constant(values)

    def known(self, question: str, atom: gast.AST) -> int | None:
        """Answer what a rule asks of an atom, None where it is not known."""
        return answer(self.kind(atom), question)

    def is_wanted(self, argument: Any) -> bool:
        if isinstance(argument, (list, tuple)):
            return any(self.is_varied(a) for a in argument)
        return self.is_varied(argument)

    def elementwise(
        self, rule: registry.Rule, bound: dict[str, Any], ans: gast.AST, g: gast.AST, fl: Flattener
    ) -> list[Contribution]:
        wanted = [p for p in rule.wrt if p in bound and self.is_varied(bound[p])]
        arrays = as_arrays(bound, self.kind, fl)
        statements, partials = instantiate(rule, self.scope, arrays, ans, g, wanted, self.known)
        fl.statements += statements
        found = []
        operands = [a for a in bound.values() if not isinstance(a, (list, tuple, gast.Constant))]
        for parameter, partial in zip(wanted, partials):
            operand = bound[parameter]
            value = g
            if isinstance(partial, gast.Constant) and partial.value == -1:
                value = fl.atom(gast.UnaryOp(gast.USub(), g))
            elif not (isinstance(partial, gast.Constant) and partial.value == 1):
                value = fl.atom(gast.BinOp(g, gast.Mult(), partial))
            found.append(Contribution(operand.id, self.fit(value, operand, operands, fl)))
        return found

    def fit(self, value: gast.AST, operand: gast.AST, operands: list[gast.AST], fl: Flattener) -> gast.AST:
        """Sum ``value`` to the operand's shape where it may be larger."""
        others = [o for o in operands if not (isinstance(o, gast.Name) and o.id == operand.id)]
        result = self.kind(self.stmt.value)
        dtypes = {result.dtype, *(self.kind(other).dtype for other in others)}
        meets_complex = bool(dtypes & {"complex", "mixed"})
        is_real_part_of_complex = meets_complex and self.kind(operand).dtype != "complex"
        if all(is_scalar(self.kind(other)) for other in others) and not is_real_part_of_complex:
            return value
        target = self.stmt.targets[0] if isinstance(self.stmt, gast.Assign) else None
        is_update = isinstance(target, gast.Name) and (target.id, operand.id) in self.updates
        if is_update and not may_be_complex(result):
            return value
        return self.summed(value, result, operand, fl)
