"""A traceback shows the user's call and program, and srcad's own frames where srcad is at fault or they are asked for."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from srcad import SrcadError, grad, hessian, hvp, jvp, vjp
from srcad.lang import tracebacks

ONES, BEST = np.ones(3), np.zeros(3)
PACKAGE = str(Path(srcad.__file__).parent)


def picked(x):
    return np.sum([np.linalg.cholesky, np.linalg.qr][int(x[0] > 5)](x))


def refused(x):
    BEST[:] = x
    return np.sum(x)


def frames_of(derive: Callable[[], Any]) -> list[traceback.FrameSummary]:
    with pytest.raises(Exception) as caught:
        derive()
    return traceback.extract_tb(caught.value.__traceback__)


def ours(frames: list[traceback.FrameSummary]) -> int:
    return sum(frame.filename.startswith(PACKAGE) for frame in frames)


DERIVED: dict[str, Callable[[Any], Any]] = {
    "grad": lambda f: grad(f)(ONES),
    "jvp": lambda f: jvp(f, (ONES,), (ONES,)),
    "hvp": lambda f: hvp(f)(ONES, ONES),
    "vjp": lambda f: vjp(f, ONES),
    "hessian": lambda f: hessian(f)(ONES),
}


@pytest.mark.parametrize("operator", DERIVED)
def test_an_exception_of_the_program_ends_in_its_line(operator: str) -> None:
    frames = frames_of(lambda: DERIVED[operator](picked))
    of_program = next(k for k, frame in enumerate(frames) if frame.name == "picked")
    assert frames[of_program].line == "return np.sum([np.linalg.cholesky, np.linalg.qr][int(x[0] > 5)](x))"
    assert ours(frames[of_program:]) == 0
    assert ours(frames) <= 3


@pytest.mark.parametrize("operator", DERIVED)
def test_a_refusal_has_no_frames_of_the_compiler(operator: str) -> None:
    with pytest.raises(SrcadError):
        DERIVED[operator](refused)
    assert ours(frames_of(lambda: DERIVED[operator](refused))) <= 3


def test_all_frames_are_shown_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    short = frames_of(lambda: grad(refused)(ONES))
    monkeypatch.setenv(tracebacks.FULL, "1")
    assert len(frames_of(lambda: grad(refused)(ONES))) > len(short) + 3


def test_a_fault_of_srcad_keeps_its_frames() -> None:
    def at_fault() -> None:
        namespace: dict[str, Any] = {}
        exec(compile("def inner(): raise KeyError(1)", f"{PACKAGE}/inner.py", "exec"), namespace)
        namespace["inner"]()

    with pytest.raises(KeyError) as caught:
        at_fault()
    assert caught.value.__traceback__ is not None
    inner = caught.value.__traceback__.tb_next.tb_next  # type: ignore[union-attr]
    assert tracebacks.shortened(caught.value.with_traceback(inner)) is inner
