"""`srcad.tree`: maps over structures, and structures as vectors."""

from __future__ import annotations

import collections
from dataclasses import dataclass

import numpy as np
import pytest

import srcad
from srcad import grad, hvp, tree
from srcad.errors import ArgumentError
from srcad.tape import GradientTape, Variable

Point = collections.namedtuple("Point", "x y")


@dataclass(frozen=True)
class Layer:
    weights: np.ndarray
    name: str


def structure():
    return {
        "layers": [Layer(np.arange(4.0).reshape(2, 2), "first"), Layer(np.array([5.0]), "second")],
        "at": Point(0.5, (7.0, 3)),
        "flag": True,
        "none": None,
    }


def test_leaves_stand_in_order():
    found = tree.leaves(structure())
    assert [np.ravel(leaf).tolist() for leaf in found] == [
        [0.0, 1.0, 2.0, 3.0], ["first"], [5.0], ["second"], [0.5], [7.0], [3], [True], [None]
    ]  # fmt: skip


def test_a_leaf_is_a_structure():
    assert tree.leaves(1.5) == [1.5]
    assert tree.map(lambda x: x + 1, 1.5) == 2.5


def test_empty_containers_stay():
    assert tree.map(lambda x: 1 / 0, {"a": [], "b": ()}) == {"a": [], "b": ()}
    assert tree.leaves([[], {}]) == []


def test_map_keeps_the_types_of_containers():
    doubled = tree.map(lambda leaf: leaf * 2 if isinstance(leaf, (float, np.ndarray)) else leaf, structure())
    assert type(doubled["layers"][0]) is Layer and type(doubled["at"]) is Point
    assert doubled["at"] == Point(1.0, (14.0, 3))
    np.testing.assert_array_equal(doubled["layers"][0].weights, [[0.0, 2.0], [4.0, 6.0]])


def test_map_keeps_subclasses_of_dict():
    counted = collections.defaultdict(list, {"b": 1.0, "a": 2.0})
    result = tree.map(lambda leaf: -leaf, counted)
    assert type(result) is collections.defaultdict and result.default_factory is list
    assert list(result.items()) == [("b", -1.0), ("a", -2.0)]
    assert list(counted.items()) == [("b", 1.0), ("a", 2.0)]


def test_map_leaves_the_structure_alone():
    original = structure()
    tree.map(lambda leaf: None, original)
    assert original["at"] == Point(0.5, (7.0, 3)) and original["layers"][1].name == "second"


def test_map_over_several_structures():
    assert tree.map(lambda a, b, c: a + b * c, [1.0, {"k": 2.0}], [3.0, {"k": 4.0}], [5.0, {"k": 6.0}]) == [
        16.0,
        {"k": 26.0},
    ]


def test_a_leaf_may_stand_before_a_container():
    assert tree.map(lambda a, b: b, [None, 1.0], [{"x": 2.0}, 3.0]) == [{"x": 2.0}, 3.0]


@pytest.mark.parametrize(
    "other, where",
    [
        ({"a": [1.0]}, r"tree\['a'\]"),
        ({"b": [1.0, 2.0]}, "at tree:"),
        ({"a": (1.0, 2.0)}, r"tree\['a'\]"),
        (1.0, "tree"),
    ],
)
def test_structures_that_differ_are_an_error_that_names_the_place(other, where):
    with pytest.raises(ArgumentError, match=where):
        tree.map(lambda a, b: a, {"a": [1.0, 2.0]}, other)


def test_is_leaf_hands_over_containers_whole():
    pairs = [(1.0, 2.0), (3.0, 4.0)]
    assert tree.map(sum, pairs, is_leaf=lambda value: isinstance(value, tuple)) == [3.0, 7.0]


class Model:
    def __init__(self, weights, label):
        self.weights, self.label = weights, label


def test_a_registered_class_is_looked_into():
    assert len(tree.leaves([Model(1.0, "m")])) == 1
    tree.register(Model, lambda m: [m.weights], lambda m, parts: Model(parts[0], m.label))
    scaled = tree.map(lambda leaf: 3.0 * leaf, [Model(np.ones(2), "m")])[0]
    assert scaled.label == "m"
    np.testing.assert_array_equal(scaled.weights, [3.0, 3.0])
    with GradientTape() as tape:
        model = tape.watch(Model(np.array([1.0, 2.0]), "m"))
        y = np.sum(model.weights**2)
    np.testing.assert_array_equal(tape.gradient(y, model).weights, [2.0, 4.0])


def test_only_classes_are_registered():
    with pytest.raises(ArgumentError, match="needs a class"):
        tree.register("Model", list, list)


def test_flatten_and_back():
    vector, layout = tree.flatten(structure())
    np.testing.assert_array_equal(vector, [0.0, 1.0, 2.0, 3.0, 5.0, 0.5, 7.0])
    back = layout(vector + 1.0)
    assert type(back["layers"][0]) is Layer and back["layers"][0].name == "first"
    np.testing.assert_array_equal(back["layers"][0].weights, [[1.0, 2.0], [3.0, 4.0]])
    assert back["at"] == Point(1.5, (8.0, 3)) and type(back["at"].x) is float
    assert back["flag"] is True and back["none"] is None


def test_dtypes_come_back():
    params = [np.ones(2, np.float32), np.float32(2.0), 1.5]
    vector, layout = tree.flatten(params)
    back = layout(vector)
    assert vector.dtype == np.float64
    assert back[0].dtype == np.float32 and type(back[1]) is np.float32 and type(back[2]) is float
    assert tree.flatten([np.ones(2, np.float32)])[0].dtype == np.float32


def test_the_vector_is_a_copy_and_so_are_the_parts():
    w = np.ones(2)
    vector, layout = tree.flatten([w])
    vector[:] = 5.0
    w[:] = 7.0
    back = layout(vector)
    back[0][:] = 9.0
    np.testing.assert_array_equal(vector, [5.0, 5.0])
    np.testing.assert_array_equal(layout(vector)[0], [5.0, 5.0])


def test_a_gradient_is_flattened_like_its_parameters():
    params = {"n": 3, "w": np.array([1.0, 2.0]), "name": "x"}
    gradient = {"n": 10.0, "w": np.array([3.0, 4.0]), "name": None}
    _, layout = tree.flatten(params)
    np.testing.assert_array_equal(layout.flatten(gradient), [3.0, 4.0])


def test_a_structure_that_does_not_fit_the_layout_is_an_error():
    _, layout = tree.flatten({"w": np.ones((2, 2))})
    with pytest.raises(ArgumentError, match=r"\(2, 2\)"):
        layout.flatten({"w": np.ones(4)})
    with pytest.raises(ArgumentError, match=r"\(2, 2\)"):
        layout.flatten({"w": None})
    with pytest.raises(ArgumentError, match=r"\(4,\)"):
        layout(np.ones(5))


def test_complex_numbers_have_no_real_vector():
    with pytest.raises(ArgumentError, match="complex"):
        tree.flatten([1.0, np.ones(2, complex)])


def test_a_structure_without_numbers_has_an_empty_vector():
    vector, layout = tree.flatten(["a", 1, None])
    assert vector.shape == (0,) and layout(vector) == ["a", 1, None]


def test_variables_are_leaves():
    vector, layout = tree.flatten([Variable(np.array([1.0, 2.0])), 3.0])
    np.testing.assert_array_equal(vector, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(layout(vector)[0], [1.0, 2.0])


def test_a_layout_is_differentiated_by_a_tape():
    params = {"w": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": 0.5, "s": np.float64(2.0)}
    start, layout = tree.flatten(params)

    def loss(p):
        return np.sum(p["w"] ** 2) * p["b"] + p["s"] ** 3

    with GradientTape() as tape:
        vector = tape.watch(start)
        y = loss(layout(vector))
    with GradientTape() as other:
        watched = other.watch(params)
        z = loss(watched)
    np.testing.assert_allclose(tape.gradient(y, vector), layout.flatten(other.gradient(z, watched)))


def test_a_traced_structure_is_flattened_on_the_tape():
    with GradientTape() as tape:
        params = tape.watch({"w": np.array([1.0, 2.0]), "b": 3.0})
        vector, _ = tree.flatten(params)
        y = np.sum(vector**2)
    gradient = tape.gradient(y, params)
    np.testing.assert_array_equal(gradient["w"], [2.0, 4.0])
    assert gradient["b"] == 6.0


def test_a_layout_is_differentiated_from_its_source_twice() -> None:
    vector, layout = tree.flatten({"w": np.array([1.0, 2.0]), "b": 0.5})

    def objective(v):
        params = layout(v)
        return np.sum(params["w"] ** 2) * params["b"]

    np.testing.assert_allclose(grad(objective)(vector), [1.0, 2.0, 5.0])
    np.testing.assert_allclose(hvp(objective)(vector, np.array([1.0, 0.0, 1.0])), [3.0, 4.0, 2.0])


NESTED = {"w": np.array([0.3, -0.5]), "b": 1.0, "rest": [np.array([2.0]), (3.0,)]}


def by_leaves(p):
    return sum([np.sum(leaf**2) for leaf in tree.leaves(p)])


def by_flatten(p):
    return np.sum(tree.flatten(p)[0] ** 2)


def there_and_back(p):
    vector, layout = tree.flatten(p)
    return by_leaves(layout(vector))


@pytest.mark.parametrize("f", [by_leaves, by_flatten, there_and_back])
def test_structures_are_taken_apart_in_what_is_differentiated(f):
    with srcad.GradientTape() as tape:
        p = tape.watch(NESTED)
        y = f(p)
    expected = tree.flatten(tree.map(lambda leaf: 2 * leaf, NESTED))[0]
    for found in (srcad.grad(f)(NESTED), srcad.hvp(f)(NESTED, NESTED), tape.gradient(y, p)):
        np.testing.assert_allclose(tree.flatten(found)[0], expected)
    assert srcad.jvp(f, (NESTED,), (NESTED,))[1] == pytest.approx(2 * f(NESTED))
