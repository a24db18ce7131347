"""``srcad show`` prints what the compiler made of a function in a file."""

from __future__ import annotations

import subprocess
import sys

import pytest

from srcad.cli import main

PROGRAM = """\
import numpy as np

import beside
import srcad


def loss(w, x):
    return np.sum(np.tanh(x * w)) * beside.SCALE


class Model:
    def energy(self, x):
        return x * x


def halved(x, times):
    print("halved")
    for _ in range(times):
        x[1:] *= 0.5
    return np.sum(x)


ready = srcad.grad(loss, argnums=1)


def outside(x):
    yield x
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "beside.py").write_text("SCALE = 2.0\n")
    path = tmp_path / "program_to_show.py"
    path.write_text(PROGRAM)
    return path


def test_show_prints_python_that_compiles(program, capsys):
    assert main(["show", f"{program}:loss"]) == 0
    text = capsys.readouterr().out
    compile(text, "shown", "exec")
    assert "def " in text and "dw" in text


def test_argnums_takes_positions_and_names(program, capsys):
    assert main(["show", f"{program}:loss", "--argnums", "0,x"]) == 0
    text = capsys.readouterr().out
    assert "dw" in text and "dx" in text


def test_a_derivative_made_in_the_file_is_shown_as_it_is(program, capsys):
    assert main(["show", f"{program}:ready"]) == 0
    text = capsys.readouterr().out
    assert "dx" in text and "dw" not in text


def test_stage_shows_an_earlier_form(program, capsys):
    assert main(["show", f"{program}:loss", "--stage", "adjoint"]) == 0
    adjoint = capsys.readouterr().out
    assert main(["show", f"{program}:loss", "--stage", "normal"]) == 0
    normal = capsys.readouterr().out
    assert adjoint != normal and "tanh" in normal


def test_call_shows_the_derivative_for_its_arguments(program, capsys):
    assert main(["show", f"{program}:halved"]) == 0
    for_anything = capsys.readouterr().out
    assert main(["show", f"{program}:halved", "--call", "np.ones(3), times=2"]) == 0
    for_arrays = capsys.readouterr().out
    assert for_arrays.startswith("def dhalved(") and "halved\n" not in for_arrays
    assert "rt.call" in for_anything and "rt.call" not in for_arrays


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["{}:loss", "--stage", "nowhere"], "The stages are"),
        (["{}:missing"], "has no 'missing'"),
        (["{}.txt:loss"], "no Python file"),
        (["nothing"], "path/to/file.py:name"),
        (["{}:loss", "--argnums", "7"], "7"),
        (["{}:loss", "--call", "1.0,, 2.0"], "no arguments of a call"),
        (["{}:loss", "--call", "w, 2.0"], "name 'w' is not defined"),
        (["{}:__name__"], "'__name__' in"),
        (["{}:outside"], "The function is a generator, and what it yields is no result"),
    ],
)
def test_mistakes_are_one_message_and_status_1(program, capsys, arguments, reason):
    assert main(["show", *(argument.format(program) for argument in arguments)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("srcad: ") and reason in shown.err


@pytest.mark.parametrize(
    "start", [["-c", "import sys; from srcad.cli import main; sys.exit(main())"], ["-m", "srcad"]]
)
def test_it_is_installed_as_a_command(program, start):
    command = [sys.executable, *start]
    done = subprocess.run([*command, "show", f"{program}:loss"], capture_output=True, text=True, check=True)
    assert "def " in done.stdout


def test_a_module_runs_on_its_own(program, tmp_path, capsys):
    assert main(["show", f"{program}:halved", "--module", "--call", "np.ones(3), 2"]) == 0
    shipped = tmp_path / "shipped.py"
    shipped.write_text(capsys.readouterr().out)
    check = "import shipped, numpy as np; print(shipped.dhalved(np.ones(3), 2))"
    done = subprocess.run([sys.executable, "-c", check], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == ["halved", "[1.", "0.25", "0.25]"], done.stderr
