"""``super()`` of a class, as class methods have it: its methods are those of the classes behind.

Before, where ``cls`` is known to be ``Derived``::

    t = super(Derived, cls)
    made = t.make(x)

After, where ``Base`` is the class behind::

    made = Base.make.__func__(Derived, x)
"""

from __future__ import annotations

from typing import Any

import gast

from srcad.analysis.plain_classes import method_of_class
from srcad.derive.build import name
from srcad.derive.known_callees import Bindings
from srcad.frontend.late_results import gives_late
from srcad.lang.scope import Dependency, Scope
from srcad.rules import iteration

__all__ = ["SupersOfClasses"]


class SupersOfClasses:
    """The variables that hold ``super(before, cls)``, each with ``before`` and the static name of ``cls``."""

    def __init__(self, scope: Scope, bindings: Bindings) -> None:
        self.scope, self.bindings = scope, bindings
        self.found: dict[str, tuple[type, str]] = {}

    def note(self, stmt: gast.stmt) -> None:
        """Note what a call binds, if it is one of ``super``."""
        node, target = stmt.value, stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        called = self.scope.statics.get(getattr(node.func, "id", ""))
        if called is not super or not isinstance(target, gast.Name) or not self.bindings.once(target.id):
            return
        titles = [self.bindings.function(getattr(argument, "id", "")) for argument in node.args]
        classes = [self.scope.statics.get(title) for title in titles]
        if len(classes) == 2 and all(isinstance(cls, type) for cls in classes):
            self.found[target.id] = (classes[0], titles[1])

    def alias(self, target: str, value: str) -> None:
        """Note that a variable is bound to another one."""
        if value in self.found and self.bindings.once(target):
            self.found[target] = self.found[value]

    def method(self, receiver: gast.AST, title: str) -> tuple[Any, list[gast.AST]] | None:
        """Return the function that ``receiver.title`` calls, and its first arguments; None if that is not known."""
        before, cls_title = self.found.get(getattr(receiver, "id", ""), (None, ""))
        cls = self.scope.statics.get(cls_title)
        found = method_of_class(cls, title, after=before) if before is not None else None
        if found is None:
            return None
        owner = next(vars(c) for c in cls.__mro__ if vars(c).get(title) is found)
        self.scope.dependencies.append(Dependency(owner, title, found))
        return found.__func__, [name(cls_title)] if isinstance(found, classmethod) else []

    def is_prompt(self, node: gast.Call) -> bool:
        """Tell whether a call asks for a method that is known to make its items at once."""
        if self.scope.statics.get(getattr(node.func, "id", "")) is not iteration.prompt_method:
            return False
        owner, title = node.args
        found = self.method(owner, title.value) if isinstance(title, gast.Constant) else None
        _, cls = self.found.get(getattr(owner, "id", ""), (None, ""))
        return found is not None and not gives_late(found[0], self.scope.statics.get(cls))
