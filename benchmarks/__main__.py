"""``python -m benchmarks [--rounds N] [--case TEXT]``: the tables."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.cases import CASES, Case
from benchmarks.checkpoints import Cost, of_functions, of_loops
from benchmarks.contenders import by_autograd, by_jax, by_srcad, by_tape, by_torch, verify, verify_by_hand
from benchmarks.hessians import beside_autograd_hessian
from benchmarks.kernel_figures import beside_autograd, beside_by_hand, beside_primals, memory_beside_by_hand
from benchmarks.kernels import KERNELS
from benchmarks.overheads import call_overhead, compile_time
from benchmarks.particle import solving_time
from benchmarks.products import products_beside_functions
from benchmarks.timing import peak_memory, settle_allocator, times
from srcad.errors import SrcadError

COLUMNS = (
    "primal",
    "by hand/primal",
    "srcad/by hand",
    "srcad/primal",
    "autograd/srcad",
    "autograd/tape",
    "jax.jit/srcad",
    "torch/srcad",
)


KERNEL_COLUMNS = ("primal", "by hand/primal", "srcad/by hand", "srcad/primal")


def main() -> None:
    """Print the tables of ratios, of programs and of kernels, then what a call and a compilation cost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="measurements of each entry")
    parser.add_argument("--case", default="", help="only the cases whose names contain this")
    options = parser.parse_args()
    settle_allocator()
    print(f"Load of the machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    cases = [case for case in CASES if options.case.lower() in case.name.lower()]
    width = max((len(case.name) for case in cases), default=0)
    if cases:
        print(_row("", COLUMNS, width), flush=True)
    failures: list[str] = []
    ratios = []
    for case in cases:
        measured = _measured(case, options.rounds, failures)
        print(_row(case.name, _cells(measured), width), flush=True)
        if "srcad" in measured:
            ratios.append(measured["srcad"] / measured["by hand"])
    if ratios:
        print(_summary("srcad/by hand", ratios))
    _print_products(options.rounds, options.case)
    _print_kernels(options.rounds, options.case)
    if not options.case:
        _print_overheads(options.rounds)
        _print_memory()
        _print_checkpoints()
    for failure in failures:
        print(f"\n{failure}")


def _measured(case: Case, rounds: int, failures: list[str]) -> dict[str, float]:
    """Return the time of each contender, each checked first."""
    verify_by_hand(case)
    calls: dict[str, Callable[[], Any]] = {"primal": lambda: case.primal(*case.args)}
    for number, adjoint in enumerate(case.adjoints):
        calls[f"adjoint {number}"] = lambda adjoint=adjoint: adjoint(*case.args)
        verify(case, adjoint.__name__, adjoint(*case.args))
    for name, make in (
        ("srcad", by_srcad),
        ("tape", by_tape),
        ("autograd", by_autograd),
        ("jax.jit", by_jax),
        ("torch", by_torch),
    ):
        try:
            call = make(case)
            if call is not None:
                verify(case, name, call())
                calls[name] = call
        except (SrcadError, AssertionError) as error:
            failures.append(f"{name} failed on {case.name}: {error}")
    measured = times(calls, rounds)
    measured["by hand"] = min(measured.pop(f"adjoint {number}") for number in range(len(case.adjoints)))
    return measured


def _cells(measured: dict[str, float], columns: Sequence[str] = COLUMNS) -> list[str]:
    """Return the entries of one row, a dash where a contender is missing."""

    def ratio(above: str, below: str) -> str:
        return f"{measured[above] / measured[below]:.2f}" if {above, below} <= measured.keys() else "-"

    return [_duration(measured["primal"]), *(ratio(*column.split("/")) for column in columns[1:])]


def _row(name: str, cells: Sequence[str], width: int) -> str:
    return name.ljust(width) + "".join(
        cell.rjust(max(len(column), 9) + 2) for cell, column in zip(cells, COLUMNS)
    )


def _summary(title: str, ratios: Sequence[float]) -> str:
    return f"\n{title}: geometric mean {_geometric_mean(ratios):.2f}, largest {max(ratios):.2f}\n"


def _duration(seconds: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _geometric_mean(values: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def _print_products(rounds: int, text: str) -> None:
    """Print what forward mode costs beside the functions, and forward over reverse mode beside the gradients."""
    for name, measured in products_beside_functions(rounds, text).items():
        line = f"{name}: jvp/function {measured['jvp'] / measured['primal']:.2f}"
        if "hvp" in measured:
            line += f", hvp/gradient {measured['hvp'] / measured['gradient']:.2f}"
        print(line)
    print()


def _print_kernels(rounds: int, text: str) -> None:
    """Print what the gradients of the kernels cost beside those by hand, and beside the kernels."""
    by_hand = beside_by_hand(rounds, text)
    width = max(map(len, KERNELS))
    if by_hand:
        print(_row("", KERNEL_COLUMNS, width))
        for name, measured in by_hand.items():
            print(_row(name, _cells(measured, KERNEL_COLUMNS), width), flush=True)
        print(_summary("srcad/by hand", [m["srcad"] / m["by hand"] for m in by_hand.values()]))
        for name, ratio in memory_beside_by_hand(text).items():
            print(f"peak memory of the gradient of {name}, srcad/by hand: {ratio:.2f}")
        print()
    beside = beside_primals(rounds, text)
    for name, measured in beside.items():
        print(_row(name, _cells(measured, ("primal", "srcad/primal")), width), flush=True)
    if beside:
        print(_summary("srcad/primal", [m["srcad"] / m["primal"] for m in beside.values()]))
    rival = beside_autograd(rounds) if not text else None
    if rival is not None:
        print(
            f"jacobi_2d, autograd on a program without assignments/srcad: {rival['autograd'] / rival['srcad']:.1f}"
        )


def _print_overheads(rounds: int) -> None:
    for kind, seconds in call_overhead(rounds).items():
        print(f"a decorated call above the generated function, {kind}: {seconds * 1e6:.2f} us")
    print(f"deriving and compiling a function of 50 lines: {compile_time() * 1e3:.0f} ms")
    for name, ratio in beside_autograd_hessian(rounds).items():
        print(f"Hessian of 50 parameters of the {name}, autograd/srcad: {ratio:.1f}")
    print(f"steering a particle through the gradient of a potential in each step: {solving_time():.2f} s")


def _print_memory() -> None:
    """Compare the peak memory of the recurrent network's gradient with those written by hand."""
    case = next(case for case in CASES if case.name.startswith("RNN"))
    peaks = {adjoint.__name__: peak_memory(lambda a=adjoint: a(*case.args)) for adjoint in case.adjoints}
    calls = {adjoint.__name__: lambda a=adjoint: a(*case.args) for adjoint in case.adjoints}
    seconds = times(calls, 5)
    own = peak_memory(by_srcad(case))
    fastest = min(seconds, key=seconds.__getitem__)
    print(
        f"peak memory of the gradient of the {case.name}, srcad/fastest by hand: {own / peaks[fastest]:.2f}"
    )
    print(
        f"peak memory of the gradient of the {case.name}, srcad/leanest by hand: {own / min(peaks.values()):.2f}"
    )


def _print_checkpoints() -> None:
    """Print memory and time of gradients that compute again what they do not keep, beside those that keep all."""

    def text(cost: Cost) -> str:
        return f"{cost.memory / 1e6:.3g} MB in {cost.time:.2f} gradients"

    for name, (plain, others) in of_loops().items():
        print(f"10,000 steps over {name}: plain {text(plain)}", end="")
        for snapshots, cost in others.items():
            print(f"; {'by default' if snapshots is None else f'{snapshots} snapshots'} {text(cost)}", end="")
        print(flush=True)
    plain, others = of_functions()
    print(f"64 layers of 100,000 entries: plain {text(plain)}", end="")
    print("".join(f"; blocks of {layers} {text(cost)}" for layers, cost in others.items()))


if __name__ == "__main__":
    main()
