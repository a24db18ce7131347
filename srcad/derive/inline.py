"""Instantiate a rule at a call: options folded, only the gradients that are wanted, in A-normal form.

A rule is a plain function.  Where its branches depend on constants of the call alone, its statements
are copied; where they do not, the rule itself is called.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import gast

from srcad.analysis.kinds import Kind
from srcad.derive.build import Flattener, assign, call, constant, name, parsed
from srcad.errors import NoDerivativeError
from srcad.frontend.statics import canonical, refer
from srcad.lang.scope import Dependency, Scope
from srcad.lang.walking import NodeTransformer, clone, nodes_in, shallow_copy
from srcad.rules.registry import Rule

__all__ = ["accepted", "as_arrays", "bind", "derived_call", "instantiate", "static_name"]

Known = Callable[[str, gast.AST], "int | None"]


class _Undecided(Exception):
    """The value of an expression is not known when compiling."""


def bind(rule: Rule, node: gast.Call, receiver: gast.AST | None = None) -> dict[str, Any]:
    """Return the argument (an atom, or a list of them for ``*args``) of each parameter of ``rule``.

    Raises
    ------
    TypeError
        If the arguments do not fit the rule's parameters.
    """
    signature = inspect.Signature(rule.parameters)
    arguments = ([receiver] if receiver is not None else []) + list(node.args)
    bound = signature.bind(*arguments, **{k.arg: k.value for k in node.keywords})
    return dict(bound.arguments)


def accepted(
    rule: Rule,
    node: gast.Call,
    receiver: gast.AST | None,
    kind_of: Callable[[gast.AST], Kind],
    refuse: Callable[..., Exception],
) -> dict[str, Any]:
    """Return the argument of each parameter, as `bind` does, of a call that the rule takes.

    Variables that are None stand for that: options that a function hands on have their defaults.  ``refuse`` makes
    an error at the place of the call of a reason, a way out and a class of errors.
    """
    try:
        bound = bind(rule, node, receiver)
    except TypeError as error:
        raise refuse(*rule.unfit(error), NoDerivativeError) from None
    for parameter, argument in bound.items():
        if isinstance(argument, gast.Name) and kind_of(argument).name == "none":
            bound[parameter] = constant(None)
    reason = refusal(rule, bound)
    if reason is not None:
        raise refuse(reason, "", NoDerivativeError)
    return bound


def refusal(rule: Rule, bound: dict[str, Any]) -> str | None:
    """Return why arguments of a call are refused, None where they are not given or are the literal default."""
    defaults = {parameter.name: parameter.default for parameter in rule.parameters}
    for parameter, reason in rule.refused.items():
        argument = bound.get(parameter)
        is_default = isinstance(argument, gast.Constant) and argument.value is defaults[parameter]
        if argument is not None and not is_default:
            return reason
    return None


def instantiate(
    rule: Rule,
    scope: Scope,
    bound: dict[str, Any],
    ans: gast.AST,
    g: gast.AST,
    wanted: list[str],
    known: Known = lambda question, atom: None,
) -> tuple[list[gast.stmt], list[gast.AST]]:
    """Return statements and, for each name in ``wanted``, the atom that holds its gradient or partial.

    ``g`` is an atom, or a tuple of atoms of which a rule reads one at a time.  ``known`` answers what a rule asks of
    an atom, the number of axes or whether it is complex, where it is known.
    """
    positions = [rule.wrt.index(parameter) for parameter in wanted]
    try:
        return _copy_body(rule, scope, bound, ans, g, positions, known)
    except _Undecided:
        return _call_rule(rule, scope, bound, ans, g, positions)


def as_arrays(
    bound: dict[str, Any], kind_of: Callable[[gast.AST], Kind], flattener: Flattener
) -> dict[str, Any]:
    """Return the operands of an elementwise rule: lists and tuples as the arrays that NumPy takes them for."""
    return {
        parameter: flattener.atom(call("np.asarray", operand))
        if isinstance(operand, gast.AST) and kind_of(operand).name in ("list", "tuple")
        else operand
        for parameter, operand in bound.items()
    }


def _call_rule(
    rule: Rule, scope: Scope, bound: dict[str, Any], ans: gast.AST, g: gast.AST, positions: list[int]
) -> tuple[list[gast.stmt], list[gast.AST]]:
    path = static_name(rule.reverse, scope)
    flattener = Flattener(scope)
    arguments = [ans] if rule.kind == "elementwise" else [ans, flattener.atom(g)]
    keywords = []
    positional = True
    for parameter in rule.parameters:
        if parameter.name not in bound:
            positional = False
        elif parameter.kind is parameter.VAR_POSITIONAL:
            arguments += bound[parameter.name]
        elif parameter.kind is parameter.KEYWORD_ONLY or not positional:
            keywords.append(gast.keyword(parameter.name, bound[parameter.name]))
        else:
            arguments.append(bound[parameter.name])
    whole = scope.fresh("t")
    statements: list[gast.stmt] = flattener.statements
    statements.append(assign(whole, gast.Call(name(path), arguments, keywords)))
    if len(rule.wrt) == 1:
        return statements, [name(whole)]
    if rule.given:
        title = f"'{getattr(rule.primal, '__name__', rule.primal)}'"
        count = constant(len(rule.wrt))
        statements.append(assign(whole, call("rt.gradients_given", name(whole), count, constant(title))))
    results: list[gast.AST] = []
    for position in positions:
        part = scope.fresh("t")
        statements.append(assign(part, gast.Subscript(name(whole), constant(position), gast.Load())))
        results.append(name(part))
    return statements, results


def derived_call(rule: Rule, node: gast.Call, scope: Scope) -> gast.Call:
    """Return the call that stands for one of the rule's function once it was differentiated."""
    first = next(iter(bind(rule, node).values()))
    return gast.copy_location(gast.Call(name(static_name(rule.derived_as, scope)), [first], []), node)


def static_name(function: Any, scope: Scope) -> str:
    """Return the name of a rule in generated code."""
    path = f"{function.__module__}.{function.__qualname__}"
    if function.__module__ and all(part.isidentifier() for part in path.split(".")):
        if path.startswith("srcad."):
            return refer(scope, function, path)
        # several rules in one module may be called '_', the last of which the name stands for
        space = getattr(function, "__globals__", {})
        if space.get(function.__qualname__) is function:
            scope.dependencies.append(Dependency(space, function.__qualname__, function))
            return refer(scope, function, path)
    return refer(scope, function, function.__name__ if function.__name__.isidentifier() else "rule")


def _copy_body(
    rule: Rule,
    scope: Scope,
    bound: dict[str, Any],
    ans: gast.AST,
    g: gast.AST,
    positions: list[int],
    known: Known,
) -> tuple[list[gast.stmt], list[gast.AST]]:
    if rule.reverse.__closure__:
        raise _Undecided
    try:
        tree = parsed(rule.reverse)
    except (
        OSError,
        TypeError,
        SyntaxError,
    ):  # a user's rule may have no text, or be a lambda inside of an expression
        raise _Undecided from None
    if not isinstance(tree, gast.FunctionDef):
        raise _Undecided
    env: dict[str, gast.AST] = {}
    gathered: dict[str, list[gast.AST]] = {}
    own = [a.id for a in tree.args.args]
    env[own[0]] = ans
    if rule.kind == "vjp":
        env[own[1]] = g
    for parameter in rule.parameters:
        if parameter.name in bound:
            if parameter.kind is parameter.VAR_POSITIONAL and _is_walked(tree, parameter.name):
                gathered[parameter.name] = bound[parameter.name]
            elif parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise _Undecided
            else:
                env[parameter.name] = bound[parameter.name]
        elif parameter.default is not parameter.empty:
            env[parameter.name] = constant(parameter.default)
        else:
            raise _Undecided
    copier = _Copier(scope, rule.reverse.__globals__, env, gathered, known)
    value = copier.run(tree.body)
    if len(rule.wrt) == 1:
        parts = [value]
    elif isinstance(value, gast.Tuple) and len(value.elts) == len(rule.wrt):
        parts = [value.elts[position] for position in positions]
    else:
        raise _Undecided
    atoms = [copier.flattener.atom(copier.substitute(part)) for part in parts]
    return copier.flattener.statements, atoms


def _is_walked(tree: gast.FunctionDef, parameter: str) -> bool:
    """Tell whether ``*parameter`` of a rule is only what list comprehensions run over, one variable at a time."""
    walked = {
        id(node.generators[0].iter)
        for node in nodes_in(tree)
        if isinstance(node, gast.ListComp) and len(node.generators) == 1
        if isinstance(node.generators[0].target, gast.Name) and not node.generators[0].ifs
    }
    return all(
        id(node) in walked
        for stmt in tree.body
        for node in nodes_in(stmt)
        if isinstance(node, gast.Name) and node.id == parameter
    )


class _Copier(NodeTransformer):
    """Walk the statements of a rule, deciding its branches and substituting the arguments."""

    def __init__(
        self,
        scope: Scope,
        namespace: dict[str, Any],
        env: dict[str, gast.AST],
        gathered: dict[str, list[gast.AST]],
        known: Known,
    ) -> None:
        self.scope, self.namespace, self.env, self.gathered = scope, namespace, env, gathered
        self.known = known
        self.flattener = Flattener(scope)

    def run(self, body: list[gast.stmt]) -> gast.AST | None:
        for stmt in body:
            if isinstance(stmt, gast.Return):
                return stmt.value
            if isinstance(stmt, gast.If):
                result = self.run(stmt.body if self.decide(stmt.test) else stmt.orelse)
                if result is not None:
                    return result
            elif (
                isinstance(stmt, gast.Assign)
                and len(stmt.targets) == 1
                and isinstance(stmt.targets[0], gast.Name)
            ):
                self.env[stmt.targets[0].id] = self.flattener.atom(self.substitute(stmt.value))
            elif not (isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Constant)):
                raise _Undecided
        return None

    def substitute(self, node: gast.AST) -> gast.AST:
        return self.visit(clone(node))

    def decide(self, node: gast.AST) -> Any:
        """Evaluate a test on constants."""
        if isinstance(node, gast.Constant):
            return node.value
        if isinstance(node, gast.Name):
            value = self.env.get(node.id)
            if isinstance(value, gast.Constant):
                return value.value
            if isinstance(value, gast.Name) and value.id in self.scope.statics:
                return self.scope.statics[value.id]
            raise _Undecided
        if isinstance(node, gast.Call):
            return self.answer(node)
        if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not):
            return not self.decide(node.operand)
        if isinstance(node, gast.BoolOp):
            result: Any = None
            for operand in node.values:
                result = self.decide(operand)
                if bool(result) is isinstance(node.op, gast.Or):
                    return result
            return result
        if isinstance(node, gast.Compare) and len(node.ops) == 1:
            return self.compare(node)
        raise _Undecided

    def answer(self, node: gast.Call) -> int:
        """Return ``np.ndim(x)`` or ``np.iscomplexobj(x)`` of an argument where it is known."""
        argument = self.env.get(getattr(node.args[0], "id", "")) if len(node.args) == 1 else None
        found = None if argument is None else self.known(getattr(node.func, "attr", ""), argument)
        if found is None:
            raise _Undecided
        return found

    def compare(self, node: gast.Compare) -> bool:
        if self.is_unknown_mask(node):
            return isinstance(node.ops[0], gast.IsNot)
        left, right = self.decide(node.left), self.decide(node.comparators[0])
        operations: dict[type, Any] = {
            gast.Is: lambda: left is right,
            gast.IsNot: lambda: left is not right,
            gast.Eq: lambda: left == right,
            gast.NotEq: lambda: left != right,
        }
        if type(node.ops[0]) not in operations:
            raise _Undecided
        return bool(operations[type(node.ops[0])]())

    def is_unknown_mask(self, node: gast.Compare) -> bool:
        """Tell whether ``x is True`` asks about an array: the rule's other branch is right for any value."""
        asked = node.comparators[0]
        if (
            not isinstance(asked, gast.Constant)
            or asked.value is not True
            or not isinstance(node.left, gast.Name)
        ):
            return False
        return isinstance(self.env.get(node.left.id), gast.Name)

    def visit_Name(self, node: gast.Name) -> gast.AST:
        if node.id in self.env:
            return shallow_copy(self.env[node.id])
        value = self.namespace.get(node.id)
        builtin = self.namespace["__builtins__"]
        builtin = builtin if isinstance(builtin, dict) else vars(builtin)
        if value is None and node.id in builtin:
            return name(refer(self.scope, builtin[node.id], node.id))
        raise _Undecided

    def visit_Attribute(self, node: gast.Attribute) -> gast.AST:
        path, base = [node.attr], node.value
        while isinstance(base, gast.Attribute):
            path.append(base.attr)
            base = base.value
        if (
            isinstance(base, gast.Name)
            and base.id not in self.env
            and inspect.ismodule(self.namespace.get(base.id))
        ):
            value = self.namespace[base.id]
            for part in reversed(path):
                value = getattr(value, part)
            dotted = ".".join([base.id, *reversed(path)])
            if not self.namespace.get("__name__", "").startswith("srcad."):  # names of a user's module
                return name(refer(self.scope, value, canonical(value) or dotted))
            self.scope.statics.setdefault(dotted, value)
            return name(dotted)
        node.value = self.visit(node.value)
        return node

    def visit_Subscript(self, node: gast.Subscript) -> gast.AST:
        made = self.generic_visit(node)
        if isinstance(made.value, gast.Tuple) and isinstance(made.slice, gast.Constant):
            return shallow_copy(made.value.elts[made.slice.value])
        return made

    def visit_ListComp(self, node: gast.ListComp) -> gast.AST:
        """Write out a comprehension over arguments that are gathered."""
        walked = self.gathered.get(getattr(node.generators[0].iter, "id", ""))
        if walked is None:
            raise _Undecided
        variable = node.generators[0].target.id
        outside = self.env.get(variable)
        parts = []
        for argument in walked:
            self.env[variable] = argument
            parts.append(self.flattener.atom(self.substitute(node.elt)))
        self.env.pop(variable)
        if outside is not None:
            self.env[variable] = outside
        return gast.Tuple(parts, gast.Load())

    def visit_Lambda(self, node: gast.Lambda) -> gast.AST:
        raise _Undecided

    visit_IfExp = visit_BoolOp = visit_GeneratorExp = visit_Dict = visit_JoinedStr = visit_Lambda
    visit_DictComp = visit_SetComp = visit_Set = visit_Lambda
