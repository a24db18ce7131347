"""Train a two-layer network, written in plain NumPy, on the handwritten digits inside scikit-learn.

Run it with ``python examples/digits.py``.  It prints the generated derivative, trains with a progress
bar, prints the accuracy on images it never saw, and draws the learning curve into a PNG file.
"""

import argparse
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import tqdm

from srcad import value_and_grad


def initial(rng, pixels=64, hidden=64, classes=10):
    """Return random parameters of the network."""
    return {
        "W1": rng.normal(size=(pixels, hidden)) / np.sqrt(pixels),
        "b1": np.zeros(hidden),
        "W2": rng.normal(size=(hidden, classes)) / np.sqrt(hidden),
        "b2": np.zeros(classes),
    }


def logits(params, images):
    """Return a score for each class of each image."""
    hidden = np.tanh(images @ params["W1"] + params["b1"])
    return hidden @ params["W2"] + params["b2"]


def loss(params, images, labels):
    """Return the mean cross-entropy of the network on labelled images."""
    scores = logits(params, images)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    log_total = np.log(np.sum(np.exp(scores), axis=1))
    chosen = scores[np.arange(len(labels)), labels]
    return np.mean(log_total - chosen)


def accuracy(params, images, labels):
    """Return the share of images that the network classifies correctly."""
    return float(np.mean(np.argmax(logits(params, images), axis=1) == labels))


def load(seed=0):
    """Return training images, test images, training labels and test labels; pixels are in [0, 1]."""
    digits = load_digits()
    return train_test_split(
        digits.data / 16.0, digits.target, test_size=0.25, random_state=seed, stratify=digits.target
    )


def train(params, images, labels, epochs=40, batch=32, rate=0.1, momentum=0.9, seed=0, progress=True):
    """Train by stochastic gradient descent on mini-batches; return the parameters and each step's loss."""
    rng = np.random.default_rng(seed)
    loss_and_gradient = value_and_grad(loss)
    params = {name: value.copy() for name, value in params.items()}
    velocity = {name: np.zeros_like(value) for name, value in params.items()}
    curve = []
    for _ in (bar := tqdm(range(epochs), desc="training", unit="epoch", disable=not progress)):
        order = rng.permutation(len(labels))
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            value, gradient = loss_and_gradient(params, images[rows], labels[rows])
            curve.append(float(value))
            for name in params:
                velocity[name] = momentum * velocity[name] - rate * gradient[name]
                params[name] += velocity[name]
        bar.set_postfix(loss=f"{np.mean(curve[-20:]):.4f}")
    return params, curve


def draw(path, params, curve, images, labels, shown=20):
    """Write a PNG with the learning curve and some classified digits (mistakes in red)."""
    figure = Figure(figsize=(10, 6.5), layout="constrained")
    FigureCanvasAgg(figure)
    upper, lower = figure.subfigures(2, 1, height_ratios=(1.1, 1.0))
    axes = upper.subplots()
    axes.semilogy(curve, color="0.8", label="mini-batch")
    width = 40
    axes.semilogy(
        np.arange(width - 1, len(curve)), np.convolve(curve, np.ones(width) / width, "valid"), label="mean"
    )
    axes.set(xlabel="step", ylabel="cross-entropy", title="Training")
    axes.legend()
    predicted = np.argmax(logits(params, images), axis=1)
    mistakes = np.flatnonzero(predicted != labels)[: shown // 2]
    correct = np.flatnonzero(predicted == labels)[: shown - len(mistakes)]
    for axes, i in zip(lower.subplots(2, shown // 2).flat, np.concatenate([mistakes, correct])):
        axes.imshow(images[i].reshape(8, 8), cmap="gray_r")
        axes.set_title(str(predicted[i]), color="black" if predicted[i] == labels[i] else "red")
        axes.set_axis_off()
    figure.savefig(path, dpi=110)


def main(arguments=None):
    """Print the derivative, train, report the test accuracy and draw."""
    parser = argparse.ArgumentParser(description="Train a two-layer network on handwritten digits.")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("digits.png"))
    options = parser.parse_args(arguments)

    images, test_images, labels, test_labels = load(options.seed)
    params = initial(np.random.default_rng(options.seed))
    derivative = value_and_grad(loss)
    derivative(params, images[:1], labels[:1])  # so that the source is the one for these kinds of arguments
    print(derivative.source)
    print(f"training on {len(labels)} images, testing on {len(test_labels)}")
    params, curve = train(params, images, labels, epochs=options.epochs, seed=options.seed)
    reached = accuracy(params, test_images, test_labels)
    print(f"test accuracy: {reached:.4f}")
    draw(options.output, params, curve, test_images, test_labels)
    print(f"drawn: {options.output}")
    return reached


if __name__ == "__main__":
    main()
