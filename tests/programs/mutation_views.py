"""Views of any depth, through which arrays are read after a change and changed after a read."""

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7, 0.9, 0.4, -0.2])
Y = np.array([0.8, -0.5, 0.6, 1.1, -0.9, 0.5])
A = np.array([[0.3, 0.2, -0.6], [0.5, -0.4, 1.1]])
S = np.array([[0.4, 1.3, -0.2], [0.7, 0.5, -1.1], [-0.6, 0.9, 0.8]])
T = np.linspace(0.1, 1.3, 12).reshape(2, 3, 2)


@program(X)
def slice_changed(x):
    y = x[1:4]
    y *= x[0]
    y[1] = x[5]
    return x * x


@program(X)
def slice_read_after_its_base_changed(x):
    y = x[1:4]
    x[2] = x[0] * x[5]
    return y * y


@program(X)
def slice_read_before_and_after(x):
    y = x[::2]
    before = np.sum(y * y)
    x *= x[1]
    return before * np.sum(y)


@program(X)
def views_of_views(x):
    y = x[1:]
    z = y[::2]
    w = z[::-1]
    w[0] = y[0] * x[0]
    z[0] *= w[1]
    y += x[:-1]
    return x * x


@program(X)
def overlapping_views(x):
    y = x[:4]
    z = x[2:]
    y *= z
    z[:2] += y[:2]
    return x * y[0]


@program(A)
def transpose_changed(a):
    b = a.T
    b[0] = b[1] * b[2]
    b[:, 1] *= a[0]
    return a * a


@program(T)
def transpose_of_three_axes(t):
    u = t.transpose(2, 0, 1)
    u[0] *= u[1]
    u[1, 0, :] = t[1, :, 0]
    return t * t


@program(A)
def reshape_that_is_a_view(a):
    b = a.reshape(3, 2)
    b[1] = b[0] * b[2]
    c = a.reshape(-1)
    c[::2] *= 2.0
    return a * a


@program(A)
def reshape_that_is_a_copy(a):
    b = a.T.reshape(-1)
    b *= 2.0
    b[0] = a[1, 1]
    return a * b.reshape(2, 3)


@program(A)
@program(np.asfortranarray(A))
def ravel_that_depends_on_the_order(a):
    b = a.ravel()
    b[1:4] = b[:3] * b[5]
    return a * a


@program(A)
def flatten_is_a_copy(a):
    b = a.flatten()
    b *= a[0, 0]
    a[0] = b[:3]
    return a * a + b.sum()


@program(S)
def diagonal_read_after_a_change(a):
    d = np.diagonal(a)
    a[1, 1] = a[0, 1] * d[0]
    return d * d


@program(S)
def diagonal_by_strides(a):
    d = a.reshape(-1)[::4]
    d *= a[0]
    return a * a


@program(S)
def diagonal_method_read_after_a_change(a):
    d = a.diagonal(1)
    a *= a[0, 0]
    return d * d


@program(T)
def squeeze_and_new_axes(t):
    row = t[:1].squeeze()
    row[0] *= row[1]
    column = row[:, None, :]
    column[2] += t[1, 0]
    return t * t


@program(T)
def swapped_axes(t):
    u = np.swapaxes(t, 0, 2)
    u[1] = u[0] * u[1]
    v = np.moveaxis(t, 1, 0)
    v[0] *= v[2]
    return t * t


@program(A)
def expanded_and_raised(a):
    b = np.expand_dims(a, 1)
    b[0, 0] *= a[1]
    c = np.atleast_3d(a)
    c[1, 0] += a[0, 0]
    return a * a


@program(A)
def flipped(a):
    b = np.flip(a, axis=1)
    b[0] = a[0] * a[1]
    c = a[::-1]
    c[0] *= b[1]
    return a * a


@program(S)
def rows_in_iteration(a):
    for row in a:
        row -= np.mean(row)
        row[0] *= row[1]
    return a * a


@program(S)
def rows_with_their_numbers(a):
    for i, row in enumerate(a):
        row *= a[0, i] + 1.0
    return a * a


@program(S, A)
def rows_side_by_side(a, b):
    for p, q in zip(a, b):
        p += q * p
        q[:] = p[::-1]
    return np.sum(a * a) + np.sum(b * b)


@program(S)
def rows_backwards(a):
    total = np.zeros(3)
    for row in reversed(a):
        total += row
        row *= total
    return a * a


@program(S)
def columns_in_iteration(a):
    for column in a.T:
        column /= np.sum(column) + 2.0
    return a * a


@program(S)
def row_kept_after_its_loop(a):
    for row in a:
        row[1] = row[0] * row[2]
    row *= 2.0
    return a * a


@program(S)
def elements_of_rows(a):
    for i in range(3):
        row = a[i]
        for j in range(3):
            row[j] = row[j] * a[j, i]
    return a * a


@program(X)
def pieces_of_split(x):
    low, middle, high = np.split(x, 3)
    low *= high
    middle[:] = low[::-1]
    high -= x[0]
    return x * x


@program(S)
def pieces_of_vertical_split(a):
    top, bottom = np.vsplit(a, [1])
    top *= bottom[0]
    bottom[0] = top[0]
    return a * a


@program(X)
def unpacked_rows(x):
    first, second = x.reshape(2, 3)
    first *= second
    second[0] = first[1]
    return x * x


@program(S)
def view_chosen_by_a_loop(a):
    for i in range(3):
        part = a[i, i:]
        part *= part[0]
    return a * a


@program(X)
def view_that_moves(x):
    window = x[:3]
    for i in range(1, 4):
        window *= 1.1
        window = x[i : i + 3]
        window[0] += x[i - 1]
    return x * x


@program(X)
def view_of_a_temporary(x):
    y = (x * x)[1:5]
    y[0] = x[0]
    y *= y[1]
    return y


@program(X, Y)
def view_outlives_its_name(x, y):
    z = x * y
    part = z[2:]
    z = y * 2.0
    part *= z[:4]
    z[0] = part[0]
    return part * z[:4]


@program(X)
def array_stored_into_itself_through_a_view(x):
    y = x[::-1]
    x[:] = y
    x[1:4] = y[2:5] * x[0]
    return x * X


@program(S)
def array_stored_into_itself_through_its_transpose(a):
    a[:] = a.T
    a[1:] = a.T[:2]
    return a * S


@program(X)
def view_stored_into_its_base(x):
    y = x[2:]
    x[:4] = y
    y[0] *= x[0]
    return x * X


@program(X)
def slice_of_a_slice_stored(x):
    x[1:][2:][0] = x[0] * x[1]
    x[::2][1:] *= x[1::2][1:]
    return x * x


@program(S)
def row_of_a_row_stored(a):
    a[1][2] = a[0][1] * a[2][0]
    a[2][:2] += a[0][1:]
    a[0][a[0] > 0] *= 2.0
    return a * a


@program(S)
def store_into_flat(a):
    a.flat[4] = a[0, 0] * a[1, 0]
    return a * a


@program(S)
def loops_over_flat_iterators(a):
    b = a.T * 1.0
    s = 1.0
    for i, v in enumerate(b.flat):
        b.flat[i] = v * s
        s = s + 0.1 * v * b.flat[-1]
    for u, v in zip(a.flat, b.flat):
        s += u * v
    b.flat[1:3] *= 2.0
    return s * len(a.flat) + np.sum(b.flat) + max(a.flat) + sum(v * v for v in b.flat)


@program(S)
def flat_iterator_of_an_array_whose_name_is_bound_again(a):
    b = a.copy()
    entries = b.flat
    for _ in range(2):
        b = b * 2.0
        entries[3] = b[0, 0] * entries[4]
    if a[0, 0] > -10.0:
        a = a * 3.0
    return np.sum(b) + entries[3] ** 2 + np.sum(a)


@program(X)
def asarray_is_the_same_array(x):
    y = np.asarray(x)
    y[0] = x[1] * x[2]
    z = np.ascontiguousarray(y)
    z[1] *= y[2]
    return x * x


@program(X)
def copies_are_apart(x):
    y = x.copy()
    z = np.array(x)
    w = np.copy(x)
    y *= 2.0
    z[0] = y[1]
    w += z
    x[2] = w[0]
    return x * y + z * w


@program(X)
def fancy_index_is_a_copy(x):
    y = x[[0, 2, 4]]
    y *= x[1]
    z = x[x > 0.35]
    z[0] = y[0]
    return y * z


@program(S)
def broadcast_view_read_after_a_change(a):
    row = np.broadcast_to(a[0], (3, 3))
    a[0, 1] = a[1, 1] * a[2, 2]
    return row * a


@program(A)
def triangle_is_a_copy(a):
    b = np.triu(a)
    b *= a
    a[0] = b[1]
    return a * b


@program(X)
def integer_view_through_step(x):
    even, odd = x[::2], x[1::2]
    for i in range(3):
        even[i], odd[i] = even[i] + odd[i], even[i] * odd[i]
    return x * X


@program(T)
def mixed_indices(t):
    part = t[1, :, ::-1]
    part[0] = t[0, 1]
    deeper = part[1:]
    deeper[:, 0] *= part[0, 1]
    t[..., 1] -= t[..., 0]
    return t * t


@program(S)
def hidden_part_of_a_matrix(a):
    inner = a[1:, 1:]
    inner -= np.outer(a[1:, 0], a[0, 1:]) / (a[0, 0] + 2.0)
    return np.sum(inner * inner) + a[0]


@program(X)
def view_in_a_conditional_expression(x):
    part = x[:3] if x[0] < 0.5 else x[3:]
    part *= part[0]
    return x * x


@program(X, Y)
def views_of_two_arrays_by_turns(x, y):
    for k in range(4):
        part = x[1:4] if k % 2 == 0 else y[2:5]
        part[0] += part[1] * part[2]
    return x * y


@program(S)
def array_times_itself_seen_from_a_view(a):
    b = a[:2]
    product = b @ a
    b[:] = product
    a[2] = b[0] * b[1]
    return a * product.sum()


def _in_heads(matrix):
    return matrix.reshape(3, 1, 2).transpose(1, 0, 2)


@program(A)
def views_that_a_mapped_function_gives(a):
    queries, keys = map(_in_heads, (a, 2.0 * a))
    return np.sum(queries * keys * queries)


def _in_a_row(matrix):
    return matrix.T.flatten()


@program(A)
def copies_that_a_mapped_function_gives(a):
    first, second = map(_in_a_row, (a, a * a))
    return np.sum(first * second * first)


@program(A)
def flattened_item_of_a_dict_changed(a):
    total = 0.0
    for _, matrix in {"a": a, "b": 2.0 * a}.items():
        row = matrix.flatten()
        row *= 3.0
        total = total + np.sum(row * row * row)
    return total + np.sum(a * a)


@program(np.array([[0.4, 1.2, -0.3], [0.9, 0.2, 1.1], [-0.5, 0.8, 0.6]]))
def diagonal_of_a_row_added_to_its_matrix(A):
    row = A[1]
    A += np.diag(row**2)
    return np.sum(row * row)


@program(np.array([0.4, 1.2, -0.3, 0.9]))
def halves_of_a_buffer_that_is_joined_again(x):
    left = x[:2]
    joined = np.concatenate([left * left, x[1:3] * x[0]])
    x += joined * x[::-1]
    return np.sum(left * x[2:] ** 2)
