"""The operators a user calls, and the objects they return."""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np

from srcad.analysis.annotations import annotated_kinds
from srcad.analysis.kinds import FLOAT64, INT
from srcad.analysis.kinds_of_values import kind_of
from srcad.backends.finite_checks import checked, require_finite
from srcad.backends.tracebacks import show_users_source
from srcad.callables.compilation import compiled, followed, is_followed
from srcad.callables.derivatives import Composable, Readable, name_in_module
from srcad.callables.dispatch import Dispatch
from srcad.callables.places import place
from srcad.callables.pullbacks import vjp
from srcad.callables.second_order import Gradient, code_by_symmetry, gradient_by_product, has_shadows
from srcad.callables.targets import (
    Target,
    no_pair,
    refuse_overlapping,
    require_callable,
    require_complex,
    unpacks_the_result,
)
from srcad.callables.wrappers import written
from srcad.derive import inner_gradients
from srcad.derive.request import Request
from srcad.dynamic.calls import install
from srcad.errors import OutputError, SrcadError, UnsupportedError
from srcad.lang.recursion import with_deep_calls
from srcad.pipeline import Code, build
from srcad.runtime import share_memory

__all__ = ["Derivative", "grad", "value_and_grad", "vjp"]

Argnums = int | str | tuple[int | str, ...]
_SEEDS = ("seed", "holomorphic_seed")


def grad(
    f: Any = None,
    argnums: Argnums = 0,
    has_aux: bool = False,
    check_nans: bool = False,
    holomorphic: bool = False,
) -> Any:
    """Return a function that computes the gradient of ``f``.

    Parameters
    ----------
    f : callable
        A numeric function that returns a real scalar; a plain function, lambda, method, callable
        object, ``functools.partial`` or NumPy function.
    argnums : int, str or tuple of these
        The parameters to differentiate with respect to, by position or name.  A tuple gives a tuple.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated; the result is
        ``(gradient, auxiliary)``.
    check_nans : bool
        Look for the cause of a NaN or an infinity: stop at the first step of the backward sweep that makes one, with
        an error that names the line of ``f`` which the step belongs to.
    holomorphic : bool
        ``f`` is complex differentiable: its arguments and its result are complex, and the derivative is ``f'(z)``.

    Returns
    -------
    Derivative
        Called like ``f``; gives the gradient in the argument's shape, structure and dtype.

    Raises
    ------
    OutputError
        When called, if the result of ``f`` is not a real scalar; under ``holomorphic``, if it is not a complex one.
    ArgumentError
        When called, under ``holomorphic``, if an argument to differentiate by is not complex.
    NonFiniteError
        When called, under ``check_nans``.
    SrcadError
        If the program cannot be differentiated; the message names the line.

    Examples
    --------
    >>> from srcad import grad
    >>> grad(lambda x: x ** 3)(2.0)
    12.0
    >>> grad(lambda z: z ** 3, holomorphic=True)(1.0 + 2.0j)
    (-9+12j)
    """
    if f is None:
        options = {"check_nans": check_nans, "holomorphic": holomorphic}
        return functools.partial(grad, argnums=argnums, has_aux=has_aux, **options)
    return Derivative(f, argnums, "aux" if has_aux else "grad", False, check_nans, holomorphic)


def value_and_grad(
    f: Any = None,
    argnums: Argnums = 0,
    has_aux: bool = False,
    check_nans: bool = False,
    holomorphic: bool = False,
) -> Any:
    """Return a function that computes the value of ``f`` and its gradient, in one run.

    The parameters are those of `grad`.  The result is ``(value, gradient)``, under ``has_aux``
    ``((value, auxiliary), gradient)``.

    Examples
    --------
    >>> from srcad import value_and_grad
    >>> value_and_grad(lambda x: x ** 3)(2.0)
    (8.0, 12.0)
    """
    if f is None:
        options = {"check_nans": check_nans, "holomorphic": holomorphic}
        return functools.partial(value_and_grad, argnums=argnums, has_aux=has_aux, **options)
    return Derivative(f, argnums, "aux" if has_aux else "value_and_grad", True, check_nans, holomorphic)


class Derivative(Composable, Readable):
    """A function's derivative, compiled when it is first called.

    Attributes
    ----------
    source : str
        The generated Python function: that of the latest call, before any call one for numbers.
    stages : dict of str
        The program after each stage: ``source``, ``normal``, ``adjoint`` and ``optimized``.
    __wrapped__ : callable
        The primal.
    """

    def __init__(
        self,
        f: Any,
        argnums: Argnums,
        mode: str,
        value: bool,
        check_nans: bool = False,
        holomorphic: bool = False,
        bound: int = 0,
    ) -> None:
        require_callable(f, "value_and_grad" if value else "grad")
        self.__wrapped__ = f
        self.argnums, self.mode, self.value, self.check_nans = argnums, mode, value, check_nans
        self.holomorphic, self.bound = holomorphic, bound
        self.target = Target(f)
        self.wanted = self.target.wanted(argnums, bound)
        self.latest: Code | None = None
        self._of_method: Derivative | None = None
        self._places = self.target.places(argnums, bound)
        plain = len(set(self.wanted)) == len(self.wanted) and set(self._places) == {None}
        self._is_arranged = plain and (mode != "aux" or value)
        self._dispatch = Dispatch(self.target, not self._is_arranged)
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        self.__qualname__ = getattr(f, "__qualname__", self.__name__)
        self.__doc__ = getattr(f, "__doc__", None)
        self.__module__ = getattr(f, "__module__", None) or type(self).__module__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the derivative at the given arguments."""
        return with_deep_calls(self._call)(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        target = self.target
        values = target.bind(args, kwargs)
        everything = (*values, *target.captured())
        if self.holomorphic:
            require_complex(target, self.wanted, self._places, values)
        code = self.compiled(values)
        if code.changes_arguments and share_memory(everything):
            code = self.compiled(values, aliased=True)
        elif not self.check_nans and not self.holomorphic and not self._looks_at_arguments():
            self._dispatch.note(self, code, everything)
        generated = checked(code.entries[0]) if self.check_nans else code.entries[0]
        try:
            outcome = generated(*everything)
        except BaseException as error:
            names = (*target.names, *target.captured_names())
            at = next((n for n, v in zip(names, everything) if is_followed(v)), None)
            if at is not None and isinstance(error, SrcadError):
                raise followed(target, at) from None
            self.explain(error)
            raise error
        if self.check_nans:
            require_finite(outcome if self.mode == "grad" else outcome[1], target.title(), place(target.func))
        if not self._fits(outcome if self.mode == "grad" else outcome[1], values):
            # an operation whose value no gradient needs is left out, and its complaint about shapes with it
            self.__wrapped__(*args, **kwargs)
            raise UnsupportedError(f"The gradient of '{target.title()}' has not the shape of its argument.",
                                   "Report the function: this is a fault of srcad.", place(target.func))  # fmt: skip
        return self._arrange(outcome)

    def _looks_at_arguments(self) -> bool:
        """Tell whether each call must look for arrays that overlap: this is a derivative of one that changes arguments."""
        latest = getattr(self.target.inner, "latest", None)
        return latest is not None and latest.changes_arguments

    def _fits(self, gradients: Any, values: tuple[Any, ...]) -> bool:
        """Tell whether the gradient of each array has the array's shape."""
        found = gradients if isinstance(self.argnums, tuple) else (gradients,)
        given = dict(zip(self.target.names, values))
        pairs = ((gradient, given[name]) for name, gradient in zip(dict.fromkeys(self.wanted), found))
        return all(
            np.shape(g) == v.shape
            for g, v in pairs
            if isinstance(v, np.ndarray) and isinstance(g, np.ndarray)
        )

    def explain(self, error: BaseException) -> None:
        """Turn the runtime's complaint about the output into the project's error, and show the user's source."""
        traceback = error.__traceback__ if isinstance(error, TypeError) else None
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        if traceback is None or traceback.tb_frame.f_code.co_name not in _SEEDS:
            show_users_source(error)
            if self.mode == "aux" and unpacks_the_result(error):
                raise no_pair(self.target) from None
            return
        needed, way_out = "a gradient needs a real scalar", "Use vjp for other outputs, or return a sum."
        if self.holomorphic:
            needed, way_out = (
                "holomorphic=True needs a complex scalar",
                "Leave it out if the result is real, use vjp for arrays.",
            )
        elif "type tuple" in str(error):
            way_out = "Pass has_aux=True if the first of a pair is to be differentiated, or use vjp."
        elif "NoneType" in str(error):
            way_out = "Return the number to differentiate."
        elif "complex" in str(error):
            way_out = "Pass holomorphic=True if the function is complex differentiable, or return a real part or modulus."
        made = "gradient" if self.target.inner is not None else "result"
        raise OutputError(f"The {made} of '{self.target.title()}' has {error}, and {needed}.", way_out,
                          place(self.target.func)) from None  # fmt: skip

    def _arrange(self, outcome: Any) -> Any:
        if self.mode == "grad":
            return self._chosen(outcome)
        value, gradients = outcome
        gradients = self._chosen(gradients)
        return (gradients, value[1]) if self.mode == "aux" and not self.value else (value, gradients)

    def _chosen(self, gradients: Any) -> Any:
        """Return the gradients in the order of ``argnums``, of which some may be arguments that ``*args`` gathers."""
        if not isinstance(self.argnums, tuple):
            return self._element(gradients, self._places[0])
        by_name = dict(zip(dict.fromkeys(self.wanted), gradients))
        return tuple(self._element(by_name[n], k) for n, k in zip(self.wanted, self._places))

    def _element(self, gradient: Any, index: int | None) -> Any:
        if index is None:
            return gradient
        self.target.require_given(self.argnums, gradient, index)
        return gradient[index]

    def of_method(self) -> Derivative:
        """Return the derivative whose ``argnums`` count from the parameter after the instance."""
        options = self.argnums, self.mode, self.value, self.check_nans, self.holomorphic
        return Derivative(self.__wrapped__, *options, bound=1)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind a decorated method; ``argnums`` counts from the parameter after the instance."""
        if instance is None or isinstance(self.__wrapped__, staticmethod):
            return self
        if self._of_method is None:
            self._of_method = self.of_method()
        return types.MethodType(self._of_method, instance)

    def _code(self) -> Code:
        if self.latest is None:
            target = self.target
            if target.inner is not None:
                return self.compiled(tuple(1.0 for _ in target.names))
            wanted = tuple(dict.fromkeys(self.wanted))
            promised = zip(target.names, annotated_kinds(target.func, target.names))
            kinds = [FLOAT64 if n in wanted and kind == INT else kind for n, kind in promised]
            kinds += [kind_of(v) for v in target.captured()]
            names = [*target.names, *target.captured_names()]
            single = not isinstance(self.argnums, tuple)
            parameters, complex_ = tuple(zip(names, kinds)), self.holomorphic
            request = Request(
                target.func, parameters, wanted, self.mode, not complex_, single, holomorphic=complex_
            )
            self.latest = build(request)
        return self.latest

    def compiled(self, values: tuple[Any, ...], aliased: bool = False) -> Code:
        """Return the derivative for arguments of these kinds."""
        single = not isinstance(self.argnums, tuple)
        wanted = tuple(dict.fromkeys(self.wanted))
        self.latest = compiled(self.target, values, wanted, self.mode, single, aliased, self.holomorphic)
        return self.latest

    def derived(self, values: tuple[Any, ...]) -> Any:
        """Return a plain function that gives what a call gives, to be differentiated again."""
        code = self.compiled(values)
        if code.changes_arguments:
            refuse_overlapping(self.target, values)
        generated = code.entries[0]
        if not isinstance(generated, types.FunctionType):
            made = self._second_by_products(values)
            return generated if made is None else made
        if self._is_arranged:
            return generated
        made = self.by_products(values)
        if made is not None:
            return made
        # It is kept with the generated function, so that what is derived from it is found again.
        known = vars(generated).setdefault("arranged", {})
        key = (self.wanted, self._places, self.value)
        if key not in known:
            known[key] = written(self._arranging_text(), "gradient", generated=generated)
        return known[key]

    def _arranging_text(self) -> str:
        """Return the function that `_arrange` and a call of the generated function are together."""
        names = ", ".join([*self.target.names, *self.target.captured_names()])
        elements = ["" if k is None else f"[{k}]" for k in self._places]
        unique = list(dict.fromkeys(self.wanted))
        parts = [f"gradients[{unique.index(n)}]{element}" for n, element in zip(self.wanted, elements)]
        chosen = (
            f"({''.join(f'{part}, ' for part in parts)})"
            if isinstance(self.argnums, tuple)
            else f"gradients{elements[0]}"
        )
        made, result = {
            "grad": ("gradients", chosen),
            "value_and_grad": ("value, gradients", f"value, {chosen}"),
            "aux": ("(value, aux), gradients", f"(value, aux), {chosen}" if self.value else f"{chosen}, aux"),
        }[self.mode]
        return f"def gradient({names}):\n    {made} = generated({names})\n    return {result}\n"

    def by_products(self, values: tuple[Any, ...]) -> Any:
        """Return a function of all arguments and captured values that gives what a call gives, by a `product`.

        It is None where the generated function can be differentiated itself, and where there is no such function.
        """
        code = self.compiled(values)
        generated = code.entries[0]
        plain = isinstance(generated, types.FunctionType) and has_shadows(code)
        value_alone = self.mode == "grad" or not self.target.captured_names()
        if not plain or not value_alone or self.mode == "aux" and self.value:
            return None
        return self._of_products(generated, self.target, self.mode, "()")

    def _second_by_products(self, values: tuple[Any, ...]) -> Any:
        """Return this gradient of a gradient by a `product` with one vector; None where there is none."""
        inner = self.target.inner
        if not isinstance(inner, Derivative) or isinstance(inner.argnums, tuple):
            return None
        if inner.mode != "grad" or self.mode != "grad":
            return None
        generated = inner.compiled(values).entries[0]
        return self._of_products(generated, inner.target, "grad", f"(({inner.wanted!r}, (1.0,)),)")

    def _of_products(self, generated: Any, target: Target, mode: str, vectors: str) -> Any:
        # It is kept with the generated function, so that what is derived from it is found again.
        known = vars(generated).setdefault("products", {})
        key = (self.holomorphic, mode, self.wanted, self._places, isinstance(self.argnums, tuple), vectors)
        if key not in known:
            known[key] = gradient_by_product(target, *key)
        return known[key]

    def derived_again(self, request: Request, values: tuple[Any, ...]) -> Code | None:
        """Return the derivative of a gradient whose text works on shadow memory."""
        unique = tuple(dict.fromkeys(self.wanted))
        code = self.compiled(values, request.aliased)
        forward = request.mode in ("jvp", "tangent")
        if forward or self.mode == "aux" or not self._is_arranged or not has_shadows(code):
            return None
        if not isinstance(code.entries[0], types.FunctionType):
            return None  # it is a second derivative itself, and has a function to be differentiated
        one = not isinstance(self.argnums, tuple)
        valued = self.mode == "value_and_grad"
        gradient = Gradient(self.target, unique, one, valued, code.entries[0], self.holomorphic)
        return code_by_symmetry(gradient, request, values)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Copies and pickles are made anew of the primal; what is compiled stays here."""
        return name_in_module(self) or (
            Derivative,
            (
                self.__wrapped__,
                self.argnums,
                self.mode,
                self.value,
                self.check_nans,
                self.holomorphic,
                self.bound,
            ),
        )

    def __repr__(self) -> str:
        return f"<srcad {self.mode} of {self.__name__}>"


def _described(value: Any) -> inner_gradients.Inner | None:
    """Tell which gradient of a plain function an object is, for programs that call it."""
    if not isinstance(value, Derivative) or value.mode not in ("grad", "value_and_grad"):
        return None
    target, plain = value.target, not (value.check_nans or value.holomorphic or value.bound)
    bound = target.inner is not None or target.before or target.options or target.closure is not None
    code = getattr(target.func, "__code__", None)
    if not plain or bound or target.func is not value.__wrapped__ or code is None or code.co_freevars:
        return None
    argnums, valued = value.argnums, value.mode == "value_and_grad"
    if isinstance(argnums, tuple):
        return inner_gradients.Inner(target.func, argnums, False, valued)
    return inner_gradients.Inner(target.func, (argnums,), True, valued)


install((grad, value_and_grad))
inner_gradients.operators.update({grad: False, value_and_grad: True})
inner_gradients.describe.append(_described)
