"""Every public function of the covered namespaces is differentiable, constant, mutating or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad.rules import registry
from srcad.rules.coverage import NAMESPACES, members, page, status

DOCUMENT = Path(__file__).parents[2] / "docs" / "coverage.md"


@pytest.mark.parametrize("title", NAMESPACES)
def test_every_public_function_is_accounted_for(title: str) -> None:
    missing = [name for name, value in members(NAMESPACES[title]) if status(value) is None]
    assert not missing


@pytest.mark.parametrize("title", NAMESPACES)
def test_no_function_is_accounted_for_twice(title: str) -> None:
    def categories(value: Any) -> int:
        return sum([
            registry.find(value) is not None, registry.is_constant(value), registry.is_language(value),
            registry.source_of(value) is not None or registry.is_mutating(value),  # both: in late calls, and by name
            registry.reason_refused(value) is not None,
        ])  # fmt: skip

    assert not [name for name, value in members(NAMESPACES[title]) if categories(value) > 1]


def test_an_unknown_function_is_not_accounted_for() -> None:
    assert status(lambda x: x) is None
    assert status(np.ndarray((2,))) is None


def test_refusals_are_sentences_that_name_a_way_out() -> None:
    for _, namespace in NAMESPACES.items():
        for name, value in members(namespace):
            reason = registry.reason_refused(value)
            assert reason is None or len(reason.split()) > 4 and reason.rstrip().endswith("."), name


def test_refused_arguments_are_explained_in_sentences() -> None:
    for rule in registry.registered():
        for argument, reason in rule.refused.items():
            assert reason.endswith(".") and len(reason.split()) > 5, (rule.primal, argument)


def test_the_page_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == page(), "run: python -m srcad.rules.coverage > docs/coverage.md"


PEERS = {
    np: """abs absolute add amax amin angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh array_split atleast_1d
        atleast_2d atleast_3d average broadcast_to clip concatenate conj conjugate cos cosh cross cumsum deg2rad degrees
        diag diagonal diff divide dot dsplit einsum exp exp2 expand_dims expm1 fabs fliplr flipud fmax fmin full
        gradient hsplit imag inner kron linspace log log10 log1p log2 logaddexp logaddexp2 make_diagonal matmul max
        maximum mean min minimum mod moveaxis multiply nan_to_num negative outer pad partition power prod rad2deg
        radians ravel real real_if_close reciprocal remainder repeat reshape roll rollaxis rot90 select sign sin sinc
        sinh sort split sqrt square squeeze std subtract sum swapaxes tan tanh tensordot tile trace transpose tril triu
        true_divide var vsplit where""",
    np.linalg: "cholesky det eig eigh inv norm pinv slogdet solve svd",
    np.fft: """fft fft2 fftn fftshift ifft ifft2 ifftn ifftshift irfft irfft2 irfftn rfft rfft2 rfftn""",
}  # fmt: skip


@pytest.mark.parametrize("namespace", PEERS, ids=lambda namespace: namespace.__name__)
def test_what_autograd_differentiates_has_rules_for_both_modes(namespace: Any) -> None:
    for name in PEERS[namespace].split():
        function = getattr(namespace, name, None)
        if function is None or status(function) == "constant":  # its own names, and steps
            assert name in ("make_diagonal", "sign"), name
            continue
        rule = registry.find(function)
        assert rule is not None, name
        assert all(map(rule.has_forward, rule.wrt)), name
