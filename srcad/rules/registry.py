"""The one table of derivative rules, and the decorators that fill it.

A rule is a plain module-level function ``rule(ans, g, *parameters of the primal)`` that returns the
gradients of the named parameters.  It is read by the compiler (which inlines its source), called by
the tape, and differentiated again for higher orders, so it is written in srcad's own input language.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
import types
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from srcad.runtime.libraries import computes_no_numbers

__all__ = [
    "Rule",
    "alias",
    "becomes",
    "block_function",
    "constant",
    "elementwise",
    "find",
    "has_results_like",
    "is_constant",
    "is_key",
    "is_language",
    "is_mutating",
    "is_stateful",
    "jvp",
    "language",
    "mutating",
    "reason_refused",
    "refuse",
    "registered",
    "result_source",
    "results_like",
    "stateful",
    "takes_block",
    "vjp",
]


@dataclass
class Rule:
    """What is known about the derivative of one primal function.

    Attributes
    ----------
    primal : callable
        The function that the rule belongs to.
    wrt : tuple of str
        The parameters the rule has gradients for, in the order in which ``reverse`` returns them.
    kind : str
        ``"elementwise"`` (``reverse(ans, *params)`` returns the partial derivatives) or ``"vjp"``
        (``reverse(ans, g, *params)`` returns the gradients).
    reverse : callable
        The rule.  One parameter: the gradient itself; several: a tuple.
    linear : bool or tuple of str
        The primal is linear in these parameters jointly (True: in all of ``wrt``), so its forward rule
        is itself, with tangents in their place.
    multilinear : bool
        The primal is linear in each of ``wrt`` for fixed others: its forward rule is the sum over the
        active ones of the primal with that one replaced by its tangent.
    shaped : tuple of str
        Parameters of which only shape, dtype and structure are read: their gradient is the number 0.0,
        and their tangents contribute nothing.
    forward : dict
        By parameter ``forward(ans, t, *params)``, the tangent of the result where that parameter alone
        has the tangent ``t``; contributions of several are added by the caller.
    joint : dict
        By parameter the names of those that its forward rule takes together: ``t`` is then a tuple with a
        tangent for each, None where a parameter has none.
    moving : tuple of str
        Parameters of a function of srcad's own that the result moves with, without a gradient here; of the others
        without one only shape and structure are read.
    refused : dict
        Parameter names that must keep their default, each with the reason.
    given : bool
        The rule is the user's, and what it returns is compared with what it is a derivative of.
    derived_as : callable, optional
        The function of the first argument that stands in the place of a call once that was differentiated: so higher
        derivatives are of what the first one computes.
    """

    primal: Callable[..., Any]
    wrt: tuple[str, ...]
    kind: str
    reverse: Callable[..., Any]
    linear: bool | tuple[str, ...] = False
    multilinear: bool = False
    shaped: tuple[str, ...] = ()
    forward: dict[str, Callable[..., Any]] = field(default_factory=dict)
    joint: dict[str, tuple[str, ...]] = field(default_factory=dict)
    moving: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)
    given: bool = False
    derived_as: Callable[..., Any] | None = None

    @property
    def parameters(self) -> list[inspect.Parameter]:
        """The primal's parameters as the rule writes them, without ``ans`` and ``g``."""
        return list(self.signature.parameters.values())

    @property
    def signature(self) -> inspect.Signature:
        """The primal's signature as the rule writes it."""
        return _signature_after(self.reverse, 1 if self.kind == "elementwise" else 2)

    @property
    def jointly_linear(self) -> tuple[str, ...]:
        """The parameters in which the primal is linear jointly."""
        if isinstance(self.linear, tuple):
            return self.linear
        return self.wrt if self.linear else ()

    @property
    def takes_numbers(self) -> bool:
        """Whether each argument is a number, as the operands of ufuncs are, and none an axis, a shape or a count.

        A whole number among them, such as the order of a Bessel function, is one to differentiate by.
        """
        return hasattr(self.primal, "nin") and getattr(self.primal, "__name__", "") != "ldexp"

    def differentiates(self, parameter: str) -> bool:
        """Tell whether the rule has a gradient for a parameter, or for one of those that ``*`` gathers."""
        star = next((p.name for p in self.parameters if p.kind is p.VAR_POSITIONAL), None)
        return parameter in self.wrt or (star in self.wrt and parameter.rstrip("0123456789") == star)

    def unfit(self, error: TypeError) -> tuple[str, str]:
        """Return what is wrong with arguments that do not fit the parameters of the rule, and what it takes."""
        name = getattr(self.primal, "__name__", repr(self.primal))
        return (
            f"The derivative rule of '{name}' does not take these arguments: {error}.",
            f"It takes {self.signature}.",
        )

    def has_forward(self, parameter: str) -> bool:
        """Tell whether the tangent of the result follows from that of ``parameter``."""
        general = self.kind == "elementwise" or self.multilinear
        return general or any(
            parameter in names for names in (self.jointly_linear, self.shaped, self.forward)
        )


def gathered(star: str, place: int) -> str:
    """Return the name for the argument at a place among those that ``*star`` gathers.

    >>> gathered("operands", 0)
    'operands0'
    """
    return f"{star}{place}"


@functools.lru_cache(maxsize=4096)
def _signature_after(rule: Callable[..., Any], skip: int) -> inspect.Signature:
    """Return the signature of a rule without its first parameters."""
    return inspect.Signature(list(inspect.signature(rule).parameters.values())[skip:])


_RULES: dict[Hashable, Rule] = {}
_CONSTANT: dict[Hashable, Callable[..., Any]] = {}
_REFUSED: dict[Hashable, str] = {}
_ALIASES: dict[Hashable, Callable[..., Any]] = {}
_LANGUAGE: dict[Hashable, Callable[..., Any]] = {}
_SOURCES: dict[Hashable, Callable[..., Any]] = {}
_MUTATING: dict[Hashable, Callable[..., Any]] = {}
_STATEFUL: dict[Hashable, Callable[..., Any]] = {}
_RESULTS: dict[Hashable, Callable[..., Any] | None] = {}
_BLOCKS: dict[Hashable, Callable[..., Any]] = {}
_SCIPY: tuple[str, ...] = (
    "fft",
    "integrate",
    "interpolate",
    "linalg",
    "ndimage",
    "optimize",
    "signal",
    "sparse",
    "special",
    "stats",
)
_WITHOUT_RULE = (
    "This function of SciPy has no derivative rule: write it with functions that have one, or give its derivative "
    "with srcad.def_vjp."
)
_PROVIDERS = {f"scipy.{topic}": f"srcad.rules.scipy_{topic}" for topic in _SCIPY}
_PROVIDERS["scipy.spatial.distance"] = "srcad.rules.scipy_spatial"
_PROVIDERS["numpy.ctypeslib"] = "srcad.rules.memory_views"


def provide() -> bool:
    """Import the rules of optional modules that were imported by now; tell whether there were any."""
    ready = [module for module in _PROVIDERS if module in sys.modules]
    for module in ready:
        provider = _PROVIDERS.pop(module, None)  # the import of another one may have come to it already
        if provider is not None:
            importlib.import_module(provider)
    return bool(ready)


def elementwise(primal: Callable[..., Any], *wrt: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the partial derivatives of an elementwise function that broadcasts.

    The decorated ``rule(ans, *params)`` returns one partial for each name in ``wrt`` (a tuple where
    there are several).  ``unbroadcast`` and the forward rule are added centrally.
    """

    def register(rule: Callable[..., Any]) -> Callable[..., Any]:
        _RULES[primal] = Rule(primal, wrt, "elementwise", rule)
        return rule

    return register


def vjp(
    primal: Callable[..., Any],
    *wrt: str,
    linear: bool | tuple[str, ...] = False,
    multilinear: bool = False,
    shaped: tuple[str, ...] = (),
    moving: tuple[str, ...] = (),
    refused: dict[str, str] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a reverse rule ``rule(ans, g, *params)`` returning the gradients of ``wrt``."""

    def register(rule: Callable[..., Any]) -> Callable[..., Any]:
        _RULES[primal] = Rule(
            primal, wrt, "vjp", rule, linear, multilinear, shaped, moving=moving, refused=refused or {}
        )
        _REFUSED.pop(primal, None)
        return rule

    return register


def jvp(primal: Callable[..., Any], *parameters: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a forward rule ``rule(ans, t, *params)`` beside an existing reverse rule.

    ``t`` is the tangent of the one parameter, of its shape (a tuple for ``*args``), or of several parameters
    a tuple with the tangent of each, None where that is 0; the rule returns what they contribute to the
    tangent of the result.

    Raises
    ------
    LookupError
        If ``primal`` has no reverse rule with respect to a parameter.
    """
    for parameter in parameters:
        if primal not in _RULES or parameter not in _RULES[primal].wrt:
            raise LookupError(
                f"A forward rule needs a reverse rule of {primal} with respect to {parameter!r} before it."
            )

    def register(rule: Callable[..., Any]) -> Callable[..., Any]:
        for parameter in parameters:
            _RULES[primal].forward[parameter] = rule
            if len(parameters) > 1:
                _RULES[primal].joint[parameter] = parameters
        return rule

    return register


def constant(*primals: Callable[..., Any]) -> None:
    """Declare functions whose derivative is zero everywhere (or that have none: shapes, tests)."""
    for primal in primals:
        _CONSTANT[primal] = primal


def alias(name: Callable[..., Any], primal: Callable[..., Any]) -> None:
    """Declare that a method is a function that has a rule or is constant, with the same order of arguments."""
    _ALIASES[name] = primal


def refuse(reason: str, *primals: Callable[..., Any]) -> None:
    """Declare functions that srcad will not differentiate, and say why."""
    for primal in primals:
        _REFUSED[primal] = reason


def mutating(*primals: Callable[..., Any]) -> None:
    """Declare functions that change their arguments: the compiler writes them out as stores."""
    for primal in primals:
        _MUTATING[primal] = primal


def stateful(*primals: Callable[..., Any]) -> None:
    """Declare functions that read or change a hidden state, so that no call is merged, moved or dropped."""
    for primal in primals:
        _STATEFUL[primal] = primal


def takes_block(manager: type, function: Callable[..., Any]) -> None:
    """Declare a context manager whose block becomes a function, the second argument of ``function``."""
    _BLOCKS[manager] = function


def block_function(manager: object) -> Callable[..., Any] | None:
    """Return the function that takes the block of a context manager, or None."""
    return _BLOCKS.get(manager) if isinstance(manager, type) else None


def becomes(primal: Callable[..., Any], plain: Callable[..., Any]) -> None:
    """Declare what a call of ``primal`` is once it was differentiated: ``plain`` of its first argument."""
    _RULES[primal].derived_as = plain


def results_like(primal: Callable[..., Any], source: Callable[..., Any] | None) -> None:
    """Declare that ``primal`` returns what the Python function ``source`` does, or with None a number or array."""
    _RESULTS[primal] = source


def has_results_like(primal: object) -> bool:
    """Tell whether `results_like` has declared something of ``primal``."""
    try:
        return primal in _RESULTS
    except TypeError:  # some objects, as functions of ctypes, only claim to be hashable
        return False


def result_source(primal: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return what `results_like` has declared of ``primal``."""
    return _RESULTS[primal]


def is_stateful(primal: object) -> bool:
    """Tell whether ``primal`` was declared to read or change a hidden state."""
    return is_key(primal) and primal in _STATEFUL


def language(*primals: Callable[..., Any]) -> None:
    """Declare functions that the compiler treats as parts of the language: containers, iteration."""
    for primal in primals:
        _LANGUAGE[primal] = primal


def written_out(*primals: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a Python function with the meaning of ``primals``, which is differentiated like a user's."""

    def register(source: Callable[..., Any]) -> Callable[..., Any]:
        for primal in primals:
            _SOURCES[primal] = source
        return source

    return register


def is_key(value: object) -> bool:
    """Tell whether a value may be looked up in a table of functions: comparing it runs no code of the user's.

    >>> is_key(abs), is_key([])
    (True, False)
    """
    cls = type(value)
    if cls.__hash__ is None or cls.__module__ == "ctypes":  # functions of C have a __hash__ that raises
        return False
    own = isinstance(cls.__eq__, types.FunctionType) or isinstance(cls.__hash__, types.FunctionType)
    return not own or cls.__module__.partition(".")[0] == "srcad"


def find(primal: object) -> Rule | None:
    """Return the rule of ``primal``, or None."""
    if not is_key(primal):
        return None
    primal = _ALIASES.get(primal, primal)
    return _RULES.get(primal) or (_RULES.get(primal) if provide() else None)


def is_constant(primal: object) -> bool:
    """Tell whether ``primal`` was declared to have zero derivative."""
    provide()
    declared = is_key(primal) and _ALIASES.get(primal, primal) in _CONSTANT
    if not declared and isinstance(primal, types.MethodType):
        declared = is_key(primal.__func__) and primal.__func__ in _CONSTANT
    return declared or computes_no_numbers(primal)


def is_mutating(primal: object) -> bool:
    """Tell whether ``primal`` was declared to change its arguments."""
    provide()
    return is_key(primal) and primal in _MUTATING


def is_language(primal: object) -> bool:
    """Tell whether ``primal`` was declared to be a part of the language."""
    return is_key(primal) and primal in _LANGUAGE


def source_of(primal: object) -> Callable[..., Any] | None:
    """Return the Python function with the meaning of ``primal``, or None."""
    return _SOURCES.get(primal) if is_key(primal) else None


def reason_refused(primal: object) -> str | None:
    """Return why ``primal`` is refused, or None.

    SciPy's own Python code is not differentiated: it stores into arrays by position, chooses between libraries of
    arrays, and calls compiled code.
    """
    provide()
    if not is_key(primal):
        return None
    if isinstance(primal, (types.FunctionType, types.MethodType)):
        is_of_scipy = (primal.__module__ or "").startswith("scipy.")
    else:
        is_of_scipy = type(primal).__module__.startswith("scipy.stats.") and callable(primal)
    if not is_of_scipy or primal in _REFUSED:
        called = type(primal).__call__ if callable(primal) else None
        return _REFUSED.get(primal) or (_REFUSED.get(called) if is_key(called) else None)
    known = any(primal in table for table in (_RULES, _ALIASES, _CONSTANT, _LANGUAGE, _SOURCES, _MUTATING))
    return None if known else _WITHOUT_RULE


def registered() -> Iterable[Rule]:
    """Every rule once, in the order of registration."""
    return {id(rule): rule for rule in _RULES.values()}.values()
