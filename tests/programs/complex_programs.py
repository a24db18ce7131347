"""Complex numbers and arrays: parts that are stored into, views of parts, numbers that are updated in place."""

import cmath

import numpy as np

from tests.programs.corpus import program

X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])
Y = np.array([0.8, -0.5, 0.6, 1.1, 0.35])
A = np.array([[1.3, 0.4, -0.6, 0.9], [0.7, 1.8, 0.55, -0.3], [-0.8, 0.6, 1.1, 1.4], [0.2, -0.5, 0.95, 1.6]])


@program(X, Y)
def entries_of_both_parts_stored(x, y):
    z = np.zeros(5, dtype=complex)
    z.real[...] = x
    z.imag[...] = y * x
    z.real[1:3] *= y[1:3]
    z.imag[0] += z.real[1] * x[3]
    z.imag[2] = z.imag[0] ** 2
    return np.sum(np.abs(z) ** 2 * np.arange(5)) + np.sum((z * z).imag)


@program(X, Y)
def both_parts_assigned_and_updated(x, y):
    z = np.empty(5, complex)
    z.real = x
    z.imag = y
    for i in range(4):
        z.real[i] = z.imag[i + 1] * z.real[i]
        z.imag[i] -= 0.1 * z.real[i] ** 2
    z.imag *= 2
    z.real /= x[0]
    return np.sum(z.real * z.imag) + np.sum(np.abs(np.fft.fft(z)) ** 2)


@program(X, Y)
def real_part_of_a_sum_scaled(x, y):
    z = x + 1j * y
    z.real[1:3] *= y[1:3]
    return np.sum(np.abs(z) ** 2 * np.arange(5))


@program(X, Y)
def slice_of_a_real_part_scaled(x, y):
    z = np.zeros(5, dtype=complex)
    z[:] = x
    z.real[1:3] *= y[1:3]
    return np.sum(np.abs(z) ** 2 * np.arange(5))


@program(X, Y)
def real_part_read_before_its_array_changes(x, y):
    z = np.zeros(5, dtype=complex)
    z[:] = x
    r = np.real(z[1:3])
    z[1:3] = r * y[1:3]
    return np.sum(np.abs(z) ** 2 * np.arange(5))


@program(X, Y)
def slice_replaced_by_its_scaled_real_part(x, y):
    z = np.zeros(5, dtype=complex)
    z[:] = x
    z[1:3] = z.real[1:3] * y[1:3]
    return np.sum(np.abs(z) ** 2 * np.arange(5))


@program(X, Y)
def real_part_of_a_real_array(x, y):
    z = np.zeros(5)
    z[:] = x
    z[1:3] = np.real(z[1:3]) * y[1:3]
    z[1:3] = z[1:3].real * y[1:3]
    return np.sum(np.abs(z) ** 2 * np.arange(5))


@program(A)
def many_views_read_before_the_array_changes(a):
    t = np.transpose(a)
    d = np.diagonal(a)
    r = np.ravel(a)
    q = np.reshape(a, (2, 8))
    s = d * t[0] + r[:4] * q[0, :4]
    a[...] = a * 2 + np.outer(s, np.squeeze(a[0:1]))
    return np.sum(a * s)


@program(0.7, 1.3)
def quotient_of_complex_numbers(x, y):
    z = x * 1j + y
    w = z * z / (2.0 - 1j * y)
    return abs(w) + w.real * w.imag


@program(0.7, 1.3)
def powers_in_a_loop(x, y):
    z = complex(x, y)
    w = 1.0 + 0j
    for _ in range(3):
        w *= z
        w = w + x
    return (w * w.conjugate()).real + abs(cmath.exp(w * 0.1j)) ** 2


@program(0.7, X)
def sum_of_phases(x, a):
    z = np.exp(1j * a * x)
    s = np.sum(z) * (x + 2j)
    return np.abs(s) ** 2 + np.real(s * 1j)


@program(0.7, X)
def complex_accumulator(x, a):
    w = 1j * x
    s = 0j
    for v in a:
        s += v * w
        w = w * (v - 1j)
    return s.real + s.imag**2


@program(X, Y)
def complex_array_scaled_by_numbers(a, b):
    z = a + 1j * b
    z[1] *= 2j
    z[2] = a[0] * 1j + b[0]
    t = z[0] * a[1]
    z *= 1.0 + a[2] * 1j
    return np.sum(np.abs(z) ** 2) + np.real(t * (2 - 1j)) + np.sum((z**2).imag)


@program(0.7)
def number_updated_by_every_operator(x):
    z = (x + 0j) ** 2
    z = z**0.5 if x > 0 else z
    z -= 1j / x
    z /= 2 + 1j
    return z.real**2 + z.imag


@program(0.7, X)
def complex_matrix_filled(x, a):
    u = x * (2 + 3j)
    m = np.zeros((2, 2), dtype=complex)
    m[0, 0] = u
    m[0, 1] = a[0] * u
    m[1, 1] = np.conj(u) * a[1] + 1j
    m[1, 0] = 1.0
    return np.abs(np.linalg.det(m)) + np.sum((m @ m).real)


@program(0.7, 0.4)
def complex_numbers_in_containers(x, y):
    d = {"z": 1j * x}
    pair = [d["z"] * y, y * (1 + 1j)]
    d["z"] *= pair[1]
    pair[0] += d["z"]
    return abs(pair[0]) ** 2 + (d["z"] - x).real


def helper(z, s):
    return z * s + 1j


@program(0.7, X)
def helper_of_real_and_complex_arguments(x, a):
    z = helper(x, 1 - 2j)
    z = helper(z, a[0])
    r = helper(a, z)
    return np.sum(np.abs(r) ** 2)


@program(0.7)
def difference_in_place(x):
    z = x * 1j + x
    z -= 1j / x
    return z.real**2 + z.imag


class H:
    def __init__(self, z):
        self.z = z


@program(0.7, X)
def conjugates_in_objects_and_lists(x, a):
    h = H(x * (1 + 2j))
    zs = [h.z * a[0], a[1] * 1j]
    h.z += zs[1]
    zs[0] = zs[0].conjugate() * h.z
    s = zs[0]
    for v in a:
        s *= 1j * v
        s += zs[1]
    return h.z.real * h.z.imag + s.imag + abs(s) + zs[0].real


@program(0.7, X)
def parts_of_numbers_in_a_dict(x, a):
    d = {"x": x, "z": 1j * a[0]}
    d["x"] *= 2.0
    return d["x"].real * d["z"].imag + (d["z"] * d["x"]).conjugate().imag + d["x"].conjugate()


@program(0.7)
def square_then_difference(x):
    z = (x + 0j) ** 2
    z -= 1j * x
    return z.real**2 + z.imag


@program(0.7)
def product_of_complex_numbers_in_place(x):
    z = x * 1j + x
    w = x * 1j
    z *= w
    return z.real**2


@program(A, X[:4] + 1j * Y[0], 3)
def complex_state_and_real_matrix(a, state, steps):
    for _ in range(steps):
        state = np.tanh(state @ a)
    return np.sum(np.abs(state) ** 2)


@program(X[:4], A + 1j * A.T)
def complex_rows_and_real_weights(w, rows):
    total = 0.0
    for row in rows:
        total += np.abs(np.dot(row, w)) ** 2
    return total


@program(A, A + 1j * A.T)
def real_matrix_in_a_complex_array(a, rows):
    y = np.zeros((4, 4), dtype=complex)
    for i in range(4):
        y[i] = rows[i] @ a
    return np.sum(np.abs(y) ** 2)


@program(X, Y)
def parts_read_between_changes(x, y):
    z = x + 1j * y
    z[0] = x[1] * y[0]
    energy = np.sum(z.real * z.imag)
    z[1:] = z.real[:-1]
    z.imag[:] = z.imag * z.real + y
    z *= z
    return energy + np.sum(np.abs(z) ** 2)


@program(X, Y)
def real_part_kept_under_a_name(x, y):
    z = x + 1j * y
    real = z.real
    z[1:] *= z[:-1]
    real[0] = x[3] * real[1]
    z[2] += real[0]
    return np.sum(real * real) + np.sum(np.abs(z) ** 2)


class Field:
    def __init__(self, z):
        self.z = z


@program(X, Y)
def parts_of_an_attribute(x, y):
    field = Field(x + 1j * y)
    field.z[0] *= 2j
    field.z.real[1] = x[0]
    field.z.imag += x[0]
    field.z.real[2:] *= field.z.real[:3]
    return np.sum(np.abs(field.z) ** 2 * y) + np.sum(field.z.real)


@program(X)
def real_part_of_real_numbers(x):
    x.real[0] = x[1] * x[2]
    x.real[1:] *= x.real[:-1]
    return x * x


@program(X, Y)
def imaginary_parts_come_later(x, y):
    z = x + 1j * y
    z[1:] *= z[:-1]
    w = x + 0.5j
    w.imag += x[0]
    v = np.full(5, x[1] + 0j)
    v[1:] *= v[:-1] * 1j
    fields = [Field(x + 1j * y), Field(z)]
    fields[0].z[0] *= 2j
    return np.sum(np.abs(fields[0].z + fields[1].z * w * v) ** 2 * y)


@program(X, Y)
def real_part_kept_while_its_array_is_bound_anew(x, y):
    z = np.zeros(5, dtype=complex)
    z[:] = x
    r = z.real
    z = z * 2
    r[1:3] = y[1:3]
    return np.sum(np.abs(z) ** 2 * np.arange(5)) + np.sum(r * r)


@program(X, Y)
def slice_of_a_real_part_changed(x, y):
    z = np.zeros(5, dtype=complex)
    z[:] = x
    r = z.real
    w = r[1:3]
    w *= y[1:3]
    r[0] = y[0]
    return np.sum(np.abs(z) ** 2 * np.arange(5)) + np.sum(r * y)
