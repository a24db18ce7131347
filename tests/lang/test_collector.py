"""The collector of cyclic garbage rests while derivatives are built, and is left as it was found."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from srcad import SrcadError, grad
from srcad.lang import recursion
from srcad.lang.collector import resting_collector


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    yield
    gc.enable()


def test_it_rests_while_a_derivative_is_built() -> None:
    class Request:
        func = staticmethod(abs)

    assert recursion.walks_deep_trees(lambda request: gc.isenabled())(Request()) is False
    assert gc.isenabled()


def test_it_works_again_after_a_refused_program() -> None:
    def program(x: float) -> Iterator[float]:
        yield x

    with pytest.raises(SrcadError):
        grad(program)(1.0)
    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    assert grad(lambda x: x * x)(3.0) == 6.0
    assert not gc.isenabled()


def test_it_rests_until_the_last_thread_has_built() -> None:
    entered, first_is_done = threading.Event(), threading.Event()

    def second() -> None:
        with resting_collector():
            entered.set()
            first_is_done.wait()
            states.append(gc.isenabled())

    states: list[bool] = []
    thread = threading.Thread(target=second)
    with resting_collector():
        thread.start()
        entered.wait()
    first_is_done.set()
    thread.join()
    assert states == [False]
    assert gc.isenabled()


def test_it_has_little_to_do_after_a_build() -> None:
    def program(x: float) -> float:
        return x * x - 2.0 * x

    def another(x: float) -> float:
        return (x - 1.0) * x * 3.0

    grad(program)(1.0)
    gc.collect()
    gc.disable()
    grad(another)(1.0)
    assert gc.collect() < 150
