"""Two names for one array: rebound names, views of views, buffers of rows, and what a copy keeps apart."""

import numpy as np

from tests.programs.corpus import program

X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])
A = np.array([[1.3, 0.4, -0.6, 0.9], [0.7, 1.8, 0.55, -0.3], [-0.8, 0.6, 1.1, 1.4], [0.2, -0.5, 0.95, 1.6]])


@program(X)
def name_rebound_before_the_array_changes(x):
    y = x
    y = y * 2
    x[0] = 5.0 * x[1]
    return np.sum(y * x)


@program(X)
def slices_exchanged_in_one_statement(x):
    lo, hi = x[:2], x[2:]
    lo[:], hi[:2] = hi[:2] * 1.0, lo * lo
    return np.prod(x)


@program(A)
def reshaped_window_is_a_copy_and_its_transpose_a_view(a):
    b = a[1:3, 1:3]
    c = b.reshape(-1)
    c *= 2
    b.T[0] += a[0, :2]
    return np.sum(a * a[::-1]) + np.sum(c)


@program(X)
def overlapping_windows_changed_in_turn(x):
    a = x[1:4]
    b = x[2:5]
    a += b * a
    b -= a[0]
    return np.sum(np.exp(-0.1 * x))


@program(A)
def layers_of_a_cube_with_a_row_added(a):
    b = np.zeros((2, 4, 4))
    b[0] = a
    b[1] = b[0].T
    b[:, 1, :] += b[:, 0, :]
    return np.einsum("ijk,ikj->", b, b)


@program(X)
def store_through_the_view_method(x):
    y = x.view()
    y[1] = x[0] ** 2
    return np.sum(x * x)


@program(X)
def names_that_trade_places_before_a_store(x):
    y = x.copy()
    for _ in range(3):
        y, x = x * y, y
        x[0] = y[1]
    return np.sum(np.log(x * y))


@program(X)
def row_buffer_with_previous_and_current(x):
    buffer = np.zeros((3, 5))
    previous = buffer[0]
    previous[:] = x
    for t in range(1, 3):
        current = buffer[t]
        current[1:] = previous[:-1] * previous[1:]
        current[0] = previous[0]
        previous = current
    return np.sum(buffer**2)


@program(A)
def transposed_and_swapped_views_changed(a):
    t = a.T
    t[0] = t[1] * 2
    b = a.swapaxes(0, 1)[1:]
    b += t[:-1]
    return np.sum(a * a)


@program(A)
def alias_ended_by_a_sum_that_is_no_alias(a):
    b = a
    b = b + 1
    c = b
    c -= a
    a *= b
    return np.sum(a * c)


@program(X)
def reversed_by_index_then_summed_in_a_full_slice(x):
    x[:] = x[[4, 3, 2, 1, 0]]
    y = x[:]
    y[1:4] = np.cumsum(y[1:4])
    return x**2 @ np.arange(5)


@program(X)
def view_of_a_view_of_a_buffer(x):
    u = np.zeros(5)
    v = u[1:]
    w = v[::2]
    w += x[:2]
    v *= x[1]
    u[0] = w[1]
    return np.sum(u**2)


@program(X)
def three_names_of_one_array_and_one_deleted(x):
    y = x
    z = y
    y += 1
    z *= y
    del y
    return z @ x


@program(A)
def asarray_shares_and_array_copies(a):
    b = np.asarray(a)
    c = np.array(a)
    b[0, 0] = c[1, 1] * 2
    d = np.ascontiguousarray(a.T)
    d[0] = 0
    return np.sum(a * c) + np.sum(d * d)


@program(A)
def diagonal_view_of_einsum_changed(a):
    d = np.einsum("ii->i", a)
    d *= a[0]
    d[1] = 3.0 * a[2, 3]
    return np.sum(a * a)
