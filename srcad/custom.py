"""Derivatives that the user gives: of a function of Python, and of functions without source."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from srcad import tree
from srcad.api import grad
from srcad.callables.compilation import forget
from srcad.callables.derivatives import Remade
from srcad.callables.places import call_of_srcad, place
from srcad.callables.targets import require_callable
from srcad.callables.written import head, named_parameters, passed, write
from srcad.check.grads import check_grads
from srcad.errors import ArgumentError
from srcad.operators.by_name import paired_with
from srcad.operators.resolved.transposition import zero_direction
from srcad.rules import registry
from srcad.tape.calls import record
from srcad.tape.recording import recording

__all__ = ["CustomFunction", "custom_jvp", "custom_vjp", "def_jvp", "def_vjp"]

Rule = Callable[..., Any]


class CustomFunction(Remade):
    """A function whose derivative is given by rules; made by `custom_vjp` and `custom_jvp`.

    Parameters
    ----------
    function : callable
        The primal.
    wrt : tuple of str, optional
        The parameters that have a derivative; by default all.
    check : bool
        Compare the derivative with finite differences at the first call for each combination of shapes.
    """

    __name__: str
    __qualname__: str

    def __init__(
        self, function: Callable[..., Any], wrt: tuple[str, ...] | None = None, check: bool = False
    ) -> None:
        self._parameters = named_parameters(function, "a derivative rule")
        functools.update_wrapper(self, function)
        self._function, self._checks = function, check
        self._wrt = _chosen(function, self._parameters, wrt)
        self._seen: set[Hashable] = set()
        registry.stateful(self)
        annotated = getattr(function, "__annotations__", {}).get("return") in _NUMBERS
        registry.results_like(self, None if annotated else function)
        registry.refuse(
            f"'{self.__name__}' was made by custom_vjp or custom_jvp, but has no rule yet: give it one with "
            f"@{self.__name__}.backward or @{self.__name__}.forward.",
            self,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the primal."""
        if recording.tokens:
            return record(self, self._function, args, kwargs)
        if self._checks:
            self._check_once(args, kwargs)
        return self._function(*args, **kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind the function as a method."""
        return self if instance is None else types.MethodType(self, instance)

    def __copy__(self) -> CustomFunction:
        """Return the function itself: the rule belongs to this one."""
        return self

    def __deepcopy__(self, memo: Any) -> CustomFunction:
        return self

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickles find it by its name, as a function; a solver is made anew."""
        return super().__reduce__() if hasattr(self, "recipe") else self.__qualname__

    def __repr__(self) -> str:
        return f"<{self.__qualname__} with a derivative of its own>"

    def backward(self, rule: Rule) -> Rule:
        """Register the reverse rule ``rule(ans, g, *parameters)``.

        It returns the gradient of each parameter in ``wrt``: itself if there is one, else a tuple.  The number
        0.0 may stand for zeros.  The gradient ``g`` has the structure of the result: a list for a list or tuple, and
        for a named tuple or an object one of its class.

        Raises
        ------
        ArgumentError
            If its parameters are not the result, its gradient and those of the function.
        """
        return def_vjp(self, self._wrt)(rule)

    def forward(self, rule: Any) -> Any:
        """Register the forward rule ``rule(ans, t, *parameters)`` of one parameter, whose tangent is ``t``.

        It returns the tangent of the result where that parameter alone has a tangent.  ``@f.forward("x")`` names
        the parameter, which a function of a single one leaves out: ``@f.forward``.

        Raises
        ------
        ArgumentError
            If the parameter has no derivative, or the rule has other parameters than the function.
        """
        if isinstance(rule, str):
            return def_jvp(self, rule)
        if len(self._wrt) != 1:
            raise ArgumentError(f"'{self.__name__}' has the parameters {', '.join(self._wrt)}, and the forward rule "
                                "does not say to which of them it belongs.",
                                f'Write @{self.__name__}.forward("{self._wrt[0]}").', place(rule))  # fmt: skip
        return def_jvp(self, self._wrt[0])(rule)

    def check(self, *args: Any, order: int = 1, **kwargs: Any) -> None:
        """Compare the derivative with finite differences at these arguments.

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function.
        order : int
            How many orders of derivative to check.

        Raises
        ------
        GradientCheckError
            If they differ.
        """
        bound = inspect.signature(self._function).bind(*args, **kwargs)
        bound.apply_defaults()
        varied = [i for i, name in enumerate(bound.arguments)
                  if name in self._wrt and i < len(bound.args) and _has_numbers(bound.args[i])]  # fmt: skip
        check_grads(functools.partial(self, **bound.kwargs), bound.args, order, argnums=varied)

    def _check_once(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        key = repr([(type(leaf), np.shape(leaf)) for leaf in tree.leaves([args, kwargs])])
        if key in self._seen:
            return
        self._seen.add(key)
        self._checks = False
        try:
            self.check(*args, **kwargs)
        finally:
            self._checks = True


_NUMBERS = (float, np.ndarray, "float", "np.ndarray", "numpy.ndarray")


def _has_numbers(value: Any) -> bool:
    """Tell whether there are floating-point numbers in a structure."""
    return any(
        isinstance(leaf, (float, complex))
        or getattr(getattr(leaf, "dtype", None), "kind", None) in ("f", "c")
        for leaf in tree.leaves(value)
    )


def _chosen(
    function: Any, parameters: list[inspect.Parameter], wrt: str | tuple[str, ...] | None
) -> tuple[str, ...]:
    """Return the parameters that have a derivative."""
    names = tuple(p.name for p in parameters)
    chosen = names if wrt is None else (wrt,) if isinstance(wrt, str) else tuple(wrt)
    for name in chosen:
        if name not in names:
            raise ArgumentError(f"wrt names {name!r}, but the parameters are {', '.join(names) or 'none'}.",
                                "Name parameters of the function.", place(function))  # fmt: skip
    return chosen


def custom_vjp(function: Any = None, *, wrt: str | tuple[str, ...] | None = None, check: bool = False) -> Any:
    """Give a function a derivative of the user's own; decorator.

    Parameters
    ----------
    function : callable
        The primal, with named parameters.
    wrt : str or tuple of str, optional
        The parameters that have a derivative; by default all.  A value that carries a derivative and is passed for
        another parameter is an error.
    check : bool
        Compare the derivative with finite differences at the first call for each combination of shapes.

    Returns
    -------
    CustomFunction
        Called like ``function``; its decorator ``backward`` registers the rule ``rule(ans, g, *parameters)`` with
        the result and its gradient first, its decorator ``forward`` a rule for forward mode, which otherwise
        follows from the first.

    Raises
    ------
    ArgumentError
        If the function takes ``*args`` or ``**kwargs``, or ``wrt`` names what is no parameter.

    Notes
    -----
    The rule is inlined where its statements are straight, and otherwise called.  It is itself differentiated for
    higher orders, and used by forward mode and by `GradientTape` as well.  The primal may call what has no source;
    there, an annotation ``-> float`` or ``-> np.ndarray`` tells the compiler what it returns.

    Examples
    --------
    >>> import numpy as np
    >>> import srcad
    >>> @srcad.custom_vjp
    ... def clipped_log(x):
    ...     return np.log(np.maximum(x, 1e-6))
    >>> @clipped_log.backward
    ... def clipped_log_backward(ans, g, x):
    ...     return g / np.maximum(x, 1e-6)
    >>> float(srcad.grad(clipped_log)(0.5))
    2.0
    """
    if function is None:
        return functools.partial(custom_vjp, wrt=wrt, check=check)
    return CustomFunction(function, wrt if not isinstance(wrt, str) else (wrt,), check)


def custom_jvp(function: Any = None, *, wrt: str | tuple[str, ...] | None = None, check: bool = False) -> Any:
    """Give a function a derivative by rules for forward mode; the parameters are those of `custom_vjp`.

    ``@f.forward("x")`` registers the rule of the parameter ``x``; what several contribute is added.  Reverse mode
    transposes the rules: it differentiates them in their tangent, in which they are linear.

    Examples
    --------
    >>> import numpy as np
    >>> import srcad
    >>> @srcad.custom_jvp
    ... def scaled(x, a):
    ...     return a * np.sin(x)
    >>> @scaled.forward("x")
    ... def scaled_x(ans, t, x, a):
    ...     return a * np.cos(x) * t
    >>> @scaled.forward("a")
    ... def scaled_a(ans, t, x, a):
    ...     return np.sin(x) * t
    >>> float(srcad.grad(scaled)(0.0, 2.0)), float(srcad.jvp(scaled, (0.0, 2.0), (1.0, 0.0))[1])
    (2.0, 2.0)
    """
    return custom_vjp(function, wrt=wrt, check=check)


def def_vjp(
    function: Any, wrt: str | tuple[str, ...] | None = None, structured: bool = False
) -> Callable[[Rule], Rule]:
    """Register a reverse rule for a function that has none; decorator.

    It is meant for functions without source: of C or Cython, or compiled by Numba.  (What cannot be a key of a dict,
    such as a function of ``ctypes``, is called in a function under `custom_vjp` instead.)

    Parameters
    ----------
    function : callable
        The primal, called with values only.  `GradientTape` sees it in ``srcad.tape.apply(function, ...)``.
    wrt : str or tuple of str, optional
        The parameters, as the rule names them, that have a derivative; by default all.
    structured : bool
        The function returns a tuple, list, dict or object, not a number or an array.

    Returns
    -------
    callable
        The decorator of ``rule(ans, g, *parameters)``, which returns the gradient of the parameter in ``wrt``,
        or a tuple of the gradients of several.

    Raises
    ------
    ArgumentError
        If the rule does not have two parameters more than the function, where those are known, or if the function
        is not hashable.

    Examples
    --------
    >>> import srcad
    >>> exec("def cube(x): return x ** 3")  # has no source text
    >>> @srcad.def_vjp(cube)
    ... def cube_backward(ans, g, x):
    ...     return 3 * g * x ** 2
    >>> srcad.grad(lambda x: 2 * cube(x))(2.0)
    24.0
    """

    def register(rule: Rule) -> Rule:
        _require_key(function, "def_vjp")
        parameters = _rule_parameters(rule, function, "(ans, g, ...)")
        known = registry.find(function)
        _describe(function, structured)
        registry.vjp(function, *_chosen(rule, parameters, wrt))(rule)
        _mark_given(function)
        if known is not None:
            for parameter, forward in known.forward.items():
                registry.jvp(function, *known.joint.get(parameter, (parameter,)))(forward)
        forget()
        return rule

    return register


def def_jvp(function: Any, parameter: str, structured: bool = False) -> Callable[[Rule], Rule]:
    """Register a forward rule of one parameter of a function; decorator.

    Without a reverse rule, which `def_vjp` registers, reverse mode transposes the forward rules.

    Parameters
    ----------
    function : callable
        The primal.
    parameter : str
        The parameter, as the rule names it.
    structured : bool
        The function returns a tuple, list, dict or object, not a number or an array.

    Returns
    -------
    callable
        The decorator of ``rule(ans, t, *parameters)``, which returns the tangent of the result where ``parameter``
        alone has a tangent, ``t``.

    Raises
    ------
    ArgumentError
        If the rule does not name ``parameter``, or has not two parameters more than the function.
    """

    def register(rule: Rule) -> Rule:
        _require_key(function, "def_jvp")
        parameters = _rule_parameters(rule, function, "(ans, t, ...)")
        _chosen(rule, parameters, parameter)
        known = registry.find(function)
        rules = {**(known.forward if known is not None else {}), parameter: rule}
        if known is None or getattr(known.reverse, "transposes", False):
            _describe(function, structured)
            registry.vjp(function, *rules)(_transposed(function, parameters, rules))
        elif parameter not in known.wrt:
            raise ArgumentError(f"The reverse rule has no gradient of {parameter!r}, only of {', '.join(known.wrt)}.",
                                "Name one of these, or list it in wrt.", place(rule))  # fmt: skip
        for name, forward in rules.items():
            registry.jvp(function, name)(forward)
        _mark_given(function)
        forget()
        return rule

    return register


def _mark_given(function: Any) -> None:
    """Have what the rule returns compared with the arguments."""
    found = registry.find(function)
    if found is not None:
        found.given = True


def _require_key(function: Any, operator: str) -> None:
    """Refuse what is no function, or cannot stand in a table."""
    require_callable(function, operator)
    try:
        hash(function)
    except TypeError:
        raise ArgumentError(f"A rule of {function!r} cannot be kept, since it is not hashable.",
                            "Call it in a function of Python under srcad.custom_vjp.",
                            call_of_srcad()) from None  # fmt: skip


def _describe(function: Any, structured: bool) -> None:
    """Tell the registry that calls are not to be merged, and what comes from them."""
    registry.stateful(function)
    if registry.has_results_like(function):
        return
    if isinstance(function, types.FunctionType) and _has_text(function):
        registry.results_like(function, function)
    elif not structured:
        registry.results_like(function, None)


def _has_text(function: types.FunctionType) -> bool:
    """Tell whether the compiler can read a function."""
    try:
        return bool(inspect.getsource(function))
    except (OSError, TypeError):
        return False


def _rule_parameters(rule: Rule, function: Any, form: str) -> list[inspect.Parameter]:
    """Return the primal's parameters as a rule writes them."""
    parameters = named_parameters(rule, "a derivative rule")[2:]
    try:
        own = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return parameters
    for mine, theirs in zip(own, parameters):
        if isinstance(function, CustomFunction) and (mine.name, mine.default) != (
            theirs.name,
            theirs.default,
        ):
            raise ArgumentError(f"The rule has the parameter '{theirs}' where the function has '{mine}'.",
                                "Give the rule the function's parameters, with their defaults.", place(rule))  # fmt: skip
    if len(own) != len(parameters) and not any(p.kind is p.VAR_POSITIONAL for p in own):
        raise ArgumentError(f"The rule has {len(parameters)} parameters after the first two, and the function "
                            f"{len(own)}.", f"Write it as rule{form} with those of the function.", place(rule))  # fmt: skip
    return parameters


# -- reverse rules from forward rules ----------------------------------------------------------------


def _transposed(function: Any, parameters: list[inspect.Parameter], rules: dict[str, Rule]) -> Rule:
    """Write the reverse rule that differentiates the forward rules in their tangents."""
    title = getattr(function, "__name__", "function")
    title = title if title.isidentifier() and title != "<lambda>" else "function"
    definition, names = head(parameters)
    plain = ", ".join(p.name for p in parameters)
    text, parts = "", []
    for name in rules:
        text += (
            f"def {title}_paired_{name}(t, ans, g, {plain}):\n"
            f"    return paired(g, {title}_{name}(ans, t, {passed(parameters)}))\n\n\n"
        )
        parts.append(f"grad({title}_paired_{name})(zero_direction({name}), ans, g, {plain})")
        names[f"{title}_{name}"] = rules[name]
    text += f"def {title}_backward(ans, g, {definition}):\n    return {', '.join(parts)}\n"
    names.update(grad=grad, paired=paired_with, zero_direction=zero_direction)
    rule: Rule = write(f"{title}_backward", text, names, next(iter(rules.values())))
    rule.transposes = True  # type: ignore[attr-defined]
    return rule


registry.refuse(
    "A derivative of one's own is declared in a function that is differentiated. Declare it around that function, and pass "
    "what it depends on as arguments.",
    custom_vjp,
    custom_jvp,
    def_vjp,
    def_jvp,
)
