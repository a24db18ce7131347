"""Heaps and lists kept in order: shortest paths, running medians."""

import bisect
import heapq

import numpy as np

from tests.programs.corpus import program

EDGES = {0: ((1, 0), (2, 1)), 1: ((2, 2), (3, 3)), 2: ((3, 4),), 3: ()}


@program(np.array([0.7, 1.9, 0.4, 2.5, 0.6]))
def shortest_path(weights):
    best = {0: 0.0}
    queue = [(0.0, 0)]
    while queue:
        length, node = heapq.heappop(queue)
        if length > best[node]:
            continue
        for following, edge in EDGES[node]:
            longer = length + weights[edge]
            if following not in best or longer < best[following]:
                best[following] = longer
                heapq.heappush(queue, (longer, following))
    return best[3] ** 2 + best[2]


@program(np.array([2.1, 0.3, 1.7, -0.4, 3.2, 0.9]))
def sorted_by_a_heap(x):
    heap = list(x)
    heapq.heapify(heap)
    total = 0.0
    for k in range(len(x)):
        total += (k + 1) * heapq.heappop(heap) ** 2
    return total


@program(np.array([2.1, 0.3, 1.7, -0.4, 3.2, 0.9]))
def largest_and_smallest(x):
    top = heapq.nlargest(2, x)
    return top[0] * top[1] + sum(heapq.nsmallest(2, x, key=lambda v: v * v))


@program(np.array([2.1, 0.3, 1.7, -0.4, 3.2, 0.9]))
def best_three_kept(x):
    heap = [x[0] * x[0], x[1], x[2] * 2.0]
    heapq.heapify(heap)
    for v in x[3:]:
        heapq.heappushpop(heap, v)
    heapq.heapreplace(heap, x[0] * x[4])
    return heap[0] * heap[1] + heap[2]


@program(np.array([0.5, 1.5]))
def heap_of_plain_numbers(x):
    heap = []
    for k in (3, 1, 2):
        heapq.heappush(heap, k)
    return x[0] * heapq.heappop(heap) + x[1] ** heapq.heappop(heap)


@program(np.array([2.1, 0.3, 1.7]))
def no_key_is_the_identity(x):
    ordered = sorted(x, key=None, reverse=True)
    return ordered[0] * max(x, key=None) + min(x, key=None) ** 2


@program(np.array([2.1, 0.3, 1.7, -0.4, 3.2, 0.9]))
def running_median(x):
    ordered = []
    total = 0.0
    for v in x:
        bisect.insort(ordered, v)
        total += ordered[len(ordered) // 2] ** 2 * (bisect.bisect_left(ordered, v) + 1)
    return total


@program(np.array([2.1, 0.3, 1.7, -0.4, 3.2, 0.9]))
def kept_in_order_by_a_key(x):
    pairs, sizes = [], []
    for k, v in enumerate(x):
        bisect.insort(pairs, (k, v * v), key=lambda pair: -pair[1])
        bisect.insort_left(sizes, v, key=abs)
    return sum(place * v * sizes[place] for place, (_, v) in enumerate(pairs))
