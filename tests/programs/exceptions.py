"""Programs that catch their own exceptions."""

import math

import numpy as np

from tests.programs.corpus import program


@program(0.7)
@program(0.3)
def raised_by_a_condition(x):
    try:
        if x > 0.5:
            raise ValueError("a")
        y = x * 2
    except ValueError:
        y = x**3
    else:
        y = y + x
    return y


@program(0.9)
def implicit_exceptions_in_a_loop(x):
    s = 0.0
    for i in range(5):
        try:
            t = x * i
            s = s + t
            u = 1.0 / (i - 2)
            s = s * u + math.sqrt(t - 1.0)
        except ZeroDivisionError:
            s = s * x
        except ValueError:
            s = s * 0.5
            continue
        finally:
            s = s + 0.1 * x
    return s


@program(np.array([1.2, 2.5, 0.7, 1.9]))
def index_error_after_stores(a):
    s = 0.0
    for i in range(6):
        try:
            v = a[i]
            a[i] = v * v
            if i == 1:
                continue
            if v > 100:
                break
        except IndexError:
            return s * 2
        s = s + a[i]
    return s


def inverse(x):
    if x < 1:
        raise ValueError("small")
    return 1 / x


@program(0.7)
@program(1.5)
@program(2.5)
def raised_in_a_callee_two_levels_up(x):
    try:
        try:
            y = inverse(x)
            y = y + inverse(x * 0.5)
        except TypeError:
            y = 0.0
    except ValueError:
        y = x * x
    return y


@program({"a": 2.0})
def missing_key(d):
    try:
        return d["k"] * 2
    except KeyError:
        return d["a"] * 3


@program(1.3)
def loop_left_by_an_exception(x):
    s = x
    try:
        for _ in range(10):
            s = s * x + 1
            if s > 5:
                raise StopIteration
    except StopIteration:
        s = s * 2
    return s


X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])
Y = np.array([0.8, -0.5, 0.6, 1.1, 0.35])


@program(X)
def second_of_two_stores_fails(x):
    try:
        x[0], x[9] = x[1] * 2, x[2]
    except IndexError:
        x[3] = x[0] * x[4]
    return np.sum(x**2)


@program(X)
def second_of_chained_targets_fails(x):
    d = {"a": x[0]}
    try:
        x[1] = d["b"]["c"] = x[0] * x[2]
    except KeyError:
        d["b"] = x[1] * 3
    return d["b"] * np.sum(x)


def check(v):
    if v > 2.5:
        raise ValueError
    return v * v


@program(X)
def list_filled_until_a_check_fails(x):
    out = []
    try:
        for v in x:
            out.append(check(v))
    except ValueError:
        out.append(x[0])
    return sum(out) * out[0]


class Integrator:
    def __init__(self, x):
        if x[0] > 100:
            raise ValueError
        self.x = x
        self.n = 0

    def step(self, dt):
        if dt > 1.0:
            raise ValueError("dt")
        self.x = self.x + dt * self.x**2 * 0.1
        self.n += 1
        return np.sum(self.x)


@program(X, 1.7)
def step_is_halved_until_it_is_accepted(x, dt):
    s = Integrator(x)
    total = 0.0
    for _ in range(4):
        try:
            total += s.step(dt)
        except ValueError:
            dt *= 0.5
    return total * s.n


def solve(a, b, n):
    x = np.zeros(n)
    for i in range(n):
        if a[i] < 0.5:
            raise ZeroDivisionError
        x[i] = b[i] / a[i]
    return x


@program(X, Y)
def solver_that_fails_on_its_own_array(a, b):
    try:
        x = solve(b, a, 3)
    except ZeroDivisionError:
        x = solve(a, b, 3)
    return np.sum(x**2)


@program(X, Y)
def attempts_collected_in_a_list(a, b):
    res = []
    for k in range(3):
        try:
            y = solve(a - k, b, 2)
            a[:2] += y
            res.append(y)
        except ZeroDivisionError:
            res.append(b[:2] * k)
            continue
        finally:
            b *= 0.9
    return sum(np.sum(r**2) for r in res) + np.sum(a)


@program(0.9)
@program(0.3)
def finally_whose_work_nobody_needs(x):
    y = x
    try:
        y = math.sin(y)
        if y > 0.5:
            raise ValueError
        y = math.tanh(y)
    except ValueError:
        y = y * 2
    finally:
        z = math.cos(y)
        z = z * y
    return y * x


@program(0.7)
@program(-0.7)
def call_made_for_its_exception(x):
    y = x
    try:
        math.log(x)
        y = 5.0 * x
    except ValueError:
        y = 3.0 * x * x
    return y


@program(0.7)
def text_that_is_no_number(x):
    total = x
    for text in ("2", "two"):
        try:
            float(text)
            total = total * x
        except ValueError:
            total = total + x * x
    return total


class Missing(Exception):
    def __init__(self, name, place):
        self.name, self.place = name, place


def described(error):
    return len(error.name) + error.place


class Noted:
    def __init__(self):
        self.entered = 0

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, kind, error, traceback):
        return False


@program(1.3, 0.4)
def contents_of_exceptions_that_hold_no_numbers(x, y):
    total, errors, guard = x, [], Noted()
    for k, name in enumerate(["a", "bb", "c"]):
        try:
            with guard:
                total = total * y
                if len(name) > 1:
                    raise Missing(name, k)
                total += x
        except Missing as error:
            errors.append(error)
            if error.name == "bb" and error.args == ("bb", 1):
                total += described(error) * x**2
    return total * errors[0].place * guard.entered


class Enough(Exception):
    pass


@program(0.5)
@program(0.1)
def arguments_of_an_exception_that_the_function_raises(x):
    try:
        y = 0.0
        for k in range(5):
            y = y + x * x
            if y > 0.6:
                raise Enough(y, k)
            if y < -3:
                raise KeyError("k")
    except (Enough, KeyError) as error:
        value, k = error.args
        return x * value * (k + 1)
    return x


@program(0.9)
@program(1.5)
def while_with_else_in_a_try(x):
    n, value = 0, x
    try:
        while n < 3:
            value, n = value * x, n + 1
            if value > 5:
                break
        else:
            value = value * 2
        if value > 1:
            raise ArithmeticError(value)
    except ArithmeticError as error:
        value = error.args[0] ** 2
    return value


@program(0.6)
def exceptions_of_ones_own_with_numbers_in_them(x):
    total = 0.0
    for k in range(3):
        try:
            total = total + x**k
            if total > 1:
                raise Enough(total, k)
        except Enough:
            total = total * x
    return total


class Diverged(Exception):
    """Newton's method has met a level place, or takes too long."""


def newton(f, slope, x, trips=20):
    for trip in range(trips):
        steepness = slope(x)
        if abs(steepness) < 1e-8:
            raise Diverged(f"level at trip {trip}")
        step = f(x) / steepness
        x = x - step
        if abs(step) < 1e-12:
            return x
    raise Diverged("too many trips")


@program(2.2)
def solver_that_gives_up_on_a_function_it_is_given(a):
    try:
        root = newton(lambda x: x * x + a, lambda x: 0.0 * x, a)
    except Diverged:
        root = 2 * a
    try:
        other = newton(lambda x: x**3 - a, lambda x: 3 * x * x, 1.0)
    except Diverged:
        other = 0.0
    else:
        other = other + a
    return root * other


@program(np.array([0.4, 0.3, 0.8]), 0.7)
def stores_that_raise_and_are_not_read(x, y):
    total = y
    try:
        x[9] = 1.0
    except LookupError:
        total = total * x[1]
    try:
        scaled = x * y
        scaled[7] += total
    except LookupError:
        total = total * x[2]
    try:
        copied = x * y
        copied[:2] = x
    except ValueError:
        total = total + x[0] * y
    try:
        copied += x[:2]
    except ValueError:
        total = total * y
    return total * np.sum(x * x)


@program(np.array([[0.4, 0.3], [0.8, 0.5]]), 0.7)
def store_that_raises_after_an_update_of_the_same_array(m, x):
    try:
        m[1] *= x
        m[9] = m[0]
    except LookupError:
        x = x * m[1, 1]
    return x * np.sum(m * m)
