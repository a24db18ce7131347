"""What the operators return has in common: it may be derived again, stand in a class as a method, and be read."""

from __future__ import annotations

import functools
import sys
import types
from typing import Any

import numpy as np

from srcad.backends.tracebacks import show_users_source
from srcad.derive.request import Request
from srcad.pipeline import Code

__all__ = [
    "Bindable",
    "Composable",
    "Readable",
    "Remade",
    "WrittenOut",
    "after_instance",
    "is_position",
    "name_in_module",
]


class Readable:
    """A derivative whose generated text can be read."""

    def _code(self) -> Code:
        """Return the code of the latest call, or before any call one for numbers."""
        raise AssertionError("provided by the operator")

    @property
    def source(self) -> str:
        """The text of the generated function."""
        return self._code().text

    @property
    def module(self) -> str:
        """The text of the generated function with its imports, to be saved as a module of its own."""
        return self._code().module

    @property
    def stages(self) -> dict[str, str]:
        """The program after each stage, by name."""
        return self._code().stages


class Composable:
    """A derivative that is itself to be derived; ``target`` is the primal's, which was given as ``__wrapped__``."""

    target: Any
    __wrapped__: Any

    def derived(self, values: tuple[Any, ...]) -> Any:
        """Return the generated function for arguments of these kinds."""
        raise AssertionError("provided by the operator")

    def explain(self, error: BaseException) -> None:
        """Show the user's source in an exception of the generated code, or raise the project's own in its place."""
        show_users_source(error)

    def derived_again(self, request: Request, values: tuple[Any, ...]) -> Code | None:
        """Return the code that is requested of this derivative, None where it is that of its generated function."""
        return None

    def by_products(self, values: tuple[Any, ...]) -> Any:
        """Return a function that gives the same by `srcad.callables.second_order.product`; None where there is none."""
        return None


class Bindable:
    """An operator of a function, which becomes a method where it stands in a class, as the function would."""

    __wrapped__: Any

    def of_method(self) -> Any:
        """Return the operator whose ``argnums`` count from the parameter after the instance."""
        raise AssertionError("provided by the operator")

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind a decorated method."""
        function = self.__wrapped__
        while isinstance(function, Composable):
            function = function.__wrapped__
        if instance is None or not isinstance(function, types.FunctionType):
            return self
        return types.MethodType(self.of_method(), instance)


def name_in_module(value: Any) -> str | None:
    """Return the name under which a module has what a decorator made, by which pickles find it; None if there is none."""
    name = getattr(value, "__qualname__", None)
    if not isinstance(name, str):
        return None
    try:
        found = functools.reduce(getattr, name.split("."), sys.modules.get(value.__module__))
    except AttributeError:
        return None
    return name if found is value else None


class Remade:
    """What an operator returns for a function: its copies and pickles are made anew, and what is compiled stays here.

    Attributes
    ----------
    recipe : tuple
        The operator, with its arguments and options.
    """

    recipe: tuple[Any, tuple[Any, ...], dict[str, Any]]

    def remade_by(self, operator: Any, f: Any, *args: Any, **options: Any) -> None:
        """Note how the object was made of ``f``, whose name and documentation it takes."""
        self.recipe = operator, (f, *args), options
        for attribute in ("__name__", "__qualname__", "__module__", "__doc__"):
            value = getattr(f, attribute, None)
            if isinstance(value, str):
                setattr(self, attribute, value)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Return the name by which a module has the object, or how it was made."""
        return name_in_module(self) or (_made, self.recipe)


def _made(operator: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    return operator(*args, **options)


def after_instance(argnums: Any) -> Any:
    """Return ``argnums`` of a method as those of its function.

    Examples
    --------
    >>> after_instance((0, "x", -1))
    (1, 'x', -1)
    """
    if isinstance(argnums, tuple):
        return tuple(map(after_instance, argnums))
    return argnums + 1 if is_position(argnums) and argnums >= 0 else argnums


class WrittenOut:
    """An object that is called like a function, and is differentiated as the Python function ``plain``."""

    @property
    def plain(self) -> Any:
        """The function that does the same."""
        raise AssertionError("provided by the operator")


def is_position(which: Any) -> bool:
    """Tell whether an entry of ``argnums`` is a position and not a name."""
    return isinstance(which, (int, np.integer)) and not isinstance(which, bool)
