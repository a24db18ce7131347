"""Numbers that go through text, bytes or arrays of objects come out without their derivative: they are refused."""

from __future__ import annotations

import inspect
import io
import json
import re
import threading

import numpy as np
import pytest

from srcad import grad, jvp
from srcad.errors import SrcadError

X = np.array([1.1, 0.6])


class Holder:
    def __init__(self, value):
        self.value = value


def as_str(x):
    return float(str(x[0])) * x[1]


def formatted(x):
    return float(f"{x[0]:.17g}") * x[1]


def by_percent(x):
    return float("%r" % float(x[0])) * x[1]  # noqa: UP031


def by_method(x):
    return float(f"{x[0]}") * x[1]


def complex_text(x):
    return complex(str(x[0])).real * x[1]


def text_searched(x):
    return float(re.sub("a", "", str(x[0]))) * x[1]


def by_json(x):
    return json.loads(json.dumps([float(x[0])]))[0] * x[1]


def printed(x):
    file = io.StringIO()
    print(x[0], file=file)
    return float(file.getvalue()) * x[1]


def array_of_text(x):
    return np.array([str(v) for v in x]).astype(float).sum()


def converted_to_text(x):
    return x.astype(str).astype(float).sum()


def bytes_of_text(x):
    return np.array(x, dtype="S10").astype(float).sum()


def array_of_objects(x):
    return np.array(list(x), dtype=object)[0] * x[1]


def objects_filled_in(x):
    pair = np.empty(2, dtype=object)
    pair[0] = x
    pair[1] = x[1]
    return (pair[0] * pair[1]).sum()


def converted_to_objects(x):
    return x.astype("O")[0] * x[1]


def memory_view(x):
    return memoryview(x)[0] * x[1]


def ratio(x):
    over, under = float(x[0]).as_integer_ratio()
    return over / under * x[1]


def grid_up_to_a_value(x):
    return np.mgrid[0 : x[0] : 4j].sum() * x[1]


def joined_in_a_form(x):
    return np.r_["0,2", x, x][1] @ x


def class_made(x):
    return type("Made", (), {"value": x[0]})().value * x[1]


def found_statically(x):
    return inspect.getattr_static(Holder(x[0]), "value") * x[1]


def members(x):
    return dict(inspect.getmembers(Holder(x[0])))["value"] * x[1]


def in_a_thread(x):
    found = []
    thread = threading.Thread(target=lambda: found.append(x[0]))
    thread.start()
    thread.join()
    return found[0] * x[1]


def array_made_of_text(x):
    return np.sum(np.asarray([str(x[0]), "1"], dtype=float))


def filled_with_text(x):
    return np.full(2, str(x[0]), dtype="float32")[0]


def text_stored_in_an_array(x):
    y = np.zeros(2)
    y[0] = str(x[0])
    return y[0]


def memory_of_an_array(x):
    return np.sum(np.frombuffer(x) ** 2)


LOSING = [as_str, formatted, by_percent, by_method, complex_text, text_searched, by_json, printed, array_of_text,
          converted_to_text, bytes_of_text, array_of_objects, objects_filled_in, converted_to_objects, memory_view, ratio,
          grid_up_to_a_value, joined_in_a_form, array_made_of_text, filled_with_text, text_stored_in_an_array,
          memory_of_an_array,
          class_made, found_statically, members, in_a_thread]  # fmt: skip


@pytest.mark.parametrize("program", LOSING)
def test_a_number_that_loses_its_derivative_is_refused(program):
    with pytest.raises(SrcadError) as caught:
        grad(program)(X)
    assert caught.value.location is not None
    with pytest.raises(SrcadError):
        jvp(program, (X,), (np.ones(2),))


def test_numbers_read_from_text_without_derivative_are_fine():
    def program(x, settings):
        rate = float(settings["rate"]) + float("1e-1") + json.loads("2.0")
        label = f"{x:.3f} at {rate}"
        return x * x * rate * len(label)

    assert grad(program)(3.0, {"rate": "0.5"}) == pytest.approx(2 * 3.0 * 2.6 * len("3.000 at 2.6"))


def test_arrays_of_objects_without_derivative_are_fine():
    def program(x):
        names = np.array(["a", None], dtype=object)
        return x * x * len(names)

    assert grad(program)(3.0) == 12.0
