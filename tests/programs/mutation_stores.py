"""Stores into arrays: elements, slices, masks, index arrays, functions that write, dtypes, overlaps."""

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7, 0.9, 0.4])
Y = np.array([0.8, -0.5, 0.6, 1.1, -0.9])
A = np.array([[0.3, 0.2, -0.6], [0.5, -0.4, 1.1]])
S = np.array([[0.4, 1.3, -0.2], [0.7, 0.5, -1.1], [-0.6, 0.9, 0.8]])
SINGLE = X.astype(np.float32)


@program(X, 0.7)
def element(x, s):
    x[2] = s * s
    return x * x


@program(X)
def element_by_negative_index(x):
    x[-1] = x[0] * x[-2]
    return np.sum(x * x)


@program(X)
def element_overwritten_twice(x):
    x[1] = x[0] ** 2
    x[1] = x[1] * x[2]
    x[1] = np.sin(x[1])
    return x * X


@program(X, Y)
def element_by_every_operator(x, y):
    x[0] += y[0]
    x[1] -= y[1] * x[0]
    x[2] *= y[2]
    x[3] /= y[3] + 2.0
    x[4] **= 2
    return x * x


@program(X)
def element_by_modulus_and_floor(x):
    x[0] %= 0.4
    x[1] //= 0.5
    return np.sum(x * x)


@program(X, Y)
def slice_from_array(x, y):
    x[1:4] = y[:3] * x[2:]
    return x * x


@program(X, 0.7)
def slice_from_scalar(x, s):
    x[1:4] = s
    return x * x


@program(X, Y)
def slice_by_every_operator(x, y):
    x[:2] += y[:2] * x[1:3]
    x[1:3] -= np.sin(y[1:3])
    x[2:4] *= y[2:4]
    x[3:] /= 2.0 + y[3:] ** 2
    x[:2] **= 2
    return np.sum(x * y)


@program(S, A)
def matrix_product_operator(s, a):
    b = a.copy()
    b @= s
    b[0] @= s
    return b


@program(X, Y)
def negative_step(x, y):
    x[::-1] = x * y
    return x * x


@program(X, Y)
def negative_step_from_the_middle(x, y):
    x[3:0:-1] *= y[:3]
    x[::-2] += y[::2]
    return x * x


@program(X)
def reversed_in_place(x):
    x[:] = x[::-1]
    return x * X


@program(X, Y)
def everything_by_ellipsis(x, y):
    x[...] = x * y
    return x * x


@program(X, 0.4)
def everything_by_a_scalar(x, s):
    x[:] = s
    x[0] = s * s
    return x * X


@program(S, X[:3])
def row_and_column(a, x):
    a[1, :] = x * a[0]
    a[:, 2] += a[:, 0] * x
    return a * a


@program(S)
def block(a):
    a[1:, :2] = a[:2, 1:] * a[1:, :2]
    a[..., 0] *= a[..., 1]
    return a * a


@program(S)
def block_with_steps(a):
    a[::2, ::-2] *= a[0, 0]
    return a * a


@program(X, Y)
def boolean_mask(x, y):
    x[x > 0.35] = 0.5
    x[y < 0.0] *= y[y < 0.0]
    return x * x


@program(X)
def boolean_mask_with_values(x):
    mask = x > 0.35
    x[mask] = x[mask] ** 2 * x[0]
    return x * x


@program(S)
def boolean_mask_of_a_matrix(a):
    a[a < 0.0] = np.sum(a)
    a[np.abs(a) > 1.0] /= a[0, 0]
    return a * a


@program(S)
def boolean_mask_of_rows(a):
    a[np.array([True, False, True])] *= a[1]
    return a * a


@program(X, Y)
def index_array(x, y):
    x[[0, 3]] = y[[1, 2]] * x[[3, 0]]
    x[np.array([4, 1])] += y[:2]
    return x * x


@program(X, Y)
def repeated_indices_keep_the_last(x, y):
    x[[1, 3, 1, 1]] = y[:4]
    return x * x


@program(X, Y)
def repeated_indices_under_an_operator(x, y):
    x[[1, 3, 1]] += y[:3]
    x[[0, 0, 2]] *= y[1:4]
    return x * x


@program(S, Y)
def index_arrays_of_two_axes(a, y):
    a[[0, 1, 2], [2, 0, 2]] = y[:3]
    a[[0, 0], [1, 1]] += y[:2]
    return a * a


@program(S, Y)
def index_array_with_slice(a, y):
    a[[2, 0], 1:] *= y[:2]
    a[1, [0, 2]] = y[3:]
    return a * a


@program(S, X[:3])
def open_mesh(a, x):
    a[np.ix_([0, 2], [1, 2])] = x[:2] * a[1, 1]
    return a * a


@program(S, X[:3])
def broadcasting_store(a, x):
    a[:2] = x
    a[:, 1:] *= x[:, None][:, :1]
    a[:, 0] = x[2]
    return a * a


@program(X, 0.6)
def store_of_a_list(x, s):
    x[1:4] = [s, s * s, x[0]]
    return x * x


@program(S, 0.6)
def store_of_nested_lists(a, s):
    a[:2, :2] = [[s, 1.0], [a[0, 1], s * s]]
    return a * a


@program(X, Y)
def new_axis_in_a_store(x, y):
    x[None, 1:3] = y[None, :2] * x[:2]
    return x * x


@program(X, 0.6)
def fill(x, s):
    total = np.sum(x)
    x.fill(s * total)
    return x * X


@program(X, Y)
def copyto(x, y):
    np.copyto(x[1:], y[:-1] * x[:-1])
    return x * x


@program(X, Y)
def copyto_where(x, y):
    np.copyto(x, y * 2.0, where=x > 0.35)
    return x * x


@program(X, Y)
def put(x, y):
    np.put(x, [0, 3], y[:2] * x[0])
    return x * x


@program(S, Y)
def put_with_repeats(a, y):
    np.put(a, [1, 4, 1], y[:3])
    return a * a


@program(S, Y)
def put_along_axis(a, y):
    order = np.array([[0], [2], [1]])
    np.put_along_axis(a, order, y[:3, None] * a[:, :1], axis=1)
    return a * a


@program(X, Y)
def place(x, y):
    np.place(x, x > 0.35, y[:2])
    return x * x


@program(X, Y)
def putmask(x, y):
    np.putmask(x, x > 0.35, y * x)
    return x * x


@program(X, Y)
def add_at(x, y):
    np.add.at(x, [0, 3, 0, 0], y[:4] * x[1])
    return x * x


@program(S, X[:3])
def add_at_rows(a, x):
    np.add.at(a, [2, 0, 2], x * a[0])
    return a * a


@program(X, Y)
def subtract_at(x, y):
    np.subtract.at(x, [4, 1, 4], y[:3])
    return x * x


@program(X, Y)
def multiply_at(x, y):
    np.multiply.at(x, [1, 2, 1], y[:3])
    return x * x


@program(X)
def multiply_at_by_itself(x):
    np.multiply.at(x, [1, 1, 2], x[:3])
    np.divide.at(x, [3, 3], x[3:5])
    return x * x


@program(X)
def out_of_unary(x):
    np.sin(x, out=x)
    np.exp(x[:2], out=x[1:3])
    return x * x


@program(X, Y)
def out_of_binary(x, y):
    z = np.empty(5)
    np.multiply(x, y, out=z)
    np.add(z, x, out=x)
    np.subtract(x, z, z)
    return x * z


@program(S, A)
def out_of_a_product(s, a):
    result = np.zeros((2, 3))
    np.dot(a, s, out=result)
    np.matmul(result, s, out=a)
    return a * result


@program(S)
def out_of_reductions(a):
    sums = np.empty(3)
    np.sum(a, axis=0, out=sums)
    means = np.empty(3)
    np.mean(a * sums, axis=1, out=means)
    return sums * means


@program(S)
def out_of_a_running_sum(a):
    np.cumsum(a, axis=0, out=a)
    return a * a


@program(X, Y)
def out_where_some(x, y):
    result = y.copy()
    np.multiply(x, x, out=result, where=x > 0.35)
    return result


@program(X, Y)
def out_that_is_a_view(x, y):
    buffer = np.zeros((2, 5))
    np.add(x, y, out=buffer[0])
    np.multiply(x, y, out=buffer[1, ::-1])
    return buffer[0] * buffer[1]


@program(X)
def out_of_clip(x):
    np.clip(x, -0.5, 1.0, out=x)
    return x * x


@program(S, 0.6)
def fill_diagonal(a, s):
    np.fill_diagonal(a, s * a[0, 1])
    return a * a


@program(S, X[:3])
def fill_diagonal_with_array(a, x):
    np.fill_diagonal(a, x)
    return a @ a


@program(X)
def sort_method(x):
    x.sort()
    return x * X


@program(S)
def sort_method_along_an_axis(a):
    a.sort(axis=0)
    return a * S


@program(X)
def sort_of_a_view(x):
    x[1:].sort()
    return x * X


@program(X)
def partial_reversal_and_sort(x):
    x[::-1].sort()
    return x * X


@program(X)
def swap_of_elements(y):
    y[0], y[4] = y[4], y[0]
    return y * X


@program(X)
def rotation_of_elements(y):
    y[0], y[1], y[2] = y[1], y[2], y[0] * y[1]
    return y * X


@program(S)
def swap_of_rows_by_copies(a):
    a[0], a[2] = a[2].copy(), a[0].copy()
    return a * S


@program(S)
def swap_of_rows_by_views(a):
    a[0], a[2] = a[2], a[0]
    return a * S + a * a


@program(S)
def swap_of_rows_by_index(a):
    a[[0, 2]] = a[[2, 0]]
    return a * S


@program(X, Y)
def chained_targets(x, y):
    x[0] = y[1] = x[2] * y[3]
    x[3:] = y[:2] = x[1] * y[4]
    return x * y


@program(X, Y)
def starred_targets(x, y):
    x[0], *y[1:3] = y[2], x[1], x[0]
    return x * y


@program(X)
def overlap_forwards(x):
    x[1:] += x[:-1] * X[1:]
    return x * x


@program(X)
def overlap_backwards(x):
    x[:-1] *= x[1:]
    x[:-1] -= x[1:]
    return x * x


@program(X)
def overlap_of_plain_stores(x):
    x[1:] = x[:-1]
    x[:3] = x[2:] * x[0]
    return x * X


@program(X)
def overlap_reversed(x):
    x += x[::-1] * x
    x[1:] *= x[:0:-1]
    return x * x


@program(S)
def overlap_with_transpose(a):
    a += a.T
    a *= a.T
    return a * S


@program(S)
def overlap_of_row_and_column(a):
    a[0] = a[:, 0]
    a[:, 1] *= a[1]
    return a * a


@program(X)
def in_place_by_itself(x):
    x *= x
    x += x
    x[1:] /= x[1:] + 2.0
    return x * X


@program(SINGLE, 0.7)
def single_precision(x, s):
    x[1:] = x[:-1] * s
    x *= x
    return x


@program(X, SINGLE)
def store_into_single_precision(x, y):
    y[:3] = x[:3] * x[1]
    y *= x
    return y


@program(SINGLE)
def store_of_single_into_double(x):
    y = np.zeros(5)
    y[:] = x * x
    y[1:] += x[:-1]
    return y


@program(X)
def store_into_integers(x):
    counts = np.zeros(5, dtype=int)
    counts[1:4] = x[1:4] * 3.0
    return x * counts


@program(X, np.array([1, 2, 3, 4, 5]))
def store_into_an_integer_argument(x, n):
    n[0] = 7
    n[1:] += n[:-1]
    x[n[1] % 5] = x[0] * n[2]
    return x * n


@program(np.array(0.7), X)
def array_without_axes(z, x):
    z[...] = z * x[0]
    z += x[1]
    z *= z
    z[()] += x[2]
    return z * x


@program(0.7)
def sum_into_array_without_axes(s):
    total = np.array(0.0)
    for k in range(3):
        total += s**k
    return total * total


@program(X)
def filled_from_empty(x):
    y = np.empty_like(x)
    for i in range(5):
        y[i] = x[i] * x[(i + 1) % 5]
    return y * y


@program(X)
def recurrence(x):
    for i in range(1, 5):
        x[i] += np.sin(x[i - 1]) * x[i]
    return x * x


@program(X)
def backward_recurrence(x):
    for i in range(3, -1, -1):
        x[i] = x[i + 1] * x[i] + x[i]
    return x * x


@program(X)
def history(x):
    states = np.zeros((4, 5))
    states[0] = x
    for t in range(1, 4):
        states[t] = np.tanh(states[t - 1] * x)
        states[t, 0] = states[t - 1, 1]
    return np.sum(states * states)


@program(S)
def elimination(a):
    for k in range(2):
        for i in range(k + 1, 3):
            a[i, k] /= a[k, k] + 3.0
            a[i, k + 1 :] -= a[i, k] * a[k, k + 1 :]
    return a * a


@program(X, 2)
def index_that_changes_later(x, k):
    i = k
    x[i] *= x[0]
    i = i + 1
    x[i] *= x[1]
    i -= 2
    x[i] += x[i + 1]
    return x * x


@program(X)
def index_array_that_changes_later(x):
    where = np.array([0, 2])
    x[where] *= x[1]
    where += 1
    x[where] *= x[0]
    where[0] = 4
    return x * x + where[0]


@program(X)
def index_from_values(x):
    x[np.argmax(x)] = x[0] ** 2
    x[np.argmin(x)] *= x[1]
    return x * X


@program(X, Y)
def right_side_that_changes_later(x, y):
    z = x * y
    y[0] = x[1]
    x[1:] = z[1:] * y[:-1]
    y *= x
    return z * y


@program(X)
def value_read_before_it_is_overwritten(x):
    first = x[0]
    x[0] = 2.0
    return first * x


@program(X)
def value_read_between_stores(x):
    x[0] = x[1] * x[2]
    total = np.sum(x * x)
    x[0] = total
    total = total + np.sum(x)
    x[:] = total * X
    return total * np.sum(x)


@program(np.zeros((0, 3)), X[:3])
def store_into_nothing(a, x):
    a[:] = x
    a *= 2.0
    return x * np.sum(a)


@program(X)
def store_into_a_converted_copy(x):
    y = x.astype(float)
    y[0] = x[1]
    x *= 2.0
    return x * y


def _add_sine(y):
    np.add.at(y, [2, 0, 0], np.sin(y[1]))


@program(X, S)
def add_at_in_a_helper_that_is_called_twice(x, a):
    _add_sine(a[0])
    _add_sine(x[::-1])
    return np.sum(a * a) * x * x
