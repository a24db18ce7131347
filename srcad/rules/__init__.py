"""The derivative rules, by topic; importing this package fills the registry."""

from srcad.rules import arrays, constants, elementary, ufuncs

__all__ = ["arrays", "constants", "elementary", "ufuncs"]
