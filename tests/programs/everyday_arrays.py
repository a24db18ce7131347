"""Array algorithms in place: factorizations, masks, sorting, dtypes, and the functions that fill an array."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])
A = np.array([[1.3, 0.4, -0.6, 0.9], [0.7, 1.8, 0.55, -0.3], [-0.8, 0.6, 1.1, 1.4], [0.2, -0.5, 0.95, 1.6]])


@program(A)
def modified_gram_schmidt_on_rows(a):
    for i in range(a.shape[0]):
        a[i] /= np.sqrt(np.sum(a[i] ** 2))
        for j in range(i + 1, a.shape[0]):
            a[j] -= (a[i] @ a[j]) * a[i]
    return np.sum(a * np.arange(16.0).reshape(4, 4))


@program(A)
def cholesky_in_place_by_columns(a):
    lower = a @ a.T + 3 * np.eye(4)
    for k in range(4):
        lower[k, k] = math.sqrt(lower[k, k])
        lower[k + 1 :, k] /= lower[k, k]
        for j in range(k + 1, 4):
            lower[j:, j] -= lower[j:, k] * lower[j, k]
    return np.sum(np.log(np.diagonal(lower)))


@program(A)
def triangular_factor_changed_and_extreme_eigenvalues(a):
    _, r = np.linalg.qr(a)
    r[0] *= 2
    w, _ = np.linalg.eigh(a + a.T)
    return np.sum(np.abs(np.diag(r))) + w[0] * w[-1]


@program(X)
def determinant_of_a_tridiagonal_matrix_filled_by_index(x):
    m = np.zeros((5, 5))
    i = np.arange(5)
    m[i, i] = x
    m[i[:-1], i[1:]] = 0.3 * x[1:] ** 2
    return np.linalg.det(m + m.T)


@program(X)
def cumulative_sum_into_an_empty_array(x):
    out = np.empty(5)
    np.cumsum(x * x, out=out)
    out[::2] *= out[1]
    return out.sum()


@program(X)
def convolution_with_add_into_slices(x):
    r = np.zeros(5)
    for i in range(5):
        np.add(r[i:], x[i] * x[: 5 - i], out=r[i:])
    return r @ r


@program(X)
def entries_changed_under_a_mask_and_its_complement(x):
    mask = x > 2
    y = x.copy()
    y[mask] = y[mask] ** 2
    y[~mask] *= x[0]
    return np.sum(y)


@program(A)
def triangles_joined_and_small_entries_replaced(a):
    u = np.triu(a)
    lower = np.tril(a, -1)
    u[0] = lower[1]
    v = np.where(u > 0, u, lower)
    v[v < 0.1] = 0.3
    return np.trace(v @ a)


@program(X)
def choice_clipped_into_itself(x):
    y = np.where(x > 2, x**2, np.sqrt(np.abs(x)))
    np.clip(y, 1.2, 5, out=y)
    return y @ x


@program(X)
def sorted_downwards_with_its_ends_swapped(x):
    x = np.sort(x)[::-1]
    x[0], x[-1] = x[-1], x[0]
    return np.sum(x**2 * np.arange(5))


@program(X)
def sorted_in_place_then_changed_through_a_flip(x):
    x.sort()
    y = np.flip(x)
    y[0] *= 3
    return x**2 @ np.arange(5.0)


@program(X)
def order_undone_and_largest_replaced_by_smallest(x):
    order = np.argsort(x)
    y = x[order]
    y[order] = x * 2
    x[np.argmax(x)] = x.min()
    return y @ x


@program(A)
def smallest_of_each_row_replaced_along_an_axis(a):
    np.put_along_axis(a, np.argmin(a, axis=1)[:, None], a[:, :1] ** 2, axis=1)
    return np.sum(np.take_along_axis(a, np.argsort(a, axis=1), 1) * np.arange(4))


@program(A)
def diagonal_refilled_and_upper_triangle_cleared(a):
    v = a.diagonal().copy()
    np.fill_diagonal(a, v[::-1] * 2)
    a[np.triu_indices(4, 1)] = 0
    return np.sum(a @ a)


@program(X)
def put_then_place(x):
    np.put(x, [0, 2], [x[1], x[3]])
    np.place(x, x > 2.5, [1.0])
    return x @ x


@program(X)
def ufunc_at_with_repeated_positions(x):
    np.subtract.at(x, [0, 0, 1], x[2])
    np.multiply.at(x, [3, 3], x[4])
    return x @ x


@program(X)
def append_insert_roll_tile_and_a_strided_store(x):
    x = np.append(x, x[0])
    x = np.insert(x, 1, x[2])
    x = np.roll(x, 1)
    x = np.tile(x, 2)
    x[:-1:3] = x[1::3]
    return x @ x


@program(X)
def stacked_changed_and_a_column_deleted(x):
    a = np.stack([x, x * 2])
    b = a[:, 1:]
    b[0, 0] = 7 * a[1, 4]
    a = np.delete(a, 0, axis=1)
    return np.sum(a**2)


@program(X)
def every_augmented_operator_in_turn(x):
    z = x * 1.0
    z += x
    z -= 1
    z *= z
    z /= x
    z **= 2
    kept = z.copy()
    z //= 50.0
    return np.sum(x * z) + np.sum(np.sqrt(kept))


@program(X)
def power_and_remainder_in_place(x):
    z = x.copy()
    z **= 2
    z %= 3.0
    return z @ x


@program(X)
def complex_array_filled_from_a_real_one(x):
    out = np.empty(5, dtype=complex)
    out[:] = x + 1j * x**2
    out *= 1j
    return np.sum(np.abs(out) ** 2)


@program(X)
def integer_arrays_as_positions_and_factors(x):
    y = x.astype(int)
    y[0] = 3
    z = np.zeros(3, dtype=int)
    z[1] = 2
    return x[z[1]] * x[z[0]] + y.sum() * x[1] ** 2


@program(A)
def rows_and_columns_exchanged_by_lists(a):
    a[[0, 2]] = a[[2, 0]]
    a[:, [1, 3]] *= a[:, [3, 1]]
    return np.sum(a**2 * np.arange(4))


@program(X)
def outer_product_with_a_unit_diagonal(x):
    x = x.reshape(5, 1)
    x = x * x.T
    x[np.diag_indices(5)] = 1.0
    x[1:3] *= x[3:5, ::-1]
    return x.sum()


@program(X)
def methods_of_operators_called_by_name(x):
    x.__setitem__(0, x[1] * 2)
    x.__iadd__(x[2])
    return x @ x
