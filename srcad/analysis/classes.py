"""Which variables may refer to the same memory, and which of that is changed: sets that are joined step by step."""

from __future__ import annotations

__all__ = ["Classes"]

_ANYWHERE = ""


class Classes:
    """A union-find forest of memory; a class may hold others, each under an attribute's name or at unknown places.

    >>> classes = Classes()
    >>> classes.join(classes.attribute("layer", "weights"), "w")
    >>> classes.join(classes.attribute("layer", "log"), "list")
    >>> classes.mutate("list")
    >>> classes.is_mutated("layer"), classes.is_mutated("w")
    (True, False)

    Where it is not known which attribute is meant, all that an object holds is one:

    >>> classes.join(classes.elements("layer"), "x")
    >>> classes.is_mutated("w")
    True
    """

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.fields: dict[str, dict[str, str]] = {}
        self.mutated: set[str] = set()

    def find(self, name: str) -> str:
        self.parent.setdefault(name, name)
        while self.parent[name] != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def join(self, first: str, second: str) -> None:
        pending = [(first, second)]
        while pending:
            one, other = (self.find(name) for name in pending.pop())
            if one == other:
                continue
            self.parent[other] = one
            if other in self.fields:
                pending += self._joined(one, self.fields.pop(other))
            if other in self.mutated:
                self.mutated.discard(other)
                self.mutated.add(one)

    def _joined(self, root: str, others: dict[str, str]) -> list[tuple[str, str]]:
        """Let a class hold what another one held; return what is to be joined for that."""
        own = self.fields.setdefault(root, {})
        if _ANYWHERE in own or _ANYWHERE in others:
            parts = [*own.values(), *others.values()]
            self.fields[root] = {_ANYWHERE: parts[0]}
            return [(parts[0], part) for part in parts[1:]]
        pairs = [(own[title], part) for title, part in others.items() if title in own]
        self.fields[root] = {**others, **own}
        return pairs

    def elements(self, name: str) -> str:
        """Return the class of all that a class holds."""
        root = self.find(name)
        own = self.fields.get(root, {})
        if _ANYWHERE not in own:
            parts = [*own.values()] or [self.find(f"{root}[]")]
            self.fields[root] = {_ANYWHERE: parts[0]}
            for part in parts[1:]:
                self.join(parts[0], part)
        return self.find(self.fields[self.find(root)][_ANYWHERE])

    def attribute(self, name: str, title: str) -> str:
        """Return the class of what a class of objects holds under a name."""
        own = self.fields.setdefault(self.find(name), {})  # no dot in the name: that is a module's
        if _ANYWHERE in own:
            return self.find(own[_ANYWHERE])
        return self.find(own.setdefault(title, f"{self.find(name)}:{title}"))

    def inner(self, name: str) -> set[str]:
        """Return the classes that a class holds."""
        return {self.find(part) for part in self.fields.get(self.find(name), {}).values()}

    def reached(self, name: str) -> set[str]:
        """Return the class of a name and those of what it holds, at any depth."""
        found: set[str] = set()
        waiting = [self.find(name)]
        while waiting:
            root = waiting.pop()
            if root not in found:
                found.add(root)
                waiting += self.inner(root)
        return found

    def containment(self) -> dict[str, frozenset[str]]:
        """Return the classes that hold something, each with those that it holds."""
        return {root: frozenset(self.inner(root)) for root in self.fields}

    def mutate(self, name: str) -> None:
        self.mutated.add(self.find(name))

    def is_mutated(self, name: str) -> bool:
        """Tell whether the memory of ``name``, or of what it holds, is changed."""
        return not self.reached(name).isdisjoint(self.mutated)
