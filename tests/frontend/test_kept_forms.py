"""Normal forms are kept as long as nothing that they were made of has changed, and given out as copies."""

import functools
import types

import gast
import numpy as np
import pytest

from srcad import SrcadError, def_vjp, grad, value_and_grad
from srcad.frontend import kept_forms, normalize
from srcad.lang import texts
from srcad.lang.walking import nodes_in


def scaled(x):
    return 2.0 * x


def tripled(x):
    return 3.0 * x


def halves(xs):
    return [x / 2.0 for x in xs]


def late_halves(xs):
    return (x / 2.0 for x in xs)


def chosen(xs):
    return halves(xs)


def user(x):
    return scaled(x) + 1.0


def sums_late(x):
    values = chosen(x)
    x[0] = 0.0
    return sum(values)


def recursive(x, n):
    def power(k):
        return x if k == 0 else power(k - 1) * x

    return power(n)


def test_a_form_is_made_once_and_given_out_as_copies(monkeypatch):
    made = []
    monkeypatch.setattr("srcad.frontend._normalized", _counting("srcad.frontend._normalized", made))
    kept_forms.forget_forms()
    first, second = normalize(user), normalize(user)
    assert made == [user]
    nodes = {id(node) for node in nodes_in(first.tree) if not isinstance(node, (gast.Load, gast.Store))}
    assert not nodes & {id(node) for node in nodes_in(second.tree)}
    assert first.scope is not second.scope and first.scope.statics is not second.scope.statics


def _counting(path, made):
    module, _, title = path.rpartition(".")
    function = getattr(__import__(module, fromlist=[title]), title)

    def counted(func):
        made.append(func)
        return function(func)

    return counted


def test_a_function_that_is_rebound_is_seen_for_new_kinds_of_arguments(monkeypatch):
    assert grad(user)(1.0) == 2.0
    monkeypatch.setitem(globals(), "scaled", tripled)
    assert grad(user)(np.ones(())) == 3.0


def test_a_function_that_another_one_calls_is_seen_when_it_is_rebound(monkeypatch):
    x = np.array([2.0, 4.0])
    assert value_and_grad(sums_late)(x)[0] == 3.0
    monkeypatch.setitem(globals(), "halves", late_halves)
    with pytest.raises(SrcadError):
        value_and_grad(sums_late)(np.array([[2.0], [4.0]]))


def test_code_that_is_replaced_is_seen(monkeypatch):
    assert grad(user)(1.0) == 2.0
    monkeypatch.setattr(scaled, "__code__", tripled.__code__)
    assert grad(user)(np.float32(1.0)) == 3.0


def test_a_name_that_becomes_a_function_is_seen():
    module = types.ModuleType("kept_forms_module")
    text = "def f(x):\n    return x * scale if not callable(scale) else scale(x)\n"
    assert _run_in(module, text, scale=2.0)(1.0) == 2.0
    module.scale = tripled
    assert grad(module.f)(np.float64(1.0)) == 3.0


def _run_in(module, text, **names):
    file = f"<{module.__name__}>"
    texts.keep(file, text)
    vars(module).update(names)
    exec(compile(text, file, "exec"), vars(module))
    return grad(module.f)


def test_a_new_rule_is_seen():
    def helper(x):
        return x * 1.0

    assert grad(lambda x: helper(x))(1.0) == 1.0
    def_vjp(helper)(lambda ans, g, x: 5.0 * g)
    assert grad(lambda x: helper(x) * 1.0)(1.0) == 5.0


def test_what_captures_values_is_not_kept():
    def around(data):
        return lambda x: np.sum(x * data)

    function = around(np.ones(3))
    assert not kept_forms.is_kept(function)
    assert kept_forms.is_kept(user) and not kept_forms.is_kept(functools.partial(user))


def test_a_nested_function_is_one_however_often_the_function_around_it_is_read():
    static = [
        next(v for k, v in normalize(recursive).scope.statics.items() if k == "recursive_power")
        for _ in range(2)
    ]
    assert static[0] is static[1]
