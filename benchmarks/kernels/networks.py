"""Neural networks whose layers fill and reuse buffers."""

import numpy as np

from benchmarks.kernels.kernel import Kernel

__all__ = ["KERNELS"]


def relu(x):
    return np.maximum(x, 0.0)


def softmax(x, out):
    np.subtract(x, np.max(x, axis=-1, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= np.sum(out, axis=-1, keepdims=True)


def conv2d(images, weights, out):
    k = weights.shape[0]
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            window = images[:, i : i + k, j : j + k, :, None]
            out[:, i, j] = np.sum(window * weights, axis=(1, 2, 3))


def convolved(images, weights):
    n, height, width, _ = images.shape
    k = weights.shape[0]
    out = np.empty((n, height - k + 1, width - k + 1, weights.shape[3]))
    conv2d(images, weights, out)
    return out


def max_pooled(x):
    out = np.empty((x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]))
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            out[:, i, j] = np.max(x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2], axis=(1, 2))
    return out


def lenet(images, conv1, bias1, conv2, bias2, w3, b3, w4, b4):
    x = convolved(images, conv1)
    x += bias1
    x = max_pooled(relu(x))
    x = convolved(x, conv2)
    x += bias2
    x = max_pooled(relu(x))
    x = x.reshape(x.shape[0], -1)
    x = relu(x @ w3 + b3)
    return x @ w4 + b4


def _normalize(x):
    x -= np.mean(x, axis=0)
    x /= np.sqrt(np.mean(x * x, axis=0) + 1e-5)


def residual_block(x, conv1, conv2, conv3):
    k = conv2.shape[0]
    padded = np.zeros((x.shape[0], x.shape[1] + k - 1, x.shape[2] + k - 1, conv1.shape[3]))
    pad = k // 2
    padded[:, pad : x.shape[1] + pad, pad : x.shape[2] + pad] = convolved(x, conv1)
    _normalize(padded)
    y = convolved(relu(padded), conv2)
    _normalize(y)
    y = convolved(relu(y), conv3)
    _normalize(y)
    y += x
    return relu(y)


def mlp(x, w1, b1, w2, b2, w3, b3, out):
    hidden = x @ w1
    hidden += b1
    hidden[hidden < 0] = 0.0
    hidden = hidden @ w2
    hidden += b2
    hidden[hidden < 0] = 0.0
    np.dot(hidden, w3, out=out)
    out += b3
    softmax(out, out)


def _softmax_data(size, rng):
    return rng.normal(size=(2, size, 3)), rng.normal(size=(2, size, 3))


def _conv_data(size, rng):
    return (
        rng.normal(size=(2, size + 2, size + 3, 2)),
        rng.normal(size=(3, 3, 2, 3)),
        rng.normal(size=(2, size, size + 1, 3)),
    )


def _lenet_data(size, rng):
    side = 4 * size + 6
    shapes = [
        (2, side, side, 1),
        (3, 3, 1, 2),
        (2,),
        (3, 3, 2, 3),
        (3,),
        (3 * size * size, 5),
        (5,),
        (5, 4),
        (4,),
    ]
    return tuple(rng.normal(size=shape) for shape in shapes)


def _residual_data(size, rng):
    shapes = [(2, size, size + 1, 3), (1, 1, 3, 2), (3, 3, 2, 2), (1, 1, 2, 3)]
    return tuple(rng.normal(size=shape) for shape in shapes)


def _mlp_data(size, rng):
    shapes = [(3, size), (size, 5), (5,), (5, 4), (4,), (4, 3), (3,), (3, 3)]
    return tuple(rng.normal(size=shape) for shape in shapes)


KERNELS = (
    Kernel(softmax, _softmax_data, (2, 4), (1,)),
    Kernel(conv2d, _conv_data, (2, 3), (2,)),
    Kernel(lenet, _lenet_data, (1, 2)),
    Kernel(residual_block, _residual_data, (2, 3)),
    Kernel(mlp, _mlp_data, (3, 6), (7,)),
)
