"""The derivative rules, by topic; importing this package fills the registry."""

from srcad.rules import arrays, constants, ufuncs

__all__ = ["arrays", "constants", "ufuncs"]
