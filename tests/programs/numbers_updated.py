"""Updates of variables without a derivative: of numbers of unknown kind, complex factors, tuples, objects."""

import numpy as np

from tests.programs.corpus import program

X = np.array([2.1, 1.4, 2.6, 1.7, 2.9])
Y = np.array([0.8, -0.5, 0.6, 1.1, 0.35])
A = np.array([[1.3, 0.4, -0.6, 0.9], [0.7, 1.8, 0.55, -0.3], [-0.8, 0.6, 1.1, 1.4], [0.2, -0.5, 0.95, 1.6]])
P = {"w": X.copy(), "b": 0.5}


@program(X)
def twiddle_factors_in_nested_loops(x):
    z = np.zeros(4, dtype=complex)
    z[:] = x[:4]
    wl = complex(0.0, -1.0)
    for i in range(0, 4, 2):
        w = 1.0 + 0j
        for k in range(2):
            z[i + k] = z[i + k] * w
            w *= wl
    return np.sum(np.abs(z) ** 2 * np.arange(1, 5)) + np.sum(z.imag * x[1:])


@program(X)
def complex_factor_turned_in_a_loop(x):
    z = np.zeros(4, dtype=complex)
    z[:] = x[:4]
    w = 1.0 + 0j
    for k in range(2):
        z[k] = z[k] * w
        w *= -1j
    return np.sum(z.imag * x[1:])


@program(X)
def complex_factor_bound_anew(x):
    z = np.zeros(4, dtype=complex)
    z[:] = x[:4]
    w = 1.0 + 0j
    for k in range(3):
        v = z[k + 1] * w
        z[k] = v
        w = w * -1j
    return np.sum(z.imag * x[1:])


@program(X, [1.0, 2, 3])
def numbers_from_containers_that_trade_places(x, _u):
    y = x.copy()
    d = {"k": 1, "f": 2.0}
    k = d["k"]
    c = [1, 2.5][0]
    for i in range(3):
        y[i] = y[i] * k * c + y[i + 1]
        k *= 2
        c += i
        k, c = c, k
    return np.sum(y**2)


class V:
    def __init__(self, a):
        self.a = a

    def __add__(self, o):
        return V(self.a + o)


@program(X)
def object_replaced_by_its_sum(x):
    v = V(1)
    y = x.copy()
    for i in range(3):
        y[i] = y[i] * v.a
        v += 1
    return np.sum(y**2)


@program(X)
def number_that_may_be_an_array(x):
    v = np.max(np.array([1, 2, 3]), keepdims=len(x) == 4)
    w = v
    y = x.copy()
    for i in range(3):
        y[i] = y[i] * v
        v += 1
    return np.sum(y**2) * w


@program(X)
def array_without_axes_updated(x):
    z = np.zeros(()) + 1
    w = z
    y = x.copy()
    for i in range(3):
        y[i] = y[i] * z
        z = np.asarray(z)
        z += 1
    return np.sum(y**2) * w


@program(X)
def tuple_text_and_set_grown(x):
    t = (1, 2)
    s = "a"
    st = {1}
    y = x.copy()
    for i in range(3):
        y[i] = y[i] * len(t) * len(s) * len(st)
        t += (i,)
        s += "b"
        st |= {i, i + 10}
    return np.sum(y**2)


@program(X)
def fast_fourier_transform_in_place(x):
    z = np.zeros(4, dtype=complex)
    z[:] = x[:4]
    z[1], z[2] = z[2], z[1]
    length = 2
    while length <= 4:
        angle = -2 * np.pi / length
        turn = complex(np.cos(angle), np.sin(angle))
        for i in range(0, 4, length):
            w = 1.0 + 0j
            for k in range(i, i + length // 2):
                u = z[k]
                v = z[k + length // 2] * w
                z[k] = u + v
                z[k + length // 2] = u - v
                w *= turn
        length <<= 1
    return np.sum(np.abs(z) ** 2 * np.arange(1, 5)) + np.sum(z.imag * x[1:])
