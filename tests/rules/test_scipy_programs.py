"""Programs that hand functions to SciPy, or make and call its objects, against difference quotients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.optimize
import scipy.sparse
import scipy.stats
from scipy.integrate import odeint, quad, solve_ivp
from scipy.interpolate import CubicSpline, interp1d, make_interp_spline
from scipy.optimize import brentq, fixed_point, fsolve, minimize, minimize_scalar, newton, root, root_scalar
from scipy.sparse.linalg import spsolve
from scipy.stats import norm

from srcad import check_grads, grad, hvp, jvp
from srcad.errors import NoDerivativeError, SrcadError

MATRIX = np.array([[2.0, 0.3], [0.1, 1.5]])
KNOTS = np.array([0.0, 0.4, 1.1, 1.7, 2.2])
VALUES = np.array([1.0, 0.3, -0.4, 0.9, 0.2])
POINTS = np.array([0.2, 0.9, 2.0])
PAIR = np.array([1.2, 0.4])
SPARSE = scipy.sparse.csr_array(np.array([[3.0, 0.0, 1.0], [0.0, 2.0, 0.0], [1.0, 0.5, 4.0]]))
SPLINE = CubicSpline(KNOTS, VALUES)


def quotient(f: Callable[..., Any], args: tuple[Any, ...], position: int) -> Any:
    """Return the gradient by central differences of fourth order."""
    x, h = np.asarray(args[position], dtype=float), 1e-3
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        values = []
        for step in (h, -h, 2 * h, -2 * h):
            moved = x.copy()
            moved[index] += step
            at = moved if x.shape else float(moved)
            values.append(f(*args[:position], at, *args[position + 1 :]))
        result[index] = (8 * (values[0] - values[1]) - (values[2] - values[3])) / (12 * h)
    return result


def assert_right(f: Callable[..., Any], *args: Any, rtol: float = 1e-6) -> None:
    """Compare the gradients of all arguments with difference quotients."""
    found = grad(f, argnums=tuple(range(len(args))))(*args)
    for position, gradient in enumerate(found):
        np.testing.assert_allclose(gradient, quotient(f, args, position), rtol=rtol, atol=1e-7)


# -- scipy.integrate ---------------------------------------------------------------------------------


def integral_of_closure(p: Any, end: Any) -> Any:
    return quad(lambda x: np.exp(-p * x * x), 0.0, end)[0]


def integral_with_args(p: Any, start: Any) -> Any:
    def integrand(x: Any, q: Any, scale: Any) -> Any:
        return np.sin(q * x) * scale

    return scipy.integrate.quad(integrand, start, 1.4, args=(p, 2.0 * p))[0]


def integral_to_infinity(p: Any) -> Any:
    return quad(lambda x: np.exp(-p * x), 0.0, np.inf)[0]


def orbit(k: Any, start: Any) -> Any:
    def slope(y: Any, t: Any) -> Any:
        return np.array([y[1], -k[0] * y[0] - k[1] * y[1] * t])

    states = odeint(slope, start, np.linspace(0.0, 1.0, 4), rtol=1e-11, atol=1e-11)
    return np.sum(states**2)


def orbit_at_times(times: Any, rate: Any) -> Any:
    def slope(t: Any, y: Any, r: Any) -> Any:
        return [-r * y[0] * t]

    states = odeint(slope, [1.5], times, args=(rate,), tfirst=True, rtol=1e-11, atol=1e-11)
    return np.sum(states**2)


def initial_value_problem(k: Any, start: Any) -> Any:
    def slope(t: Any, y: Any) -> Any:
        return np.array([y[1], -k[0] * y[0] - k[1] * y[1] * t])

    solution = solve_ivp(slope, (0.0, 1.0), start, t_eval=[0.0, 0.3, 1.0], rtol=1e-11, atol=1e-11)
    return np.sum(solution.y**2)


def state_at_the_end(rate: Any, end: Any) -> Any:
    def slope(t: Any, y: Any, r: Any) -> Any:
        return -r * y

    solution = solve_ivp(slope, (0.0, end), np.array([1.5]), args=(rate,), rtol=1e-11, atol=1e-11)
    return solution.y[0, -1] ** 2


@pytest.mark.parametrize("program", [integral_of_closure, integral_with_args])
def test_quad(program: Callable[..., Any]) -> None:
    assert_right(program, 1.3, 0.8)


def test_quad_to_infinity() -> None:
    assert_right(integral_to_infinity, 1.3)


@pytest.mark.parametrize("program", [orbit, initial_value_problem])
def test_initial_value_problems(program: Callable[..., Any]) -> None:
    assert_right(program, np.array([2.0, 0.3]), np.array([1.0, 0.2]))


def test_odeint_in_the_times_and_in_args() -> None:
    assert_right(orbit_at_times, np.array([0.1, 0.5, 1.0]), 1.3)


def test_solve_ivp_in_the_end_of_the_span() -> None:
    assert_right(state_at_the_end, 1.3, 0.8)


def test_times_that_the_solver_chooses_are_refused() -> None:
    def program(rate: Any) -> Any:
        return np.sum(solve_ivp(lambda t, y: -rate * y, (0.0, 1.0), [1.0]).y)

    with pytest.raises(SrcadError, match="t_eval"):
        grad(program)(1.3)


def trapezoids(y: Any) -> Any:
    parts = (
        scipy.integrate.trapezoid(y),
        scipy.integrate.trapezoid(y, dx=0.3),
        scipy.integrate.trapezoid(y, x=np.array([0.0, 0.3, 1.0])),
        scipy.integrate.trapezoid(y, np.array([[0.0], [0.3]]) * np.ones(3), axis=0),
    )
    return np.sum(parts[0] ** 2) + np.sum(parts[1] ** 3) + np.sum(parts[2] ** 2) + np.sum(parts[3] ** 3)


def test_the_trapezoidal_rule() -> None:
    assert_right(trapezoids, np.arange(6.0).reshape(2, 3) / 3 + 0.3)


# -- scipy.optimize ----------------------------------------------------------------------------------


def root_of_closure(p: Any, q: Any) -> Any:
    return brentq(lambda x: x**3 + p * x - q, 0.0, 2.0)


def roots_of_many(p: Any, q: Any) -> Any:
    def f(x: Any, r: Any) -> Any:
        return np.exp(x) * p - r

    return np.sum(newton(f, np.array([0.1, 0.2]), args=(q * np.array([1.0, 2.0]),), tol=1e-13) ** 2)


def root_object(p: Any, q: Any) -> Any:
    return root_scalar(lambda x: x**3 - p * q, bracket=(0.0, 3.0)).root


@pytest.mark.parametrize("program", [root_of_closure, roots_of_many, root_object])
def test_roots_of_one_equation(program: Callable[..., Any]) -> None:
    assert_right(program, 1.3, 2.1)


@pytest.mark.parametrize("name", ["bisect", "ridder", "brenth", "toms748"])
def test_every_bracketing_solver(name: str) -> None:
    solver = getattr(scipy.optimize, name)

    def program(p: Any, q: Any) -> Any:
        return solver(lambda x, r: x**3 + p * x - r, 0.0, 2.0, args=(q,), xtol=1e-13)

    assert_right(program, 1.3, 2.1)


def root_of_system(p: Any, q: Any) -> Any:
    solution = root(lambda x: MATRIX @ x + q * np.sin(x) - p, np.zeros(2), tol=1e-13)
    return np.sum(solution.x**2)


def root_of_list(p: Any, q: Any) -> Any:
    def f(x: Any) -> Any:
        return [x[0] * 2.0 + x[1] * q - p[0], x[1] ** 3 + x[1] - p[1]]

    solution = fsolve(f, np.ones(2), xtol=1e-13)
    return solution[0] * solution[1]


def fixed(p: Any, q: Any) -> Any:
    x = fixed_point(lambda x: 0.5 * np.cos(p * x) + q * 0.1 * np.roll(x, 1), np.ones(2) * 0.5, xtol=1e-14)
    return np.sum(x * x * np.array([1.0, 2.0]))


@pytest.mark.parametrize("program", [root_of_system, root_of_list, fixed])
def test_systems_and_fixed_points(program: Callable[..., Any]) -> None:
    assert_right(program, PAIR, 0.3)


def minimum(p: Any, q: Any) -> Any:
    def f(x: Any) -> Any:
        return np.sum((x - p) ** 2) + q * np.sum(x**4) + 0.2 * x[0] * x[1]

    solution = minimize(f, np.zeros(2), method="BFGS", options={"gtol": 1e-10})
    return solution.x[0] * solution.x[1] + 3.0 * solution.fun


def minimum_with_args(p: Any, q: Any) -> Any:
    def f(x: Any, a: Any, b: Any) -> Any:
        return np.sum((x - a) ** 2) + b * np.sum(x**4)

    return np.sum(minimize(f, np.zeros(2), args=(p, q), method="BFGS", options={"gtol": 1e-10}).x ** 3)


@pytest.mark.parametrize("program", [minimum, minimum_with_args])
def test_minima(program: Callable[..., Any]) -> None:
    assert_right(program, PAIR, 0.3, rtol=2e-4)  # the accuracy of SciPy's minima


def test_the_minimum_of_one_variable() -> None:
    def program(p: Any, q: Any) -> Any:
        solution = minimize_scalar(lambda x: (x - p) ** 2 + q * x**4, tol=1e-12)
        return solution.x * 2.0 + solution.fun

    assert_right(program, 1.2, 0.4, rtol=1e-4)


def test_a_double_root_is_refused() -> None:
    def program(p: Any) -> Any:
        return newton(lambda x: p * x * x, 0.0, fprime=lambda x: 2.0 * x + 1.0)

    with pytest.raises(SrcadError, match="slope"):
        grad(program)(1.3)


def test_constraints_are_refused() -> None:
    def program(p: Any) -> Any:
        return minimize(
            lambda x: np.sum((x - p) ** 2), np.zeros(1), constraints={"type": "eq", "fun": np.sum}
        ).x[0]

    with pytest.raises(SrcadError, match="constraints"):
        grad(program)(0.3)


def root_with_args(p: Any, q: Any) -> Any:
    def f(x: Any, r: Any) -> Any:
        return x**3 + p * x - r

    return brentq(f, 0.0, 2.0 + p, args=(q,))


FORWARD = (root_of_closure, root_with_args, roots_of_many, integral_of_closure, integral_with_args)


@pytest.mark.parametrize("program", FORWARD)
def test_forward_mode_agrees_with_reverse(program: Callable[..., Any]) -> None:
    tangent = jvp(program, (1.3, 0.8), (0.7, -0.4))[1]
    first, second = grad(program, argnums=(0, 1))(1.3, 0.8)
    np.testing.assert_allclose(tangent, 0.7 * first - 0.4 * second, rtol=1e-7)


# -- scipy.interpolate -------------------------------------------------------------------------------


def cubic(y: Any, x: Any) -> Any:
    spline = CubicSpline(KNOTS, y)
    return np.sum(spline(x) ** 2) + spline(x, 1)[0]


def natural(y: Any, x: Any) -> Any:
    return np.sum(CubicSpline(KNOTS, y, bc_type="natural")(x) ** 3)


def b_spline(y: Any, x: Any) -> Any:
    return np.sum(make_interp_spline(KNOTS, y)(x) ** 2)


def linear(y: Any, x: Any) -> Any:
    return np.sum(interp1d(KNOTS, y)(x) ** 2)


def cubic_of_interp1d(y: Any, x: Any) -> Any:
    return np.sum(scipy.interpolate.interp1d(KNOTS, y, kind="cubic")(x) ** 2)


@pytest.mark.parametrize("program", [cubic, natural, b_spline, linear, cubic_of_interp1d])
def test_interpolants_in_values_and_argument(program: Callable[..., Any]) -> None:
    assert_right(program, VALUES, POINTS)


def test_a_spline_of_the_users_in_its_argument() -> None:
    assert_right(lambda x: np.sum(SPLINE(x) ** 2), POINTS)


# -- scipy.sparse and scipy.stats --------------------------------------------------------------------


def products(x: Any) -> Any:
    return (
        np.sum((SPARSE @ x) ** 2)
        + np.sum((x @ SPARSE) ** 3)
        + np.sum(SPARSE.dot(x))
        + np.sum((SPARSE.T @ x) ** 2)
    )


def test_products_with_a_sparse_matrix() -> None:
    assert_right(products, POINTS)


def test_solutions_with_a_sparse_matrix() -> None:
    assert_right(lambda x: np.sum(spsolve(SPARSE, x) ** 2), POINTS)


def likelihood(x: Any, m: Any) -> Any:
    return np.sum(norm.logpdf(x, m, 0.7)) + np.sum(scipy.stats.gamma.logpdf(x, 1.5 + m, scale=2.0))


def test_densities_in_data_and_parameters() -> None:
    assert_right(likelihood, POINTS, 0.3)


def test_the_rule_of_a_density_is_written_out() -> None:
    derivative = grad(likelihood, argnums=(0, 1))
    derivative(POINTS, 0.3)
    assert "scipy.stats.norm.logpdf(x, m, 0.7)" in derivative.source or "norm.logpdf" in derivative.source
    assert "call_method" not in derivative.source


def test_outside_of_the_support_a_density_is_constant() -> None:
    def program(x: Any, rate: Any) -> Any:
        return scipy.stats.expon.pdf(x, scale=rate)

    assert grad(program, argnums=(0, 1))(-0.5, 1.3) == (0.0, 0.0)


def test_the_second_derivative_of_a_log_density() -> None:
    def first(x: Any) -> Any:
        return grad(lambda z: scipy.stats.norm.logpdf(z, 0.0, 2.0))(x)

    np.testing.assert_allclose(grad(first)(0.7), -0.25)


def integral_of_a_variable_that_changes_afterwards(a: Any, b: Any) -> Any:
    area = scipy.integrate.quad(lambda t: np.sin(t * a), 0.0, b)[0]
    a = a * 1.25
    return area * a


def integrals_in_a_loop(a: Any, b: Any) -> Any:
    total = 0.0
    for _ in range(2):
        total = total + scipy.integrate.quad(lambda t: np.sin(t * a), 0.0, b)[0]  # noqa: B023
        a = a * 1.25
    return total


@pytest.mark.parametrize("program", [integral_of_a_variable_that_changes_afterwards, integrals_in_a_loop])
def test_an_integrand_reads_a_variable_as_it_was(program: Any) -> None:
    found = grad(program, argnums=(0, 1))(0.7, 1.3)
    expected = [
        (program(0.7 + da, 1.3 + db) - program(0.7 - da, 1.3 - db)) / 2e-6
        for da, db in ((1e-6, 0.0), (0.0, 1e-6))
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("function", [scipy.linalg.hessenberg, scipy.linalg.schur])
def test_functions_of_scipy_that_are_refused_are_not_read_as_the_users_own(function: Any) -> None:
    def program(x: Any) -> Any:
        return np.sum(function(x)[0])

    with pytest.raises(NoDerivativeError, match="has no derivative rule"):
        grad(program)(np.eye(3) + 0.1)


def test_concentrations_may_be_a_list() -> None:
    def likelihood(x: Any) -> Any:
        return scipy.stats.dirichlet.logpdf(x / np.sum(x), [1.5, 2.0, 2.5])

    check_grads(likelihood, (np.array([0.4, 0.9, 0.7]),), order=2, rtol=1e-4)


FROZEN: dict[str, Any] = {
    "norm": lambda x: np.sum(scipy.stats.norm(x[0], scale=1.0 + x[1] ** 2).logpdf(x)),
    "gamma, kept": lambda x: frozen_gamma(x),
    "estimated": lambda x: np.sum(scipy.stats.norm(np.mean(x), np.std(x)).cdf(x * 1.1)),
    "poisson": lambda x: np.sum(scipy.stats.poisson(1.0 + x[0] ** 2).logpmf(np.array([0, 1, 3]))),
    "multivariate": lambda x: scipy.stats.multivariate_normal(x, np.eye(3) * (1 + x[0] ** 2)).logpdf(x * x),
    "listed": lambda x: sum([scipy.stats.laplace(x[0], 1.5).logpdf(v * v) for v in x]),
}


def frozen_gamma(x):
    law = scipy.stats.gamma(1.5 + x[0], scale=1.2)
    return law.logpdf(2.0) * law.cdf(1.0) + law.ppf(0.3)


@pytest.mark.parametrize("program", FROZEN.values(), ids=FROZEN)
def test_distributions_with_fixed_parameters(program: Any) -> None:
    check_grads(program, (np.array([0.4, 0.9, 0.7]),), order=2, rtol=1e-4, atol=1e-5)


def test_what_a_distribution_with_fixed_parameters_does_else_is_refused_at_the_users_line() -> None:
    def program(x: Any) -> Any:
        return scipy.stats.norm(x, 1.0).moment(3)

    with pytest.raises(NoDerivativeError) as caught:
        grad(program)(0.3)
    assert caught.value.location is not None and caught.value.location.file == __file__


def flow_through_a_matrix_made_inside(x: Any) -> Any:
    matrix = scipy.sparse.csr_array(np.diag([1.0, 2.0, 3.0]))
    return np.sum((matrix @ x) ** 3)


def test_a_second_derivative_beside_a_sparse_matrix_is_right_or_refused_at_the_line_of_the_program() -> None:
    np.testing.assert_allclose(grad(flow_through_a_matrix_made_inside)(np.ones(3)), [3.0, 24.0, 81.0])
    product = hvp(flow_through_a_matrix_made_inside)(np.ones(3), np.ones(3))
    np.testing.assert_allclose(product, [6.0, 48.0, 162.0])
    with pytest.raises(SrcadError) as caught:
        grad(lambda x: jvp(flow_through_a_matrix_made_inside, (x,), (np.ones(3),))[1])(np.ones(3))
    assert caught.value.location is not None
    assert caught.value.location.file == __file__


def shared_with_ctypes(x: Any) -> Any:
    return np.ctypeslib.as_ctypes(x)[0] * 2.0


def test_memory_shared_with_ctypes_is_refused_in_both_modes() -> None:
    for derivative in (
        lambda: grad(shared_with_ctypes)(POINTS),
        lambda: jvp(shared_with_ctypes, (POINTS,), (POINTS,)),
    ):
        with pytest.raises(NoDerivativeError, match="ctypes"):
            derivative()
