"""The examples do what they say: run as a user runs them, and their functions checked one by one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from examples import conductivity, digits, epidemic, fizzbuzz, optimize, planets
from srcad import check_grads, jacobian, value_and_grad

ROOT = Path(__file__).parents[2]


def run_example(name: str, *arguments: str, cwd: Path) -> str:
    """Run an example as a script, away from the repository, and return what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "examples" / name), *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_digits_script_trains_within_a_minute_and_draws(tmp_path):
    output = run_example("digits.py", cwd=tmp_path)
    reached = re.search(r"test accuracy: ([\d.]+)", output)
    assert reached and float(reached[1]) >= 0.95
    assert (tmp_path / "digits.png").read_bytes().startswith(b"\x89PNG")


def test_digits_script_prints_its_derivative(tmp_path):
    output = run_example("digits.py", "--epochs", "1", "--output", "one.png", cwd=tmp_path)
    assert output.lstrip().startswith(("import", "def", "#")) and "def " in output and "dparams" in output
    assert (tmp_path / "one.png").exists()


def test_digits_gradient_has_the_structure_of_the_parameters_and_is_right():
    rng = np.random.default_rng(3)
    params = digits.initial(rng, pixels=3, hidden=4, classes=5)
    images, labels = rng.normal(size=(6, 3)), np.array([0, 1, 2, 3, 4, 0])
    value, gradient = value_and_grad(digits.loss)(params, images, labels)
    assert value == pytest.approx(digits.loss(params, images, labels))
    assert {k: (v.shape, v.dtype) for k, v in gradient.items()} == {
        k: (v.shape, v.dtype) for k, v in params.items()
    }
    check_grads(digits.loss, (params, images, labels), argnums=0)


def test_digits_training_is_reproducible_and_leaves_the_initial_parameters_alone():
    images, _, labels, _ = digits.load()
    params = digits.initial(np.random.default_rng(0))
    before = params["W1"].copy()
    first, curve = digits.train(params, images[:64], labels[:64], epochs=2, progress=False)
    second, _ = digits.train(params, images[:64], labels[:64], epochs=2, progress=False)
    assert np.array_equal(params["W1"], before)
    assert all(np.array_equal(first[name], second[name]) for name in params)
    assert curve[-1] < curve[0]


FIZZBUZZ = "1 2 Fizz 4 Buzz Fizz 7 8 Fizz Buzz 11 Fizz 13 14 FizzBuzz".split()


def test_fizzbuzz_prints_every_line_once_and_in_order_under_its_derivative(capsys):
    value, slope = value_and_grad(fizzbuzz.fizzbuzz)(1.0, 15)
    assert capsys.readouterr().out.split() == FIZZBUZZ
    # Eight numbers; Fizz at 3, 6, 9 and 12; Buzz at 5 and 10; FizzBuzz at 15.
    assert slope == 8 * 1.0 + 4 * 3.0 + 2 * (5 + 10) + 3 * 15**2
    assert value == fizzbuzz.fizzbuzz(1.0, 15)


def test_fizzbuzz_script(tmp_path):
    lines = run_example("fizzbuzz.py", cwd=tmp_path).splitlines()
    assert lines[:15] == FIZZBUZZ
    assert "its derivative    = 725.0" in lines


def test_optimize_needs_far_fewer_evaluations_than_finite_differences(tmp_path):
    output = run_example("optimize.py", cwd=tmp_path)
    rows = {line.rsplit(maxsplit=3)[0]: line.rsplit(maxsplit=3)[1:] for line in output.splitlines()[2:]}
    exact, approximate = rows["srcad"], rows["finite differences"]
    assert float(exact[0]) == pytest.approx(float(approximate[0]), rel=1e-5)
    assert int(exact[2]) * 10 < int(approximate[2])


def test_optimize_gradient_is_right():
    features, malignant = optimize.load()
    weights = np.linspace(-0.5, 0.5, features.shape[1] + 1)
    check_grads(optimize.objective, (weights, features[:20], malignant[:20], 1e-3), argnums=0)


def test_conductivity_script_recovers_the_profile(tmp_path):
    output = run_example("conductivity.py", cwd=tmp_path)
    reached = re.search(r"mean error of the conductivity: ([\d.]+)", output)
    assert reached and float(reached[1]) < 0.02
    assert "def dmisfit(" in output


def test_conductivity_gradient_is_right_and_leaves_the_temperatures_alone():
    true, starts, measured = conductivity.experiments(points=6, steps=4)
    before = [start.copy() for start in starts]
    check_grads(conductivity.misfit, (0.3 * true, starts, measured, 4), argnums=0)
    assert all(np.array_equal(a, b) for a, b in zip(starts, before))


def test_planets_script_hits_mars(tmp_path):
    passes = re.findall(r"passes at +([\d.]+) km", run_example("planets.py", cwd=tmp_path))
    assert float(passes[0]) > 1e6 and float(passes[-1]) < 1.0


def test_planets_jacobian_is_that_of_the_simulation():
    launch, step = np.array([0.3, 0.4]), 1e-5
    columns = [
        (planets.miss(launch + e, steps=30) - planets.miss(launch - e, steps=30)) / (2.0 * step)
        for e in step * np.eye(2)
    ]
    found = jacobian(lambda v: planets.miss(v, steps=30))(launch)
    np.testing.assert_allclose(found, np.stack(columns, axis=1), rtol=1e-5, atol=1e-7)


def test_epidemic_script_finds_the_rates(tmp_path):
    found = re.search(
        r"contacts ([\d.]+) a day.*recovery ([\d.]+) a day", run_example("epidemic.py", cwd=tmp_path)
    )
    assert found
    assert float(found[1]) == pytest.approx(0.4, abs=0.01)
    assert float(found[2]) == pytest.approx(0.12, abs=0.005)


def test_epidemic_gradient_is_right():
    observed = epidemic.observations()
    check_grads(epidemic.misfit, (np.array([-1.2, -1.9]), observed), argnums=0, eps=1e-4, rtol=1e-4)
