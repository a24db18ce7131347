"""What the methods of classes may change, in programs of many functions that call one another."""

import importlib.util

from srcad.analysis import class_effects

LEVELS = 12


def in_layers(folder):
    """Return the first of functions in layers: each calls both of the next layer."""
    lines = [f"def left{LEVELS}(x): return x * x", f"def right{LEVELS}(x): return x + x"]
    for i in range(LEVELS):
        lines += [f"def {side}{i}(x): return left{i + 1}(x) + right{i + 1}(x)" for side in ("left", "right")]
    path = folder / "layers_of_functions.py"
    path.write_text("\n".join(lines) + "\n")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.left0


def test_each_function_is_looked_at_once(tmp_path, monkeypatch):
    looked = []
    look_at = class_effects.look_at
    monkeypatch.setattr(
        class_effects, "look_at", lambda function: looked.append(function) or look_at(function)
    )

    assert not class_effects.stores(in_layers(tmp_path))
    assert len(looked) == len(set(looked)) == 2 * LEVELS + 1
