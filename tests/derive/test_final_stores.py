"""Which stores are undone in the backward sweep: those whose old contents an earlier step's adjoint reads."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import check_grads, grad

RNG = np.random.default_rng(5)
VECTOR = RNG.uniform(0.5, 1.5, size=6)
MATRIX = RNG.normal(size=(5, 5)) + 5.0 * np.eye(5)


def substitution(L, x, b):
    for i in range(L.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
    return np.sum(x * x)


def from_the_end(U, x):
    n = len(x)
    for i in range(n - 1, -1, -1):
        x[i] -= U[i, i + 1 :] @ x[i + 1 :]
        x[i] /= U[i, i]
    return np.sum(x * x)


def elimination(A):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, n):
            A[i, j] -= A[i, :i] @ A[:i, j]
    return np.sum(A * A)


def recurrence(x):
    for i in range(2, len(x)):
        x[i] = x[i - 1] * x[i - 2]
    return np.sum(x)


def new_in_each_trip(x):
    total = 0.0
    for i in range(3):
        work = np.zeros(6)
        for k in range(4):
            work += x[k] * x
        total += np.sum(work * work) * (i + 1)
    return total


def scaled_twice(x, w):
    x *= w
    x += w
    return np.sum(x * x)


def column_after_column(A):
    m = A.shape[1]
    for j in range(1, m):
        A[:, j] = A[:, j - 1] * A[:, j]
    return np.sum(A[:, -1])


def divided(x, y):
    x /= y
    return np.sum(x * x)


UNSAVED = {
    "forward substitution": (substitution, (MATRIX, VECTOR[:5].copy(), VECTOR[1:].copy())),
    "back substitution": (from_the_end, (MATRIX, VECTOR[:5].copy())),
    "elimination": (elimination, (MATRIX,)),
    "a recurrence": (recurrence, (VECTOR,)),
    "memory that is new in each trip": (new_in_each_trip, (VECTOR,)),
    "a quotient in place": (divided, (VECTOR, VECTOR[::-1].copy())),
}


@pytest.mark.parametrize("program, args", UNSAVED.values(), ids=UNSAVED)
def test_nothing_is_saved_that_no_adjoint_reads(program, args):
    derivative = grad(program, argnums=tuple(range(len(args))))
    derivative(*args)
    assert "_before" not in derivative.source
    check_grads(program, args, argnums=tuple(range(len(args))))


def squares_from_the_left(x):
    for i in range(1, len(x)):
        x[i : i + 1] = x[i - 1 : i] * x[i : i + 1]
    return np.sum(x)


def neighbours_behind(x):
    for i in range(len(x) - 1):
        x[i : i + 1] = x[i : i + 1] * x[i + 1 : i + 2]
    return np.sum(x)


def from_behind(x):
    for i in range(3):
        part = x[i - 2 :]
        x[i - 1] = np.sum(part * part) * x[i]
    return np.sum(x * x)


def slice_from_behind(x):
    total = 0.0
    for i in range(3):
        total += np.sum(x[: i - 2] ** 2)
        x[4 - i] = 3.0 * x[i]
    return total + np.sum(x)


def one_buffer(x):
    work = np.zeros(6)
    total = 0.0
    for i in range(3):
        work[:] = x * (i + 1.0)
        total += np.sum(work**3)
    return total


def perhaps_new(x):
    work = np.zeros(6)
    total = 0.0
    for i in range(4):
        if i % 2 == 0:
            work = np.zeros(6)
        work[i] = x[i] * 2.0
        total += np.sum(work**3)
        work[i] = 7.0
    return total


def rows_of_views(A):
    for i in range(1, A.shape[0]):
        above = A[i - 1]
        row = A[i]
        row *= above
        above += 1.0
    return np.sum(A * A)


def transposed(A):
    B = A.T
    for i in range(A.shape[0]):
        B[i] *= A[0]
    return np.sum(A)


def while_loop(x):
    k = 0
    while k < 5:
        x[k : k + 1] = x[k : k + 1] * x[k + 1 : k + 2]
        k += 1
    return np.sum(x * x)


def strided(x):
    for i in range(0, 6, 2):
        x[i : i + 2] = x[i : i + 2] * x[i + 1]
    return np.sum(x)


def later_index(x, steps):
    k = 0
    for _ in range(steps):
        part = x[k : k + 1]
        x[k : k + 1] = part * x[k + 1]
        k = (k * 2 + 1) % 4
    return np.sum(x * x)


def divided_twice(x, y):
    x /= y
    x /= np.sum(y)
    return np.sum(x * x)


def divided_by_itself(x):
    x /= x[2:3]
    x[1:] /= x[:-1]
    return np.sum(x * x)


def bound_that_changes(x):
    n = 2
    for _ in range(3):
        y = x[:n] * x[:n]
        x[:n] = 2.0 * y
        n = n + 1
    return np.sum(x)


def parameter_bound_again(x, n, shorter):
    if shorter:
        n = 2
    total = 0.0
    for i in range(n, n + 1):
        total += np.sum(x[i:] ** 2)
    x[3:] = 5.0
    return total + np.sum(x)


def second_name_of_an_older_view(x):
    total = 0.0
    for i in range(4):
        rest = x[i:]
        for _ in range(min(i, 1)):
            total += np.sum(x[i - 1 : i] ** 2)
            older[0] = 0.3  # noqa: F821
        older = rest  # noqa: F841
    return total + np.sum(x)


def buffer_of_the_trip_before(x):
    total = 0.0
    for i in range(4):
        buffer = np.zeros(2)
        buffer[:] = x[i : i + 2] * 2.0
        for _ in range(min(i, 1)):
            older[1] = 7.0  # noqa: F821
            total += older[0]  # noqa: F821
        total += np.sum(buffer**2)
        older = buffer  # noqa: F841
    return total


SAVED = {
    "a factor": (squares_from_the_left, (VECTOR,)),
    "the next one": (neighbours_behind, (VECTOR,)),
    "negative indices": (from_behind, (VECTOR,)),
    "negative bounds": (slice_from_behind, (VECTOR,)),
    "a buffer": (one_buffer, (VECTOR,)),
    "a buffer that may be new": (perhaps_new, (VECTOR,)),
    "rows": (rows_of_views, (MATRIX,)),
    "a transposed view": (transposed, (MATRIX,)),
    "a while loop": (while_loop, (VECTOR,)),
    "steps of two": (strided, (VECTOR,)),
    "an index that jumps": (later_index, (VECTOR, 5)),
    "two quotients": (divided_twice, (VECTOR, VECTOR[::-1].copy())),
    "a divisor that changes": (divided_by_itself, (VECTOR,)),
    "a bound that changes": (bound_that_changes, (VECTOR,)),
    "a product and a sum": (scaled_twice, (VECTOR, VECTOR[::-1].copy())),
    "columns": (column_after_column, (MATRIX,)),
    "a parameter bound again": (parameter_bound_again, (VECTOR, 3, False)),
    "a name that a view had in the trip before": (second_name_of_an_older_view, (VECTOR,)),
    "memory of the trip before": (buffer_of_the_trip_before, (VECTOR,)),
}


@pytest.mark.parametrize("program, args", SAVED.values(), ids=SAVED)
def test_what_is_read_again_is_put_back(program, args):
    floats = tuple(k for k, arg in enumerate(args) if not isinstance(arg, int))
    check_grads(program, args, argnums=floats)
    derivative = grad(program, argnums=floats)
    derivative(*args)
    assert "_before" in derivative.source


def lengths_that_hang_on_each_other(u, factor):
    n = len(u)
    work = np.empty(n)

    def accumulated(right):
        work[0] = right[0] / factor
        for i in range(1, n):
            work[i] = right[i] + factor * np.sin(work[i - 1])
        return work

    for _ in range(2):
        u = accumulated(2.0 * u)
    return np.sum(u * u)


def test_an_argument_may_become_what_has_its_length():
    check_grads(lengths_that_hang_on_each_other, (VECTOR, 0.7), order=2)
