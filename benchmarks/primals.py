"""The programs whose derivatives are timed, in plain NumPy."""

import numpy as np


def polynomial(x):
    y = 0.0
    for i in range(20):
        y = y * x + 0.1 * i
    return y


def logistic_regression(w, b, x, y):
    z = x @ w + b
    return np.mean(np.log1p(np.exp(-y * z)))


def mlp(w1, b1, w2, b2, x, labels):
    hidden = np.tanh(x @ w1 + b1)
    logits = hidden @ w2 + b2
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_z = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(log_z - np.sum(shifted * labels, axis=1))


def rnn(wx, wh, b, inputs, target):
    h = np.zeros(target.shape)
    for x in inputs:
        h = np.tanh(x @ wx + h @ wh + b)
    return np.sum((h - target) ** 2)


def gaussian_mixture(logits, means, log_scales, x):
    scaled = (x[:, None, :] - means) * np.exp(-log_scales)
    scores = logits - np.sum(log_scales, axis=1) - 0.5 * np.sum(scaled**2, axis=2)
    top = np.max(scores, axis=1, keepdims=True)
    log_density = np.log(np.sum(np.exp(scores - top), axis=1)) + top[:, 0]
    top_logit = np.max(logits)
    log_total = np.log(np.sum(np.exp(logits - top_logit))) + top_logit
    return np.sum(log_density) - x.shape[0] * log_total


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm(wx, wh, b, inputs, target):
    n = target.shape[1]
    h = np.zeros(target.shape)
    c = np.zeros(target.shape)
    for x in inputs:
        z = x @ wx + h @ wh + b
        i = sigmoid(z[:, :n])
        f = sigmoid(z[:, n : 2 * n])
        o = sigmoid(z[:, 2 * n : 3 * n])
        g = np.tanh(z[:, 3 * n :])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.sum((h - target) ** 2)
