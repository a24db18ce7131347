"""Algorithms as textbooks and users write them, with their state in arrays, lists, dicts and objects."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7, 0.9, 0.4])
Y = np.array([0.8, -0.5, 0.6, 1.1, -0.9])
A = np.array([[2.1, 0.3, -0.6], [0.4, 1.7, 0.2], [-0.3, 0.8, 2.5]])
B = np.array([0.7, -0.4, 1.1])
SYMMETRIC = A @ A.T
P = np.abs(A) / np.sum(np.abs(A), axis=1, keepdims=True)


@program(A[[1, 2, 0]], B)
def gaussian_elimination_with_pivoting(a, b):
    n = len(b)
    for k in range(n):
        pivot = k + np.argmax(np.abs(a[k:, k]))
        if pivot != k:
            a[[k, pivot]] = a[[pivot, k]]
            b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in reversed(range(n)):
        x[i] = (b[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


@program(A)
def inverse_by_gauss_jordan(a):
    n = len(a)
    work = np.hstack([a, np.eye(n)])
    for k in range(n):
        work[k] /= work[k, k]
        for i in range(n):
            if i != k:
                work[i] -= work[i, k] * work[k]
    return work[:, n:]


@program(A)
def householder_triangularisation(a):
    n = len(a)
    for k in range(n - 1):
        v = a[k:, k].copy()
        v[0] += math.copysign(1.0, v[0]) * np.sqrt(v @ v)
        v /= np.sqrt(v @ v)
        a[k:, k:] -= 2.0 * np.outer(v, v @ a[k:, k:])
    return np.abs(np.diagonal(a)) + a[0]


@program(SYMMETRIC)
def jacobi_rotations(a):
    n = len(a)
    for _ in range(2):
        for p in range(n - 1):
            for q in range(p + 1, n):
                theta = 0.5 * np.arctan2(2.0 * a[p, q], a[q, q] - a[p, p])
                c, s = np.cos(theta), np.sin(theta)
                row_p, row_q = a[p].copy(), a[q].copy()
                a[p], a[q] = c * row_p - s * row_q, s * row_p + c * row_q
                column_p, column_q = a[:, p].copy(), a[:, q].copy()
                a[:, p] = c * column_p - s * column_q
                a[:, q] = s * column_p + c * column_q
    return np.diag(a)


@program(SYMMETRIC, B)
def conjugate_gradients(a, b):
    x = np.zeros_like(b)
    r = b.copy()
    p = r.copy()
    rho = r @ r
    for _ in range(10):
        q = a @ p
        alpha = rho / (p @ q)
        x += alpha * p
        r -= alpha * q
        previous, rho = rho, r @ r
        if rho < 0.05:
            break
        p *= rho / previous
        p += r
    return x


@program(A)
def power_iteration(a):
    v = np.ones(3)
    for _ in range(5):
        v[:] = a @ v
        v /= np.sqrt(np.sum(v * v))
    return v @ a @ v


@program(np.array([-1.0, 2.5, 3.0, 2.2, 1.0]), Y)
def tridiagonal_solver(diagonal, right):
    c = np.empty(5)
    c[0] = 0.5 / diagonal[0]
    right[0] /= diagonal[0]
    for i in range(1, 5):
        pivot = diagonal[i] - 0.5 * c[i - 1]
        c[i] = 0.5 / pivot
        right[i] = (right[i] - 0.5 * right[i - 1]) / pivot
    for i in range(3, -1, -1):
        right[i] -= c[i] * right[i + 1]
    return right


@program(B, 0.1)
def runge_kutta_with_buffers(y, dt):
    k = np.empty((4, 3))

    def slope(state, out):
        out[0] = 10.0 * (state[1] - state[0])
        out[1] = state[0] * (2.8 - state[2]) - state[1]
        out[2] = state[0] * state[1] - 0.3 * state[2]

    for _ in range(3):
        slope(y, k[0])
        slope(y + 0.5 * dt * k[0], k[1])
        slope(y + 0.5 * dt * k[1], k[2])
        slope(y + dt * k[2], k[3])
        y += dt / 6.0 * (k[0] + 2.0 * k[1] + 2.0 * k[2] + k[3])
    return y


@program(B, -B, 0.1)
def leapfrog(position, velocity, dt):
    force = -np.sin(position)
    for _ in range(4):
        velocity += 0.5 * dt * force
        position += dt * velocity
        np.negative(np.sin(position), out=force)
        velocity += 0.5 * dt * force
    return 0.5 * velocity @ velocity - np.sum(np.cos(position))


@program(X)
def insertion_sort(x):
    for i in range(1, len(x)):
        key = x[i]
        j = i - 1
        while j >= 0 and x[j] > key:
            x[j + 1] = x[j]
            j -= 1
        x[j + 1] = key
    return x * X


def _quicksort(x, low, high):
    if low >= high:
        return
    pivot, store = x[high], low
    for i in range(low, high):
        if x[i] < pivot:
            x[i], x[store] = x[store], x[i]
            store += 1
    x[store], x[high] = x[high], x[store]
    _quicksort(x, low, store - 1)
    _quicksort(x, store + 1, high)


@program(X)
def quicksort(x):
    _quicksort(x, 0, len(x) - 1)
    return x * X


@program(X, Y)
def dynamic_time_warping(x, y):
    cost = np.full((len(x) + 1, len(y) + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, len(x) + 1):
        for j in range(1, len(y) + 1):
            step = (x[i - 1] - y[j - 1]) ** 2
            cost[i, j] = step + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    return cost[-1, -1]


@program(P, np.array([0.5, 0.3, 0.2]), np.array([[0.7, 0.2], [0.4, 0.5], [0.1, 0.6]]))
def hidden_markov_forward(transition, start, emission):
    observations = [0, 1, 1, 0]
    alpha = np.zeros((4, 3))
    scale = np.zeros(4)
    alpha[0] = start * emission[:, observations[0]]
    scale[0] = alpha[0].sum()
    alpha[0] /= scale[0]
    for t in range(1, 4):
        for j in range(3):
            alpha[t, j] = alpha[t - 1] @ transition[:, j] * emission[j, observations[t]]
        scale[t] = alpha[t].sum()
        alpha[t] /= scale[t]
    return np.sum(np.log(scale))


@program(np.array([[9.0, 1.3, 4.1], [2.2, 9.0, 0.9], [0.7, 3.3, 9.0]]))
def shortest_paths(distance):
    n = len(distance)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if distance[i, k] + distance[k, j] < distance[i, j]:
                    distance[i, j] = distance[i, k] + distance[k, j]
    return distance * distance


@program(P)
def page_rank(links):
    rank = np.full(3, 1.0 / 3.0)
    while True:
        new = 0.85 * rank @ links
        new += 0.05
        change = np.max(np.abs(new - rank))
        rank[:] = new
        if change < 0.02:
            return rank


@program(A, B)
def newton_with_backtracking(a, x):
    def residual(z):
        return a @ z + 0.1 * z**3 - 1.0

    for _ in range(3):
        r = residual(x)
        step = np.linalg.solve(a + np.diag(0.3 * x**2), r)
        t = 1.0
        while np.sum(residual(x - t * step) ** 2) > np.sum(r * r) and t > 0.1:
            t *= 0.5
        x -= t * step
    return x


class Adam:
    """An optimizer with its moments in dicts."""

    def __init__(self, rate=0.1):
        self.rate = rate
        self.first = {}
        self.second = {}
        self.steps = 0

    def update(self, params, grads):
        self.steps += 1
        for name, g in grads.items():
            m = self.first.setdefault(name, np.zeros_like(g))
            v = self.second.setdefault(name, np.zeros_like(g))
            m *= 0.9
            m += 0.1 * g
            v *= 0.99
            v += 0.01 * g * g
            correction = math.sqrt(1.0 - 0.99**self.steps) / (1.0 - 0.9**self.steps)
            params[name] -= self.rate * correction * m / (np.sqrt(v) + 1e-3)


@program({"w": B, "b": X}, 0.1)
def optimizer_with_state(params, rate):
    optimizer = Adam(rate)
    for _ in range(3):
        grads = {name: 2.0 * value + value**3 for name, value in params.items()}
        optimizer.update(params, grads)
    return np.sum(params["w"] ** 2) + np.sum(params["b"] ** 2)


class KalmanFilter:
    """A filter of a scalar signal with velocity."""

    def __init__(self, noise):
        self.state = np.zeros(2)
        self.covariance = np.eye(2)
        self.noise = noise
        self.model = np.array([[1.0, 0.1], [0.0, 1.0]])

    def predict(self):
        self.state = self.model @ self.state
        self.covariance = self.model @ self.covariance @ self.model.T
        self.covariance[[0, 1], [0, 1]] += 0.01

    def correct(self, measured):
        gain = self.covariance[:, 0] / (self.covariance[0, 0] + self.noise)
        self.state += gain * (measured - self.state[0])
        self.covariance -= np.outer(gain, self.covariance[0])


@program(X, 0.4)
def kalman_filter(signal, noise):
    kalman = KalmanFilter(noise)
    track = []
    for measured in signal:
        kalman.predict()
        kalman.correct(measured)
        track.append(kalman.state[0])
    return np.sum(np.array(track) * signal) + kalman.covariance[1, 1]


class Stack:
    """A stack machine."""

    def __init__(self):
        self.items = []

    def push(self, value):
        self.items.append(value)

    def pop(self):
        if not self.items:
            raise IndexError("empty stack")
        return self.items.pop()


@program(0.7, 1.3)
def reverse_polish(x, y):
    names = {"x": x, "y": y}
    stack = Stack()
    for word in "x y * x + y sin *".split():
        if word == "sin":
            stack.push(math.sin(stack.pop()))
        elif word in names:
            stack.push(names[word])
        else:
            right, left = stack.pop(), stack.pop()
            stack.push(left * right if word == "*" else left + right)
    return stack.pop()


class Node:
    """A node of a search tree."""

    def __init__(self, key, value):
        self.key = key
        self.value = value
        self.left = None
        self.right = None


def _insert(node, key, value):
    if node is None:
        return Node(key, value)
    if key < node.key:
        node.left = _insert(node.left, key, value)
    elif key > node.key:
        node.right = _insert(node.right, key, value)
    else:
        node.value *= value
    return node


def _weighted(node, depth):
    if node is None:
        return 0.0
    return node.value * depth + _weighted(node.left, depth + 1.0) + _weighted(node.right, depth * 1.5)


@program(X)
def search_tree(x):
    root = None
    for key, value in zip((3, 1, 4, 1, 5), x):
        root = _insert(root, key, value)
    return _weighted(root, 1.0)


@program(np.array([0.2, 0.9, 1.6, 2.1, 0.5]))
def polynomial_by_divided_differences(y):
    nodes = [0.0, 0.5, 1.0, 1.5, 2.0]
    table = y.copy()
    for order in range(1, 5):
        for i in range(4, order - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (nodes[i] - nodes[i - order])
    value = table[4]
    for i in range(3, -1, -1):
        value = value * (0.7 - nodes[i]) + table[i]
    return value


@program(X, 1.3)
def horner_with_derivative(coefficients, x):
    p = np.zeros(2)
    for c in coefficients[::-1]:
        p[1] = p[1] * x + p[0]
        p[0] = p[0] * x + c
    return p


@program(np.array([[0.1, 0.2], [1.9, 2.2], [0.3, -0.1], [2.1, 1.8]]))
def k_means(points):
    centres = points[:2].copy()
    for _ in range(2):
        sums = np.zeros((2, 2))
        counts = np.zeros(2)
        for p in points:
            nearest = np.argmin(np.sum((centres - p) ** 2, axis=1))
            sums[nearest] += p
            counts[nearest] += 1.0
        centres[:] = sums / counts[:, None]
    return centres * centres


@program(X, np.array([0, 2, 2, 4, 0]))
def histogram_with_weights(weights, bins):
    counts = np.zeros(5)
    for b, w in zip(bins, weights):
        counts[b] += w * w
    np.add.at(counts, bins, weights)
    counts[counts == 0] = 1.0
    return np.log(np.abs(counts) + 1.0)


@program(np.outer(X[:4], Y[:4]) + 1.0)
def summed_area_table(image):
    n, m = image.shape
    for i in range(n):
        for j in range(m):
            if i > 0:
                image[i, j] += image[i - 1, j]
            if j > 0:
                image[i, j] += image[i, j - 1]
            if i > 0 and j > 0:
                image[i, j] -= image[i - 1, j - 1]
    return image[3, 3] * image[1:3, 2] - image[0, :2]


@program(X)
def wavelet_lifting(x):
    x = np.append(x, [0.5, -0.2, 0.1])
    n = len(x)
    while n > 1:
        even, odd = x[:n:2].copy(), x[1:n:2].copy()
        odd -= even
        even += 0.5 * odd * even
        x[: n // 2] = even
        x[n // 2 : n] = odd
        n //= 2
    return x * x


@program(X)
def prefix_sums_by_doubling(x):
    step = 1
    while step < len(x):
        x[step:] += x[:-step].copy()
        x[step:] *= 1.0 + 0.1 * x[:-step]
        step *= 2
    return x * X


@program(0.3)
def logistic_map_on_a_ring_buffer(x):
    ring = [0.0] * 3
    for t in range(8):
        ring[t % 3] = 3.2 * x * (1.0 - x) + 0.1 * ring[(t + 1) % 3]
        x = ring[t % 3] * 0.9
    return sum(v * v for v in ring)


@program(X, 0.5)
def heat_equation_with_two_layers(u, kappa):
    layers = [u, np.zeros_like(u)]
    for step in range(4):
        old, new = layers[step % 2], layers[(step + 1) % 2]
        new[1:-1] = old[1:-1] + kappa * (old[2:] - 2.0 * old[1:-1] + old[:-2])
        new[0] = new[1]
        new[-1] = new[-2]
    return layers[0] * layers[1]
