"""Which variables may refer to the same memory, and which of that is changed: sets that are joined step by step."""

from __future__ import annotations

__all__ = ["Classes"]


class Classes:
    """A union-find forest of memory; each class may have a class of elements."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.element: dict[str, str] = {}
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
            inner, outer = self.element.get(one), self.element.pop(other, None)
            if outer is not None and inner is None:
                self.element[one] = outer
            elif outer is not None and inner is not None:
                pending.append((inner, outer))
            if other in self.mutated:
                self.mutated.discard(other)
                self.mutated.add(one)

    def elements(self, name: str) -> str:
        root = self.find(name)
        if root not in self.element:
            self.element[root] = self.find(f"{root}[]")
        return self.element[root]

    def mutate(self, name: str) -> None:
        self.mutated.add(self.find(name))

    def is_mutated(self, name: str) -> bool:
        """Tell whether the memory of ``name``, or of what it holds, is changed."""
        seen: set[str] = set()
        root = self.find(name) if name else ""
        while root and root not in seen:
            if root in self.mutated:
                return True
            seen.add(root)
            if root not in self.element:
                return False
            root = self.find(self.element[root])
        return False
