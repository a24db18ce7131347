"""Derivatives of weighted counts: histograms, and the densities that they estimate."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp


@vjp(np.bincount, "weights", linear=True)
def bincount(ans, g, x, weights=None, minlength=0):
    return rt.cast_back(g[x], ans, weights)


@vjp(np.histogram, "a", "weights")
def histogram(ans, g, a, bins=10, range=None, density=None, weights=None):
    if density:
        return densities(ans, g, a, bins, range, weights)
    return (
        rt.edges_adjoint(g[1], a, ans[1], bins, range),
        0.0 if weights is None else rt.counts_adjoint(g[0], ans[1:], (a,), weights),
    )


def densities(ans, g, a, bins, range, weights):
    """Return the gradients of ``np.histogram(..., density=True)``: counts over the widths of cells and over their sum."""
    widths = np.diff(ans[1])
    along = g[0] * ans[0] / widths
    edges = g[1] + np.append(along, 0.0) - np.append(0.0, along)
    by_data = rt.edges_adjoint(edges, a, ans[1], bins, range)
    if weights is None:
        return by_data, 0.0
    total = np.sum(rt.counts_of(weights, ans[1:], (a,)))
    slopes = (g[0] / widths - np.sum(g[0] * ans[0])) / total
    return by_data, rt.counts_adjoint(slopes, ans[1:], (a,), weights)


@jvp(np.histogram, "a")
def histogram_a(ans, t, a, bins=10, range=None, density=None, weights=None):
    edges = rt.edges_tangent(t, a, ans[1], bins, range)
    if density:
        return -ans[0] * np.diff(edges) / np.diff(ans[1]), edges
    return np.zeros_like(ans[0]) * 1.0, edges


@jvp(np.histogram, "weights")
def histogram_weights(ans, t, a, bins=10, range=None, density=None, weights=None):
    change = np.histogram(a, ans[1], weights=t)[0]
    if density:
        counts = np.histogram(a, ans[1], weights=weights)[0]
        change = density_change(ans[0], change, counts, np.diff(ans[1]))
    return change, np.zeros_like(ans[1])


def density_change(density, change, counts, volumes):
    """Return how a density changes with the counts that it is made of."""
    return (change / volumes - density * np.sum(change)) / np.sum(counts)


def areas(x_edges, y_edges):
    """Return the areas of the cells of a histogram in the plane."""
    return np.expand_dims(np.diff(x_edges), 1) * np.diff(y_edges)


def between(along):
    """Return the gradients of the edges from those of the logarithms of the widths between them, with other sign."""
    return np.append(along, 0.0) - np.append(0.0, along)


@vjp(np.histogram2d, "x", "y", "weights")
def histogram2d(ans, g, x, y, bins=10, range=None, density=None, weights=None):
    slopes, by_x, by_y = g[0], g[1], g[2]
    if density:
        table = g[0] * ans[0]
        by_x = by_x + between(np.sum(table, axis=1) / np.diff(ans[1]))
        by_y = by_y + between(np.sum(table, axis=0) / np.diff(ans[2]))
        if weights is not None:
            total = np.sum(rt.counts_of(weights, ans[1:], (x, y)))
            slopes = (g[0] / areas(ans[1], ans[2]) - np.sum(table)) / total
    return (
        rt.edges_adjoint(by_x, x, ans[1], rt.part_of_bins(bins, 0), rt.part_of_range(range, 0)),
        rt.edges_adjoint(by_y, y, ans[2], rt.part_of_bins(bins, 1), rt.part_of_range(range, 1)),
        0.0 if weights is None else rt.counts_adjoint(slopes, ans[1:], (x, y), weights),
    )


@jvp(np.histogram2d, "x")
def histogram2d_x(ans, t, x, y, bins=10, range=None, density=None, weights=None):
    edges = rt.edges_tangent(t, x, ans[1], rt.part_of_bins(bins, 0), rt.part_of_range(range, 0))
    change = np.zeros_like(ans[0]) * 1.0
    if density:
        change = -ans[0] * np.expand_dims(np.diff(edges) / np.diff(ans[1]), 1)
    return change, edges, np.zeros_like(ans[2])


@jvp(np.histogram2d, "y")
def histogram2d_y(ans, t, x, y, bins=10, range=None, density=None, weights=None):
    edges = rt.edges_tangent(t, y, ans[2], rt.part_of_bins(bins, 1), rt.part_of_range(range, 1))
    change = np.zeros_like(ans[0]) * 1.0
    if density:
        change = -ans[0] * (np.diff(edges) / np.diff(ans[2]))
    return change, np.zeros_like(ans[1]), edges


@jvp(np.histogram2d, "weights")
def histogram2d_weights(ans, t, x, y, bins=10, range=None, density=None, weights=None):
    change = np.histogram2d(x, y, (ans[1], ans[2]), weights=t)[0]
    if density:
        counts = np.histogram2d(x, y, (ans[1], ans[2]), weights=weights)[0]
        change = density_change(ans[0], change, counts, areas(ans[1], ans[2]))
    return change, np.zeros_like(ans[1]), np.zeros_like(ans[2])


@vjp(np.histogramdd, "weights")
def histogramdd(ans, g, sample, bins=10, range=None, density=None, weights=None):
    if density:
        total = np.sum(rt.counts_of(weights, ans[1], rt.coordinates(sample)))
        slopes = (g[0] / rt.cell_volumes(ans[1]) - np.sum(g[0] * ans[0])) / total
        return rt.counts_adjoint(slopes, ans[1], rt.coordinates(sample), weights)
    return rt.counts_adjoint(g[0], ans[1], rt.coordinates(sample), weights)


@jvp(np.histogramdd, "weights")
def histogramdd_weights(ans, t, sample, bins=10, range=None, density=None, weights=None):
    change = np.histogramdd(sample, ans[1], weights=t)[0]
    if density:
        counts = np.histogramdd(sample, ans[1], weights=weights)[0]
        change = density_change(ans[0], change, counts, rt.cell_volumes(ans[1]))
    return change, [np.zeros_like(edges) for edges in ans[1]]


@vjp(np.histogram_bin_edges, "a", "weights", shaped=("weights",))
def histogram_bin_edges(ans, g, a, bins=10, range=None, weights=None):
    return rt.edges_adjoint(g, a, ans, bins, range), 0.0


@jvp(np.histogram_bin_edges, "a")
def histogram_bin_edges_a(ans, t, a, bins=10, range=None, weights=None):
    return rt.edges_tangent(t, a, ans, bins, range)
