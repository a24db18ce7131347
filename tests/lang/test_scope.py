"""Fresh names."""

from __future__ import annotations

from srcad.lang.scope import Scope, is_reserved


def test_fresh_name_is_no_word_of_python_and_no_builtin() -> None:
    scope = Scope()
    assert [scope.fresh(hint) for hint in ("del", "dict", "dx", "dx")] == ["del_1", "dict_1", "dx", "dx_1"]


def test_words_and_builtins_are_reserved() -> None:
    assert is_reserved("def") and is_reserved("divmod") and not is_reserved("dx")
