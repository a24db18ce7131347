"""The printed text reads back as the tree and looks tidy."""

import ast

import gast
import pytest

from srcad.lang.printer import WIDTH, Comment, comment, expression_source, to_source
from srcad.lang.quote import const, expr, load, stmt, stmts, store

LINES = [
    "dw = X.T @ (2.0 * r)",
    "a = -(-x) ** 2 + -x[1:, None, ...]",
    "t = x[i, j], y",
    "x[i, j] = -1.0 if c else 2",
    "dx += a - (b - c) * (d / e) / f",
    'z = "abc" * 2 + "it\'s"',
    "a, b = t",
    "d = {1: 2, -3: 4, k: v, **m}",
    "d = {1, 2}",
    "return_ = not (a or b) and [*a, *b]",
    "f(*a, k=1, **b)",
    'assert x, "message"',
    "del x, y[0]",
    'raise ValueError("no") from e',
    "y = lambda x: x + 1",
    "y = [x for x in z if x > 0]",
    "y = -x ** 2, (-x) ** 2, 2 ** -x, (a ** b) ** c",
    "y = (a < b) * c",
    "y = x[::2], x[1:-1], x[...]",
    "y = (a * b).T.sum(axis=0)",
]


@pytest.mark.parametrize("line", LINES)
def test_a_tidy_line_is_printed_as_it_was(line):
    text = to_source(gast.parse(line))
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(line))
    assert text == line + "\n"


STATEMENTS = [
    "with a as b:\n    pass",
    "try:\n    pass\nfinally:\n    f()",
    "for i in reversed(range(n)):\n    dx += g[i]",
    "while True:\n    if a < b:\n        a += 1\n    else:\n        break",
    "match x:\n    case 1:\n        y = 2\n    case _:\n        y = 3",
    "s = f'{x!r} {y:.3f} a{{}}'",
    "if a:\n    b = 1\nelif c:\n    b = 2\nelse:\n    b = 3",
    "def f(x, y=1, *a, k=2, **kw):\n    return x",
]


@pytest.mark.parametrize("text", STATEMENTS)
def test_statements_read_back(text):
    printed = to_source(gast.parse(text))
    assert ast.dump(ast.parse(printed)) == ast.dump(ast.parse(text))
    assert to_source(gast.parse(printed)) == printed


def test_names_may_be_dotted():
    call = gast.Call(load("np.linalg.solve"), [load("a"), load("b")], [])
    assert to_source(gast.Assign([store("x")], call, None)) == "x = np.linalg.solve(a, b)\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-1.0, "-1.0"),
        (float("inf"), "float('inf')"),
        (float("nan"), "float('nan')"),
        (-2, "-2"),
        (True, "True"),
        (None, "None"),
        (1j, "1j"),
        (1e-300, "1e-300"),
    ],
)
def test_constants(value, text):
    assert expression_source(const(value)) == text
    printed = to_source(gast.Assign([store("x")], const(value), None))
    space = {}
    exec(printed, space)
    assert repr(space["x"]) == repr(value)


def test_negative_constant_as_base_of_a_power():
    power = gast.BinOp(const(-2.0), gast.Pow(), const(2))
    assert expression_source(power) == "(-2.0) ** 2"
    assert to_source(gast.Expr(power)) == "(-2.0) ** 2\n"


def test_comments_head_their_statements():
    tree = gast.parse("def f(x):\n    y = x\n    return y")
    tree.body[0].body.insert(1, comment("line 2: y = x"))
    assert to_source(tree) == "def f(x):\n    y = x\n    # line 2: y = x\n    return y\n"


def test_a_block_of_comments_stays_a_block():
    tree = gast.If(load("c"), [gast.Expr(gast.Constant(Comment("nothing"), None))], [])
    assert to_source(tree) == "if c:\n    # nothing\n    pass\n"


def test_a_comment_stays_on_one_line():
    text = to_source(gast.Module([comment("a\n  b " + "long " * 40)], []))
    assert text.count("\n") == 1
    assert len(text) <= WIDTH + 1


LONG = [
    "result = " + " + ".join(f"first_operand_{i} * second_operand_{i}" for i in range(8)),
    "result = function(" + ", ".join(f"argument_number_{i}" for i in range(20)) + ")",
    "dx[i, j] += (" + " + ".join(f"np.sin(operand_{i} * 2.0)" for i in range(10)) + ") * g",
    "first, second = " + ", ".join(f"some_value_{i}[{i}]" for i in range(14)),
    ", ".join(f"first_number_{i}" for i in range(7)) + " = history.pop()",
    "def f(" + ", ".join(f"argument_number_{i}" for i in range(20)) + "):\n    return 1",
    "function(" + ", ".join(f'"text, {i}"' for i in range(20)) + ")",
    "if " + " and ".join(f"condition_{i}(x)" for i in range(12)) + ":\n    pass",
    "x = np.where(" + "a_long_name[0] + " * 8 + "b, f(c, d), g(" + "e, " * 40 + "))",
]


@pytest.mark.parametrize("text", LONG)
def test_long_lines_are_broken(text):
    printed = to_source(gast.parse(text))
    assert ast.dump(ast.parse(printed)) == ast.dump(ast.parse(text))
    assert max(map(len, printed.splitlines())) <= WIDTH, printed


def test_two_functions_are_two_lines_apart():
    text = to_source(gast.parse("import numpy as np\ndef f():\n  return 1\ndef g():\n  return 2\nx = 1"))
    assert text == ("import numpy as np\n\n\ndef f():\n    return 1\n\n\ndef g():\n    return 2\n\n\nx = 1\n")


def test_quote_fills_templates():
    node = expr("np.zeros_like(x) + x.T", x=expr("a * b"))
    assert expression_source(node) == "np.zeros_like(a * b) + (a * b).T"
    assert node.left.func.id == "np.zeros_like"
    first, second = stmts("x = f(y)\nx += z", x="out", y=const(2.0), z=load("w"))
    assert to_source(first) == "out = f(2.0)\n"
    assert to_source(second) == "out += w\n"
    assert isinstance(second.target.ctx, gast.Store)


def test_quote_gives_a_new_tree_every_time():
    first = stmt("x = y")
    first.value.id = "z"
    assert to_source(stmt("x = y")) == "x = y\n"


def test_quote_refuses_what_is_not_one():
    with pytest.raises(ValueError, match="not one expression"):
        expr("x = 1")
    with pytest.raises(ValueError, match="2 statements"):
        stmt("x = 1\ny = 2")
