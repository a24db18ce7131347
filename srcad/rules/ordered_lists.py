"""Heaps and sorted lists of the standard library, written out: what moves in a list carries its derivative along."""

from __future__ import annotations

import bisect
import heapq
from typing import Any

from srcad.rules.registry import constant, written_out

constant(bisect.bisect_left, bisect.bisect_right)

# In a heap, the item at ``k`` is not larger than those at ``2 * k + 1`` and ``2 * k + 2``.


@written_out(heapq.heappush)
def heappush(heap: Any, item: Any) -> None:
    heap.append(item)
    place = len(heap) - 1
    while place > 0 and item < heap[(place - 1) // 2]:
        above = (place - 1) // 2
        heap[place] = heap[above]
        place = above
    heap[place] = item


def _settle(heap: Any, place: int) -> None:
    """Move the item at ``place`` down until none below it is smaller, as far as the standard library does.

    The hole goes down to a leaf along the smaller items first, and the item from there up again.
    """
    start, end, item = place, len(heap), heap[place]
    below = 2 * place + 1
    while below < end:
        if below + 1 < end and not heap[below] < heap[below + 1]:
            below += 1
        heap[place] = heap[below]
        place = below
        below = 2 * place + 1
    while place > start and item < heap[(place - 1) // 2]:
        above = (place - 1) // 2
        heap[place] = heap[above]
        place = above
    heap[place] = item


@written_out(heapq.heappop)
def heappop(heap: Any) -> Any:
    last = heap.pop()
    if not heap:
        return last
    first = heap[0]
    heap[0] = last
    _settle(heap, 0)
    return first


@written_out(heapq.heapify)
def heapify(x: Any) -> None:
    for place in range(len(x) // 2 - 1, -1, -1):
        _settle(x, place)


@written_out(heapq.heapreplace)
def heapreplace(heap: Any, item: Any) -> Any:
    first = heap[0]
    heap[0] = item
    _settle(heap, 0)
    return first


@written_out(heapq.heappushpop)
def heappushpop(heap: Any, item: Any) -> Any:
    if heap and heap[0] < item:
        return heapreplace(heap, item)
    return item


@written_out(heapq.nsmallest)
def nsmallest(n: int, iterable: Any, key: Any = None) -> list[Any]:
    return sorted(iterable)[:n] if key is None else sorted(iterable, key=key)[:n]


@written_out(heapq.nlargest)
def nlargest(n: int, iterable: Any, key: Any = None) -> list[Any]:
    return sorted(iterable, reverse=True)[:n] if key is None else sorted(iterable, key=key, reverse=True)[:n]


@written_out(bisect.insort_left)
def insort_left(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> None:
    sought = x if key is None else key(x)
    a.insert(bisect.bisect_left(a, sought, lo, hi, key=key), x)


@written_out(bisect.insort_right)
def insort_right(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> None:
    sought = x if key is None else key(x)
    a.insert(bisect.bisect_right(a, sought, lo, hi, key=key), x)
