"""Calls that store a value with a derivative in memory that outlives the program.

The value of a global variable, the instance that a global function is bound to and what such a function has captured carry
no derivative when the program begins.  Whatever is stored there is read by code that takes it for a constant: another
method of the same object, or the next call, such as that of a function with a cache of its own.  So it is refused, and
not only where the store happens: a cache that is full already has lost the derivative before.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from typing import Any

import gast

from srcad import runtime as rt
from srcad.analysis.activity import varied_variables
from srcad.analysis.fingerprints import fingerprint
from srcad.analysis.held_alone import held_alone
from srcad.analysis.infer import infer
from srcad.analysis.kinds import ANY, is_differentiable
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.memory import Memory, direct_changes, memory_of, simple_statements
from srcad.analysis.returns import Callees
from srcad.callables.targets import Target
from srcad.derive.build import read_names
from srcad.derive.lower import lower
from srcad.derive.request import Request
from srcad.derive.sequences import run_over_directly
from srcad.errors import Location, UnsupportedError
from srcad.pipeline import inlined, read

__all__ = ["lasting_of", "refuse_stores_outside", "stored_parameters"]

_FOUND: dict[Hashable, dict[str, Location]] = {}
_MOST_ENTRIES = 1024


def refuse_stores_outside(
    target: Target, everything: tuple[Any, ...], varied: Collection[str], lasting: Collection[str]
) -> None:
    """Refuse a call that stores a value with a derivative in memory that outlives the call.

    Parameters
    ----------
    target : Target
        The function that is called.
    everything : tuple
        The values of its parameters and of what it has captured.
    varied : collection of str
        Those that carry a derivative.
    lasting : collection of str
        Those that outlive the call.
    """
    names = [*target.names, *target.captured_names()]
    func = target.closure.function if target.closure is not None else target.func
    if _is_own(func) or target.inner is not None:
        return  # a derivative copies what its function changes
    wanted = tuple(n for n in names if n in varied)
    identity = func if target.closure is not None else func.__code__
    key = (identity, wanted, tuple(lasting), tuple(map(fingerprint, everything)))
    stores = _FOUND.get(key)
    if stores is None:
        kinds = tuple((n, kind_of(v)) for n, v in zip(names, everything))
        stores = stored_parameters(Request(func, kinds, wanted, "call"), lasting)
        if len(_FOUND) >= _MOST_ENTRIES:
            _FOUND.pop(next(iter(_FOUND)))
        _FOUND[key] = stores
    for name in lasting:
        if name in stores:
            raise UnsupportedError(
                f"A value that carries a derivative is stored in {_title(target, name)}, which outlives the call.",
                "Pass the object as an argument, make it inside of the function, or return the new value.",
                stores[name],
            )


def _is_own(func: Any) -> bool:
    """Tell whether a function is generated or of this package: what it changes was looked at where it came from."""
    generated = getattr(getattr(func, "__code__", None), "co_filename", "").startswith("<srcad")
    return generated or (getattr(func, "__module__", None) or "").partition(".")[0] == "srcad"


def lasting_of(target: Target, image_of: dict[str, Any], changed: Iterable[str], nothing: Any) -> list[str]:
    """Return those of the changed parameters that outlive the call.

    Their shadow (or tangent) says so, or they have none, which is ``nothing``, and belong to the function itself: the
    instance that it is bound to, and what it has captured if it is no nested function of the program.
    """
    captured = target.captured_names() if target.closure is None else ()
    receiver = target.names[:1] if target.before and target.closure is None else ()
    bound = {*captured, *receiver}
    is_lasting = rt.is_lasting if nothing is None else rt.is_lasting_tangent
    found = []
    for n in changed:
        image = image_of.get(n, nothing)
        missing = image is None or isinstance(image, float)
        if n in bound if missing else is_lasting(image):
            found.append(n)
    return found


def _title(target: Target, name: str) -> str:
    if name in target.captured_names():
        return f"'{name}', a variable outside of the function"
    return f"what '{name}' refers to"


def stored_parameters(request: Request, lasting: Collection[str]) -> dict[str, Location]:
    """Return the parameters in whose memory values are stored that depend on the wanted ones, with the first place.

    Those that are ``lasting`` carry no derivative unless the function itself stores one there.
    """
    callees = Callees(read)
    fn = inlined(read(request.func), request, callees)
    kinds = infer(fn, dict(request.parameters), callees.returns, callees.changes)
    fn = run_over_directly(fn, kinds)
    fn = lower(fn, kinds, held_alone(fn, kinds))
    kinds = infer(fn, dict(request.parameters), callees.returns, callees.changes)
    memory = memory_of(fn, kinds, request.wanted, parameters_alias=request.aliased)
    inputs = {p for p in request.wanted if is_differentiable(kinds.get(p, ANY))}
    varied = varied_variables(fn, kinds, inputs, memory, lasting)
    found: dict[str, Location] = {}
    for stmt in simple_statements(fn.tree.body):
        changed = [v for v in direct_changes(stmt) if v in varied]
        if changed and varied & _stored(stmt):
            for parameter in _holders(changed, request.names, memory):
                if not (kinds.get(parameter, ANY).name == "array" and _is_no_array(stmt, changed, kinds)):
                    found.setdefault(parameter, fn.source.locate(stmt))
    return found


def _stored(stmt: gast.stmt) -> set[str]:
    """Return the variables that make up what a statement stores."""
    value = getattr(stmt, "value", None)
    if isinstance(value, gast.Call):
        return {n for part in (*value.args, *(k.value for k in value.keywords)) for n in read_names(part)}
    return set() if value is None else set(read_names(value))


def _is_no_array(stmt: gast.stmt, changed: list[str], kinds: Kinds) -> bool:
    """Tell whether what a statement changes is an object, a list or a dict."""
    target = stmt.targets[0] if isinstance(stmt, gast.Assign) else getattr(stmt, "target", None)
    is_object = isinstance(target, gast.Attribute)
    return is_object or all(kinds.get(v, ANY).name in ("list", "dict", "object") for v in changed)


def _holders(changed: list[str], parameters: list[str], memory: Memory) -> list[str]:
    """Return the parameters that are, or hold, the memory of these variables."""
    classes = {memory.classes[v] for v in changed if v in memory.classes}
    return [p for p in parameters if classes & memory.held(p)]
