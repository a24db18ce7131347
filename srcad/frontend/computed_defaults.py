"""Defaults of nested functions that are computed: the closure holds them, as a function object of Python's does.

Before::

    def f(x):
        def g(v, w=x * 2):
            return v * w

After, where the closure holds ``w_default`` with the variables that it captures, and ``...`` stands for a missing
argument::

    def g(v, w=...):
        if w is ...:
            w = w_default
        return v * w

Where a call is written out it is known which arguments are missing, so the test goes (`told`).
"""

from __future__ import annotations

import gast

from srcad.lang import tree as t
from srcad.lang.walking import nodes_in

__all__ = ["hold_defaults", "kept_defaults", "told"]


def hold_defaults(definition: gast.FunctionDef) -> tuple[gast.FunctionDef, dict[str, gast.expr]]:
    """Return a function without computed defaults, and the variables that it captures for them with their values.

    >>> definition = gast.parse("def g(v, w=x * 2): return v * w").body[0]
    >>> changed, held = hold_defaults(definition)
    >>> print(gast.unparse(changed))
    def g(v, w=...):
        if w is ...:
            w = w_default
        return v * w
    >>> {name: gast.unparse(value) for name, value in held.items()}
    {'w_default': 'x * 2'}
    """
    args = definition.args
    positional = [*args.posonlyargs, *args.args]
    params = [*positional[len(positional) - len(args.defaults) :], *args.kwonlyargs]
    taken = {n.id for n in nodes_in(definition) if isinstance(n, gast.Name)}
    computed: dict[str, gast.expr] = {}
    prologue: list[gast.stmt] = []
    made: list[gast.expr | None] = []
    for param, default in zip(params, [*args.defaults, *args.kw_defaults], strict=True):
        if default is None or isinstance(default, gast.Constant):
            made.append(default)
            continue
        kept = f"{param.id}_default"
        while kept in taken:
            kept += "_"
        computed[kept] = default
        missing = gast.Compare(t.name(param.id), [gast.Is()], [t.constant(...)])
        prologue.append(t.place(gast.If(missing, [t.assign(param.id, t.name(kept))], []), default))
        made.append(t.place(t.constant(...), default))
    if not computed:
        return definition, {}
    count = len(args.defaults)
    arguments = gast.arguments(
        args.args, args.posonlyargs, args.vararg, args.kwonlyargs, made[count:], args.kwarg, made[:count]
    )
    body = [*prologue, *definition.body]
    changed = gast.FunctionDef(definition.name, arguments, body, [], None, None, [])
    return gast.copy_location(changed, definition), computed


def kept_defaults(body: list[gast.stmt]) -> dict[str, str]:
    """Return the parameters of a function that have computed defaults, with the variables that hold these.

    >>> kept_defaults(gast.parse("if w is ...: w = w_default\\nu = w").body)
    {'w': 'w_default'}
    >>> kept_defaults(gast.parse("t = w is ...\\nif t: w = w_default").body)
    {'w': 'w_default'}
    """
    found: dict[str, str] = {}
    tested: dict[str, str] = {}
    for stmt in body:
        if (
            isinstance(stmt, gast.Assign)
            and _parameter(stmt.value)
            and isinstance(stmt.targets[0], gast.Name)
        ):
            tested[stmt.targets[0].id] = _parameter(stmt.value)
        elif isinstance(stmt, gast.If):
            parameter = tested.get(getattr(stmt.test, "id", "")) or _parameter(stmt.test)
            only = stmt.body[0]
            if not parameter or not isinstance(only, gast.Assign) or not isinstance(only.value, gast.Name):
                break
            found[parameter] = only.value.id
        else:
            break
    return found


def told(body: list[gast.stmt]) -> list[gast.stmt]:
    """Return the statements of a function without the tests for missing arguments.

    >>> print(gast.unparse(gast.Module(told(gast.parse("t = w is ...\\nif t: w = w_default\\nu = w").body), [])))
    u = w
    """
    kept = kept_defaults(body)
    tests = [s for s in body[: 2 * len(kept)] if isinstance(s, gast.Assign) and _parameter(s.value) in kept]
    return body[len(kept) + len(tests) :]


def _parameter(test: gast.AST) -> str:
    """Return the parameter of which an expression tells whether it is missing."""
    if not isinstance(test, gast.Compare) or not isinstance(test.ops[0], gast.Is):
        return ""
    missing = getattr(test.comparators[0], "value", None) is ...
    return str(getattr(test.left, "id", "")) if missing else ""
