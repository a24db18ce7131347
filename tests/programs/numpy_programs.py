"""Small real programs in NumPy: models, kernels, solvers."""

import math

import numpy as np

from tests.programs.corpus import program

_RNG = np.random.default_rng(3)
X = _RNG.normal(size=(5, 3))
Y = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
W = _RNG.normal(size=3) * 0.5
SPD = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, -0.2], [0.1, -0.2, 1.8]])


@program(W, 0.1, X, Y)
def logistic_regression(w, b, x, y):
    z = x @ w + b
    p = 1.0 / (1.0 + np.exp(-z))
    return -np.mean(y * np.log(p) + (1.0 - y) * np.log(1.0 - p))


@program(W, X, Y)
def ridge_regression(w, x, y):
    residual = x @ w - y
    return np.sum(residual**2) + 0.1 * np.dot(w, w)


@program(
    _RNG.normal(size=(3, 4)),
    np.zeros(4) + 0.1,
    _RNG.normal(size=(4, 2)),
    np.zeros(2),
    X,
    np.array([0, 1, 1, 0, 1]),
)
def mlp(w1, b1, w2, b2, x, labels):
    hidden = np.tanh(x @ w1 + b1)
    logits = hidden @ w2 + b2
    logits = logits - np.max(logits, axis=1, keepdims=True)
    log_probabilities = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return -np.mean(log_probabilities[np.arange(len(labels)), labels])


@program(_RNG.normal(size=(2, 3)) * 0.4, _RNG.normal(size=(2, 2)) * 0.4, np.array([0.1, 0.2]), X)
def rnn(wx, wh, b, inputs):
    h = np.zeros(2)
    for x in inputs:
        h = np.tanh(wx @ x + wh @ h + b)
    return np.sum(h**2)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


@program(_RNG.normal(size=(8, 5)) * 0.4, np.full(8, 0.1), X)
def lstm(w, b, inputs):
    h, c = np.zeros(2), np.zeros(2)
    for x in inputs:
        z = w @ np.concatenate([x, h]) + b
        i, f, o, g = z[:2], z[2:4], z[4:6], z[6:]
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return h


@program(X)
def softmax_rows(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@program(X)
def logsumexp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


@program(np.array([0.2, 0.8]), _RNG.normal(size=(2, 3)), np.array([0.7, 1.3]), X)
def gaussian_mixture(weights, means, scales, x):
    d = x[:, None, :] - means
    distances = np.sum(d**2, axis=2) / scales**2
    logs = np.log(weights) - 0.5 * distances - 3 * np.log(scales)
    m = np.max(logs, axis=1, keepdims=True)
    return np.sum(m[:, 0] + np.log(np.sum(np.exp(logs - m), axis=1)))


@program(SPD, W)
def gaussian_log_density(covariance, x):
    sign, logdet = np.linalg.slogdet(covariance)
    return -0.5 * (x @ np.linalg.solve(covariance, x) + sign * logdet)


@program(SPD)
def determinant_and_inverse(a):
    return np.linalg.det(a) * np.trace(np.linalg.inv(a))


@program(SPD, W)
def conjugate_gradient(a, b):
    x = np.zeros(3)
    r = b - a @ x
    p = r
    for _ in range(3):
        ap = a @ p
        alpha = (r @ r) / (p @ ap)
        x = x + alpha * p
        r_next = r - alpha * ap
        beta = (r_next @ r_next) / (r @ r)
        p = r_next + beta * p
        r = r_next
    return x


@program(np.diag([2.0, 1.5, 1.0]) + 0.1)
def power_iteration(a):
    v = np.ones(3)
    for _ in range(10):
        v = a @ v
        v = v / np.linalg.norm(v)
    return v @ a @ v


@program(np.array([0.1, 0.5, 0.3, 0.9]))
def heat_step_functional(u):
    for _ in range(5):
        inner = u[1:-1] + 0.2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u = np.concatenate([u[:1], inner, u[-1:]])
    return np.sum(u**2)


@program(np.array([1.0, 0.5]), 0.1)
def runge_kutta(state, h):
    for _ in range(5):
        k1 = pendulum(state)
        k2 = pendulum(state + 0.5 * h * k1)
        k3 = pendulum(state + 0.5 * h * k2)
        k4 = pendulum(state + h * k3)
        state = state + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return state


def pendulum(state):
    angle, velocity = state
    return np.array([velocity, -np.sin(angle)])


@program(X, np.array([0.5, -0.5, 0.3]))
def attention(keys, query):
    scores = keys @ query / np.sqrt(3.0)
    e = np.exp(scores - np.max(scores))
    return (e / np.sum(e)) @ keys


@program(X)
def pairwise_distances(x):
    d = x[:, None] - x[None, :]
    return np.sum(np.sqrt(np.sum(d * d, axis=-1) + 1.0))


@program(X)
def normalised_columns(x):
    return (x - x.mean(axis=0)) / (x.std(axis=0, ddof=1) + 0.1)


@program(X)
def covariance_matrix(x):
    c = x - np.mean(x, axis=0)
    return c.T @ c / (len(x) - 1)


@program(X)
def where_maximum_clip(x):
    return np.where(x > 0, x * x, np.exp(x)) + np.maximum(x, 0.1) * np.clip(x, -0.5, 0.5)


@program(np.array([-1.0, 0.5, 2.0]))
def where_guards_a_logarithm(x):
    safe = np.where(x > 0, x, 1.0)
    return np.sum(np.where(x > 0, np.log(safe), x))


@program(X)
def boolean_mask(x):
    return np.sum(x[x > 0] ** 2)


@program(X, np.array([0, 2, 0, 4]))
def repeated_fancy_index(x, indices):
    return np.sum(x[indices] ** 2 * x[0])


@program(X)
def every_index(x):
    a = x[1:4:2, ::-1] + x[-1] * x[0, 0]
    b = x[..., 1][:, None] * x[None, 2]
    return np.sum(a) + np.sum(b) + x[[0, 1], [1, 2]].sum()


@program(X, W)
def einsum_and_tensordot(x, w):
    a = np.einsum("ij,j->i", x, w)
    b = np.einsum("ij,ik->jk", x, x)
    return np.tensordot(b, np.outer(w, w), axes=2) + a @ a + np.inner(w, b[0])


@program(W)
def vander_with_cumsum_and_linspace(w):
    t = np.linspace(0.0, w[0], 4)
    return np.cumsum(w[1] * t**2 + w[2])


@program(W, X)
def joining(w, x):
    stacked = np.vstack([x, w, w * 2.0])
    joined = np.concatenate((stacked, x), axis=0)
    return np.hstack([joined.sum(axis=0), w]) * 2.0


@program(X)
def reshape_and_broadcast(x):
    y = np.broadcast_to(x.reshape(1, 5, 3), (2, 5, 3))
    return np.squeeze(np.expand_dims(np.transpose(y, (2, 0, 1)), 0)) ** 2


@program(SPD)
def cholesky_factor(a):
    symmetric = 0.5 * (a + a.T)
    return np.sum(np.linalg.cholesky(symmetric) ** 3)


@program(X.astype(np.float32) * np.float32(0.5))
def single_precision(x):
    return np.tanh(x) * np.float32(2.0)


@program(np.array([0.4, 1.4, -0.3]))
def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


@program(_RNG.normal(size=(4, 4)), np.array([[0.2, -0.1], [0.3, 0.4]]))
def convolution(image, kernel):
    rows = []
    for i in range(3):
        row = []
        for j in range(3):
            row.append(np.sum(image[i : i + 2, j : j + 2] * kernel))
        rows.append(np.array(row))
    return np.array(rows)


@program(np.array([0.3, 0.5]), np.array([1.0, 2.0, 3.0]))
def black_box_fit(params, t):
    a, b = params[0], params[1]
    prediction = a * np.exp(-b * t)
    if np.max(prediction) > 10:
        return np.sum(prediction)
    return np.sqrt(np.mean((prediction - 0.2) ** 2))


@program(0.5, np.array([0.1, 0.2, 0.3]))
def broadcasting_of_zero_dimensions(s, x):
    t = np.sum(x) * s
    return (t + x) * np.exp(s) / t


@program(X, 2)
@program(X, 0)
def axis_is_a_variable(x, k):
    axis = 0 if k else 1
    return np.sum(x**2, axis=axis) * np.mean(x, axis=axis, keepdims=k > 5)


@program(X.reshape(5, 3, 1) * np.ones(2))
def reductions_over_axis_tuples(x):
    return x.sum(axis=(0, 2)) * x.mean(axis=(0, -1)) + np.max(x, axis=(0, 2)) + np.prod(x[:2], axis=(0, 2))


@program(np.array([0.3, 0.5, 0.7]))
def arrays_joined_by_index_tricks(x):
    row = np.r_[x, x[0] ** 2, 0:3, 1.0, 0 : x[1] : 4j]
    columns = np.c_[x, np.outer(x, x), np.ones(3)]
    return (
        row @ np.arange(12.0) + np.sum(columns[1] * np.arange(5.0)) + np.r_[x[2]][0] * np.c_[x[0], x[1]][0, 1]
    )


@program(np.array([0.3, 0.5, 0.7]))
def weights_on_a_grid(x):
    down, across = np.mgrid[0:2, 0:3]
    steps = np.ogrid[0:1:3j]
    return np.sum((down * x[0] + across * x[1]) ** 2) + steps @ x + np.mgrid[0:3] @ x


@program(np.array([0.3, 0.5, 0.7]))
def functions_of_math_on_multiples_of_arrays(x):
    return math.dist(x, x * 2) + math.dist(x * 3, [1.0, 2.0, 3.0]) * math.fsum(x * 3) + math.prod(x * 2)


@program(_RNG.normal(size=(2, 3, 2)), _RNG.normal(size=(2, 3, 2)) + 3.0)
def blocks_whose_memory_is_used_again(x, g):
    t = x * g
    return np.sum(np.cos(-t) * (2 - t) * (t / g))


@program(_RNG.normal(size=(3, 1, 2)), _RNG.normal(size=(2, 2)), _RNG.normal(size=(4, 3, 2)))
def state_of_three_axes(h, w, inputs):
    for x in inputs:
        h = np.tanh(h @ w + x)
    return np.sum(h * h)


@program(np.array([[0.3, 1.2, -0.7], [0.8, -0.4, 1.1]]), 0.3)
def diffusion_in_a_padded_frame(u, rate):
    for _ in range(3):
        p = np.pad(u, 1, mode="edge")
        u = u + rate * (p[2:, 1:-1] + p[:-2, 1:-1] + p[1:-1, 2:] + p[1:-1, :-2] - 4.0 * u)
    both = np.column_stack([u[0], u[1]])
    return np.sum(both @ np.vstack([u[1], np.hstack([u[0, :2], rate])]))
