"""The adjoints of the programs in ``primals``, written by hand and as fast as NumPy allows.

Each returns the value, computed with the operations of the program, and the gradients of the parameters.  Where there
are several ways of writing one, they are here and the fastest one counts.
"""

import numpy as np


def polynomial(x):
    saved = []
    y = 0.0
    for i in range(20):
        saved.append(y)
        y = y * x + 0.1 * i
    dy, dx = 1.0, 0.0
    for before in reversed(saved):
        dx += dy * before
        dy *= x
    return y, (dx,)


def logistic_regression(w, b, x, y):
    e = np.exp(-y * (x @ w + b))
    value = np.mean(np.log1p(e))
    dz = e / (1.0 + e)
    dz *= y
    dz *= -1.0 / len(y)
    return value, (dz @ x, np.sum(dz))


def mlp(w1, b1, w2, b2, x, labels):
    hidden = x @ w1
    hidden += b1
    np.tanh(hidden, out=hidden)
    shifted = hidden @ w2
    shifted += b2
    shifted -= np.max(shifted, axis=1, keepdims=True)
    e = np.exp(shifted)
    z = np.sum(e, axis=1, keepdims=True)
    value = np.mean(np.log(z[:, 0]) - np.sum(shifted * labels, axis=1))
    e /= z
    e -= labels
    e *= 1.0 / len(x)
    da = e @ w2.T
    dw2, db2 = hidden.T @ e, np.sum(e, axis=0)
    hidden *= hidden
    np.subtract(1.0, hidden, out=hidden)
    da *= hidden
    return value, (x.T @ da, np.sum(da, axis=0), dw2, db2)


def rnn(wx, wh, b, inputs, target):
    """Accumulate the gradients of the weights step by step."""
    h = np.zeros(target.shape)
    saved = []
    for x in inputs:
        saved.append(h)
        a = x @ wx
        a += h @ wh
        a += b
        h = np.tanh(a)
    error = h - target
    value = np.sum(error**2)
    dh = 2.0 * error
    dwx, dwh, db = np.zeros_like(wx), np.zeros_like(wh), np.zeros_like(b)
    for i in range(len(inputs) - 1, -1, -1):
        da = h * h
        np.subtract(1.0, da, out=da)
        da *= dh
        h = saved[i]
        dwx += inputs[i].T @ da
        dwh += h.T @ da
        db += np.sum(da, axis=0)
        dh = da @ wh.T
    return value, (dwx, dwh, db)


def rnn_with_one_product(wx, wh, b, inputs, target):
    """Keep what the gradients of the weights are made of and multiply once, behind the loop."""
    steps, (batch, n) = len(inputs), target.shape
    states = np.zeros((steps + 1, batch, n))
    for i in range(steps):
        a = inputs[i] @ wx
        a += states[i] @ wh
        a += b
        np.tanh(a, out=states[i + 1])
    error = states[-1] - target
    value = np.sum(error**2)
    dh = 2.0 * error
    das = np.empty((steps, batch, n))
    transposed = wh.T
    for i in range(steps - 1, -1, -1):
        da = das[i]
        h = states[i + 1]
        np.multiply(h, h, out=da)
        np.subtract(1.0, da, out=da)
        da *= dh
        dh = da @ transposed
    rows = das.reshape(-1, n)
    dwx = inputs.reshape(-1, inputs.shape[2]).T @ rows
    return value, (dwx, states[:-1].reshape(-1, n).T @ rows, np.sum(rows, axis=0))


def rnn_in_one_buffer(wx, wh, b, inputs, target):
    """Multiply the inputs once, before the loop, as well, and keep all states in what that gives."""
    steps, (batch, n) = len(inputs), target.shape
    rows = inputs.reshape(-1, inputs.shape[2])
    states = (rows @ wx).reshape(steps, batch, n)
    states += b
    h, product = np.zeros(target.shape), np.empty(target.shape)
    for state in states:
        np.matmul(h, wh, out=product)
        state += product
        h = np.tanh(state, out=state)
    error = h - target
    value = np.sum(error**2)
    dh = 2.0 * error
    das = states * states
    np.subtract(1.0, das, out=das)
    transposed = wh.T
    for i in range(steps - 1, -1, -1):
        da = das[i]
        da *= dh
        np.matmul(da, transposed, out=dh)
    dwh = states[:-1].reshape(-1, n).T @ das[1:].reshape(-1, n)
    das = das.reshape(-1, n)
    return value, (rows.T @ das, dwh, np.sum(das, axis=0))


def gaussian_mixture(logits, means, log_scales, x):
    inverse = np.exp(-log_scales)
    scaled = x[:, None, :] - means
    scaled *= inverse
    squares = scaled * scaled
    scores = np.sum(squares, axis=2)
    scores *= -0.5
    scores += logits - np.sum(log_scales, axis=1)
    top = np.max(scores, axis=1, keepdims=True)
    scores -= top
    e = np.exp(scores, out=scores)
    z = np.sum(e, axis=1, keepdims=True)
    top_logit = np.max(logits)
    p = np.exp(logits - top_logit)
    total = np.sum(p)
    value = np.sum(np.log(z)) + np.sum(top) - len(x) * (np.log(total) + top_logit)
    e /= z
    summed = np.sum(e, axis=0)
    squares *= e[:, :, None]
    scaled *= e[:, :, None]
    dmeans = np.sum(scaled, axis=0)
    dmeans *= inverse
    dlog_scales = np.sum(squares, axis=0) - summed[:, None]
    return value, (summed - p * (len(x) / total), dmeans, dlog_scales)


def lstm(wx, wh, b, inputs, target):
    batch, n = target.shape
    h, c = np.zeros(target.shape), np.zeros(target.shape)
    saved = []
    for x in inputs:
        z = x @ wx
        z += h @ wh
        z += b
        gates = np.negative(z[:, : 3 * n])
        np.exp(gates, out=gates)
        gates += 1.0
        np.divide(1.0, gates, out=gates)
        g = np.tanh(z[:, 3 * n :])
        c_next = gates[:, n : 2 * n] * c
        c_next += gates[:, :n] * g
        t = np.tanh(c_next)
        saved.append((gates, g, c, t, h))
        c = c_next
        h = gates[:, 2 * n :] * t
    error = h - target
    value = np.sum(error**2)
    dh = 2.0 * error
    dc = np.zeros(target.shape)
    dwx, dwh, db = np.zeros_like(wx), np.zeros_like(wh), np.zeros_like(b)
    dz = np.empty((batch, 4 * n))
    for k in range(len(inputs) - 1, -1, -1):
        gates, g, c, t, h = saved[k]
        dc += dh * gates[:, 2 * n :] * (1.0 - t * t)
        dz[:, :n] = dc * g
        dz[:, n : 2 * n] = dc * c
        dz[:, 2 * n : 3 * n] = dh * t
        dz[:, : 3 * n] *= gates * (1.0 - gates)
        dz[:, 3 * n :] = dc * gates[:, :n] * (1.0 - g * g)
        dc *= gates[:, n : 2 * n]
        dwx += inputs[k].T @ dz
        dwh += h.T @ dz
        db += np.sum(dz, axis=0)
        dh = dz @ wh.T
    return value, (dwx, dwh, db)


def lstm_with_one_product(wx, wh, b, inputs, target):
    """Keep what the gradients of the weights are made of and multiply once, behind the loop."""
    steps, (batch, n) = len(inputs), target.shape
    states = np.zeros((steps + 1, batch, n))
    c = np.zeros(target.shape)
    saved = []
    for k in range(steps):
        z = inputs[k] @ wx
        z += states[k] @ wh
        z += b
        gates = np.negative(z[:, : 3 * n])
        np.exp(gates, out=gates)
        gates += 1.0
        np.divide(1.0, gates, out=gates)
        g = np.tanh(z[:, 3 * n :])
        c_next = gates[:, n : 2 * n] * c
        c_next += gates[:, :n] * g
        t = np.tanh(c_next)
        saved.append((gates, g, c, t))
        c = c_next
        np.multiply(gates[:, 2 * n :], t, out=states[k + 1])
    error = states[-1] - target
    value = np.sum(error**2)
    dh = 2.0 * error
    dc = np.zeros(target.shape)
    dzs = np.empty((steps, batch, 4 * n))
    transposed = wh.T
    for k in range(steps - 1, -1, -1):
        gates, g, c, t = saved.pop()
        dz = dzs[k]
        dc += dh * gates[:, 2 * n :] * (1.0 - t * t)
        np.multiply(dc, g, out=dz[:, :n])
        np.multiply(dc, c, out=dz[:, n : 2 * n])
        np.multiply(dh, t, out=dz[:, 2 * n : 3 * n])
        dz[:, : 3 * n] *= gates * (1.0 - gates)
        np.multiply(dc * gates[:, :n], 1.0 - g * g, out=dz[:, 3 * n :])
        dc *= gates[:, n : 2 * n]
        dh = dz @ transposed
    rows = dzs.reshape(-1, 4 * n)
    dwx = inputs.reshape(-1, inputs.shape[2]).T @ rows
    return value, (dwx, states[:-1].reshape(-1, n).T @ rows, np.sum(rows, axis=0))
