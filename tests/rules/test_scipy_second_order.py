"""Second derivatives of solvers, integrals and interpolants of SciPy, of functions that hold numbers."""

import functools

import numpy as np
import pytest
from scipy.integrate import odeint, quad, solve_ivp
from scipy.interpolate import CubicSpline, interp1d, make_interp_spline
from scipy.optimize import brentq, fixed_point, fsolve, minimize, newton, root

import srcad
from srcad import grad, hvp, jvp

EXACT = {"rtol": 1e-8, "atol": 1e-9}
KNOTS = np.array([0.0, 0.5, 1.2, 2.0, 3.1])
PLACES = np.array([0.2, 0.9, 1.3, 2.7])


def cubic(x, a, b):
    return x**3 + a * x - b


class Held:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __call__(self, x):
        return cubic(x, self.a, self.b)

    def value(self, x):
        return cubic(x, self.a, self.b)

    def pair(self, x):
        return np.array([x[0] ** 3 + self.a * x[0] - self.b, x[1] - x[0] * self.a])

    def slope(self, t, y):
        return -self.a * y + self.b * t * y**2

    def grow(self):
        self.a = self.a * 1.5


def system(y, t, a, b):
    return [y[1] * a, -b * y[0] + 0.1 * y[1] ** 2 * t]


def of_lambda(a, b):
    return brentq(lambda x: x**3 + a * x - b, 0.0, 4.0) ** 2


def of_arguments(a, b):
    return brentq(cubic, 0.0, 4.0, args=(a, b)) * a


def of_partial(a, b):
    return brentq(functools.partial(cubic, a=a, b=b), 0.0, 4.0) * a


def of_instance(a, b):
    return newton(Held(a, b), 1.0) * a


def of_method(a, b):
    return brentq(Held(a, b).value, 0.0, 4.0) * a


def of_items(a, b):
    held = {"a": a, "b": [b]}
    return brentq(lambda x: x**3 + held["a"] * x - held["b"][0], 0.0, 4.0) * a


def of_system(a, b):
    return np.sum(root(Held(a, b).pair, [1.0, 1.0]).x ** 2)


def of_captured_system(a, b):
    return np.sum(fsolve(lambda x: np.array([x[0] ** 3 + a * x[0] - b, x[1] - x[0] * a]), [1.0, 1.0]) ** 2)


def of_fixed_point(a, b):
    return np.sum(fixed_point(lambda x: b + 0.3 * np.sin(a * x[::-1]), np.ones(2)) ** 3)


def of_integral(a, b):
    return quad(Held(a, b).value, a * 0.5, b)[0] * a


def of_infinite_integral(a, b):
    return quad(lambda x, c, d: np.exp(-c * x * x) * d * b, a, np.inf, args=(a * b, b))[0] * a


def of_odeint(a, b):
    return np.sum(odeint(system, [a, b], np.array([0.1 * b, 0.5, a]), args=(a, b), **EXACT) ** 2)


def of_odeint_method(a, b):
    return np.sum(odeint(Held(a, b).slope, a, [0.0, 0.5], tfirst=True, **EXACT))


def of_solve_ivp(a, b):
    return np.sum(solve_ivp(Held(a, b).slope, (0.1 * b, 0.5 * a), [a], method="LSODA", **EXACT).y[:, -1] ** 2)


def of_times(a, b):
    found = solve_ivp(
        lambda t, y: np.array(system(y, t, a, b)), (0.1, 1.0), [a, b], t_eval=[0.5, 0.9], **EXACT
    )
    return np.sum(found.y**2)


OF_NUMBERS = (
    of_lambda, of_arguments, of_partial, of_instance, of_method, of_items, of_system, of_captured_system,
    of_fixed_point, of_integral, of_infinite_integral, of_odeint, of_odeint_method, of_solve_ivp, of_times,
)  # fmt: skip


def differences(f, arguments, directions, step):
    moved = [[x + sign * step * d for x, d in zip(arguments, directions)] for sign in (1.0, -1.0)]
    first, second = f(*moved[0]), f(*moved[1])
    return [(p - m) / (2 * step) for p, m in zip(first, second)]


@pytest.mark.parametrize("program", OF_NUMBERS, ids=lambda f: f.__name__)
def test_first_and_second_order(program) -> None:
    point, direction = (1.3, 2.0), (0.7, -0.4)
    both = grad(program, (0, 1))
    slope = both(*point)
    (expected,) = differences(lambda *x: [program(*x)], point, direction, 1e-5)
    np.testing.assert_allclose(np.dot(slope, direction), expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(jvp(program, point, direction)[1], np.dot(slope, direction), rtol=1e-5)

    def along(a, b):
        slopes = grad(program, (0, 1))(a, b)
        return slopes[0] * direction[0] + slopes[1] * direction[1]

    second = differences(both, point, direction, 1e-5)
    np.testing.assert_allclose(hvp(program, (0, 1))(*point, direction), second, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(grad(along, (0, 1))(*point), second, rtol=1e-3, atol=1e-4)


def of_solve_ivp_with_arguments(a, b):
    def slope(t, y, c):
        return system(y, t, c, b)

    return np.sum(solve_ivp(slope, (a, 0.1 * b * a), [a * b, a], args=(a * b,), **EXACT).y[:, -1] ** 2)


OVER_FORWARD = (
    of_method, of_integral, of_infinite_integral, of_odeint, of_odeint_method, of_solve_ivp,
    of_solve_ivp_with_arguments,
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:The following arguments have no effect")
@pytest.mark.parametrize("program", OVER_FORWARD, ids=lambda f: f.__name__)
def test_reverse_and_forward_mode_over_forward_mode(program) -> None:
    def forward(a, b):
        return jvp(program, (a, b), (0.7, -0.4))[1]

    expected = hvp(program, (0, 1))(1.3, 2.0, (0.7, -0.4))
    np.testing.assert_allclose(grad(forward, (0, 1))(1.3, 2.0), expected, rtol=1e-7, atol=1e-8)
    along = jvp(forward, (1.3, 2.0), (0.2, 1.1))[1]
    # solved with one equation more, whose steps are others
    np.testing.assert_allclose(along, 0.2 * expected[0] + 1.1 * expected[1], rtol=1e-6, atol=1e-8)


def test_forward_mode_integrates_once_for_all_that_moves() -> None:
    def program(a, b):
        return quad(lambda x, c: c * x**2, a, b, args=(a * b,))[0]

    derivative = jvp(program)
    expected = differences(lambda *x: [program(*x)], (1.0, 2.0), (0.7, -0.4), 1e-5)
    np.testing.assert_allclose(derivative((1.0, 2.0), (0.7, -0.4))[1], expected[0], rtol=1e-8)
    assert derivative.source.count("quad_moved(") == 1


def test_forward_over_forward_mode_by_the_start_alone() -> None:
    def program(start, end):
        times = np.array([start, 0.5, end])
        return np.sum(odeint(lambda y, t: -y * t + 0.3 * y**2, [1.2], times, **EXACT) ** 2)

    def forward(start, end):
        return jvp(program, (start, end), (1.0, 0.5))[1]

    second = differences(grad(program, (0, 1)), (0.2, 1.1), (1.0, 0.5), 1e-5)
    np.testing.assert_allclose(
        jvp(forward, (0.2, 1.1), (1.0, 0.5))[1], second[0] + 0.5 * second[1], rtol=1e-4
    )


def test_a_third_derivative_and_a_tolerance_that_moves_are_refused() -> None:
    def tolerant(a):
        options = {"rtol": 1e-7 * a, "atol": 1e-8}
        return np.sum(odeint(lambda y, t: -a * y, [1.0], [0.0, 1.0], **options))

    def twice(a):
        return jvp(lambda a: jvp(tolerant, (a,), (1.0,))[1], (a,), (1.0,))[1]

    def third(a):
        return hvp(lambda a: of_odeint(a, 2.0))(a, 1.0)

    for program, message in ((tolerant, "'rtol'"), (twice, "'rtol'"), (third, "third derivative")):
        with pytest.raises(srcad.SrcadError, match=message) as caught:
            jvp(program, (1.3,), (1.0,))
        assert caught.value.location is not None and caught.value.location.file == __file__


def test_second_order_of_a_minimum() -> None:
    def program(a, b):
        found = minimize(lambda x: np.sum((x - np.array([a, a * b])) ** 2) * (1.0 + b), np.ones(2), tol=1e-10)
        return found.x[0] * found.x[1] + 0.5 * found.fun

    np.testing.assert_allclose(grad(program)(1.3, 2.0), 2 * 1.3 * 2.0, rtol=1e-6)
    np.testing.assert_allclose(hvp(program, (0, 1))(1.3, 2.0, (1.0, 0.0)), (4.0, 2.6), rtol=1e-5)
    forward = jvp(lambda a, b: jvp(program, (a, b), (1.0, 0.0))[1], (1.3, 2.0), (0.0, 1.0))[1]
    np.testing.assert_allclose(forward, 2.6, rtol=1e-5)


INTERPOLATED = {
    "cubic": lambda y, x: np.sum(CubicSpline(KNOTS, y)(x) ** 2),
    "derivative": lambda y, x: np.sum(CubicSpline(KNOTS, y, bc_type="natural")(x, 1) ** 2 * x),
    "b-spline": lambda y, x: np.sum(make_interp_spline(KNOTS, y, k=2)(x) ** 3),
    "linear": lambda y, x: np.sum(interp1d(KNOTS, y)(x) ** 2),
    "quadratic": lambda y, x: np.sum(interp1d(KNOTS, y, kind="quadratic")(x) ** 2),
    "nearest": lambda y, x: np.sum(interp1d(KNOTS, y, kind="nearest")(x) ** 2 * x),
    "beyond": lambda y, x: np.sum(interp1d(KNOTS, y, bounds_error=False, fill_value=0.0)(x * 1.4) ** 2),
}


@pytest.mark.parametrize("title", INTERPOLATED)
def test_second_order_of_interpolants(title: str) -> None:
    program = INTERPOLATED[title]
    y = np.array([0.3, 1.1, -0.4, 0.8, 0.2])
    along = (np.linspace(-1.0, 1.0, 5), np.linspace(0.5, -1.0, 4))
    expected = differences(grad(program, (0, 1)), (y, PLACES), along, 1e-6)
    found = hvp(program, (0, 1))(y, PLACES, along)

    def of_slopes(y, x):
        slopes = grad(program, (0, 1))(y, x)
        return np.sum(slopes[0] * along[0]) + np.sum(slopes[1] * along[1])

    again = grad(of_slopes, (0, 1))(y, PLACES)
    for part, other, wanted in zip(found, again, expected):
        np.testing.assert_allclose(part, wanted, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(other, wanted, rtol=1e-5, atol=1e-6)


def changes_an_instance(a, b):
    held = Held(a, b)
    total = 0.0
    for _ in range(3):
        total += brentq(held, 0.0, 4.0) + quad(lambda x: held.value(x), 0.0, 1.0)[0]
        held.grow()
    return total


def changes_an_attribute(a, b):
    held = Held(a, b)
    found = brentq(held.value, 0.0, 4.0)
    held.a = 5.0
    return found


def changes_an_argument(a, b):
    held = {"a": a, "b": b}
    found = brentq(lambda x, held: cubic(x, held["a"], held["b"]), 0.0, 4.0, args=(held,))
    held["a"] = 5.0
    return found * held["b"]


@pytest.mark.parametrize("program", (changes_an_instance, changes_an_attribute, changes_an_argument))
def test_what_changes_after_the_call_is_kept(program) -> None:
    (expected,) = differences(lambda *x: [program(*x)], (1.3, 2.0), (0.7, -0.4), 1e-5)
    np.testing.assert_allclose(np.dot(grad(program, (0, 1))(1.3, 2.0), (0.7, -0.4)), expected, rtol=1e-6)


def test_a_solution_that_an_event_ends_and_an_interpolant_are_refused() -> None:
    def crosses(t, y):
        return y[0] - 0.5

    crosses.terminal = True

    def ended(a):
        return solve_ivp(lambda t, y: -a * y, (0.0, 3.0), [1.0], events=crosses).y[0, -1]

    def dense(a):
        return solve_ivp(lambda t, y: -a * y, (0.0, 3.0), [1.0], dense_output=True).sol(0.5)[0]

    for program, message in ((ended, "an event"), (dense, "t_eval")):
        with pytest.raises(srcad.SrcadError, match=message) as caught:
            grad(program)(1.0)
        assert caught.value.location is not None
