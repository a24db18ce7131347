"""Names: statics, dependencies, captured variables, places."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import gast
import numpy as np
import numpy as other
import pytest
from numpy import linalg
from numpy.linalg import solve as solver

import srcad.frontend
from srcad.frontend import normalize
from srcad.frontend.statics import canonical
from srcad.lang.scope import SortDependency
from srcad.lang.source import read
from tests.frontend.run import text_of

factor = 2.0


def helper(x):
    return x


def uses(x):
    return other.sin(solver(x, x)) + linalg.norm(x) * factor + helper(x) + other.pi + len(x)


def test_statics_and_dependencies():
    form = normalize(uses)
    statics = {
        "np.sin": np.sin,
        "np.linalg.solve": np.linalg.solve,
        "np.linalg.norm": np.linalg.norm,
        "len": len,
    }
    for name, value in statics.items():
        assert form.scope.statics[name] is value
    assert form.scope.statics["test_names.helper"] is helper
    assert form.scope.statics["np.pi"] == np.pi
    assert vars(form.scope.statics["test_names"])["factor"] == factor
    sorts = {d.name for d in form.scope.dependencies if isinstance(d, SortDependency)}
    assert sorts == {"factor"}
    assert {d.name for d in form.scope.dependencies} - sorts == {
        "other",
        "solver",
        "linalg",
        "helper",
        "__code__",
        "__defaults__",
    }
    assert all(d.holds() for d in form.scope.dependencies)
    assert "test_names.factor" in text_of(form)


def test_dependency_is_void_after_rebinding(monkeypatch):
    form = normalize(uses)
    monkeypatch.setitem(globals(), "helper", len)
    assert [d.name for d in form.scope.dependencies if not d.holds()] == ["helper"]


def test_captured_variables_are_trailing_parameters():
    scale, apply = 3.0, helper

    def inner(x):
        return apply(x) * scale

    form = normalize(inner)
    assert form.captured == ("scale",)
    assert [arg.id for arg in form.tree.args.args] == ["x", "scale"]


def test_every_statement_has_the_line_of_its_origin():
    form = normalize(uses)
    line = uses.__code__.co_firstlineno + 1
    assert {node.lineno for node in gast.walk(form.tree) if isinstance(node, gast.stmt)} <= {line - 1, line}


LAMBDAS = [lambda x: x + 1, lambda x: x * 2, lambda x: (lambda x: x - 1), lambda x: x]  # fmt: skip


TEXTS = ["x + 1", "x * 2", "lambda x: x - 1", "x"]


@pytest.mark.parametrize("func, text", list(zip(LAMBDAS, TEXTS)))
def test_lambdas_on_one_line(func, text):
    source = read(func)
    assert gast.unparse(source.tree.body).strip("()\n ") == text
    excerpt = source.locate(source.tree.body).excerpt().splitlines()
    assert excerpt[1].strip().startswith("LAMBDAS")


def test_inner_lambda_of_two_on_one_line():
    assert gast.unparse(read(LAMBDAS[2](0)).tree.body).strip("()\n ") == "x - 1"


@pytest.mark.parametrize("module", [m.name for m in pkgutil.iter_modules(srcad.frontend.__path__)])
def test_examples_in_the_documentation(module):
    found = importlib.import_module(f"srcad.frontend.{module}")
    assert doctest.testmod(found).failed == 0


@pytest.mark.parametrize(
    "path",
    [
        "scipy.integrate.solve_ivp", "scipy.special.logsumexp", "scipy.special.gamma", "scipy.linalg.cho_factor",
        "scipy.optimize.brentq", "functools.reduce", "operator.add", "collections.OrderedDict", "math.sin",
        "srcad.rules.reductions.sum_",
    ],
)  # fmt: skip
def test_a_library_function_is_called_by_its_public_name(path):
    module, _, name = path.rpartition(".")
    value = getattr(pytest.importorskip(module), name)

    assert canonical(value) == path
