"""Arrays that stand twice in one argument, or overlap there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad import SrcadError, grad, hessian, hvp, jacfwd, jacrev, jvp, tree, vjp

X = np.array([0.3, -0.7, 1.2])


def listed(p: Any) -> Any:
    if isinstance(p, np.ndarray):
        return [p]
    return [leaf for part in p for leaf in listed(part)]


def weighted(p: Any) -> Any:
    return sum(k * np.sum(leaf) for k, leaf in enumerate(listed(p), 1))


def weighted_leaves(p: Any) -> Any:
    return sum(k * np.sum(leaf) for k, leaf in enumerate(tree.leaves(p), 1))


def written(p: Any) -> Any:
    return np.sum(p[0]) + 2 * np.sum(p[1])


def shifted(p: Any) -> Any:
    p["a"][0] = p["b"][1] ** 2
    return np.sum(p["a"] ** 2) + 3 * np.sum(p["b"] ** 2)


def shifted_one(y: Any) -> Any:
    y = 1.0 * y
    return shifted({"a": y, "b": y})


def shared() -> dict[str, Any]:
    y = X.copy()
    return {"a": y, "b": y}


@pytest.mark.parametrize("function", [weighted, weighted_leaves])
def test_what_may_have_changed_them_and_has_not_is_refused_in_reverse_mode(function: Any) -> None:
    for given in ([X, X], [X[:2], X[1:]]):
        for derivative in (grad(function), jacrev(function), lambda p: vjp(function, p)[1](1.0)):
            with pytest.raises(SrcadError, match="share memory, and it is not known whether that is changed"):
                derivative(given)
    for given in ([X, X.copy()], [X[:2], X[2:]]):
        found = grad(function)(given)
        np.testing.assert_array_equal(found[0], np.ones_like(given[0]))
        np.testing.assert_array_equal(found[1], np.full_like(given[1], 2.0))


def test_forward_mode_needs_no_such_knowledge() -> None:
    first, second = jacfwd(weighted)([X, X])
    np.testing.assert_array_equal(first, np.ones(3))
    np.testing.assert_array_equal(second, np.full(3, 2.0))


def test_what_is_not_changed_has_a_gradient_for_each_place() -> None:
    first, second = grad(written)([X, X])
    np.testing.assert_array_equal(first, np.ones(3))
    np.testing.assert_array_equal(second, np.full(3, 2.0))


def test_what_is_changed_is_one_variable_that_moves_in_one_direction() -> None:
    expected = grad(shifted_one)(X)
    found = grad(shifted)(shared())
    np.testing.assert_allclose(found["a"], expected)
    np.testing.assert_allclose(found["b"], expected)
    direction = {"a": np.arange(3.0), "b": np.arange(3.0)}
    assert jvp(shifted, (shared(),), (direction,))[1] == pytest.approx(expected @ np.arange(3.0))
    with pytest.raises(SrcadError, match="they move in different directions"):
        jvp(shifted, (shared(),), ({"a": np.arange(3.0), "b": np.ones(3)},))
    with pytest.raises(SrcadError, match="they move in different directions"):
        jacfwd(shifted)(shared())


def test_second_derivatives_of_what_is_changed_are_refused() -> None:
    direction = {"a": np.ones(3), "b": np.ones(3)}
    slope = grad(lambda p: np.sum(grad(shifted)(p)["a"]))
    for derivative in (
        hessian(shifted),
        jacrev(grad(shifted)),
        jacrev(jacfwd(shifted)),
        lambda p: hvp(shifted)(p, direction),
        lambda p: vjp(grad(shifted), p)[1](direction),
        lambda p: [slope(p if k == 7 else {"a": X.copy(), "b": X.copy()}) for k in range(8)],
    ):
        with pytest.raises(SrcadError, match="share memory"):
            derivative(shared())
