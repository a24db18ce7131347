"""A tree of gast's becomes the one that Python's parser makes of its text, with places."""

from __future__ import annotations

import ast

import gast
import pytest

from srcad.lang.plain_trees import Comment, plain_tree

TEXTS = [
    "def f(x: int, /, y=1, *a, k, m=2, **kw):\n    z = x[1:, None, ...]\n    return -z ** 2, [*a], {'a': 1, **kw}",
    "try:\n    raise e from f\nexcept OSError as error:\n    pass\nexcept TypeError:\n    y += 1\nfinally:\n    z = 1",
    "with a as b, c:\n    assert x < y <= z, f'{x!r} {y:.{n}f} a{{}}'",
    "match p:\n    case [1, *rest] if rest:\n        pass\n    case {'a': None, **more} | A(more):\n        pass",
    "from a import b as c\nimport d.e\nglobal g\ndel x[0], y.z",
    "async def f():\n    async for x in y:\n        await x\n    return [v async for v in x if v]",
    "f = lambda v, w=1: v if w else 1j",
    "class A(B, metaclass=C):\n    x: float = 1.0\n    if a:\n        y = not b\n    elif c:\n        y = b'1'",
    "for i in ...:\n    break\nelse:\n    print(i, end='')",
]


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_what_the_parser_makes(text):
    made = plain_tree(gast.parse(text), [])
    assert ast.unparse(made) == ast.unparse(ast.parse(text))
    assert ast.dump(made) == ast.dump(ast.parse(text))
    compile(made, "<plain>", "exec")


def test_what_has_no_place_has_that_of_the_node_above():
    tree = gast.parse("\n\ny = f(x)")
    tree.body[0].value = gast.Call(
        gast.Name("np.sin", gast.Load(), None, None), [gast.Constant(-1.0, None)], []
    )
    made = plain_tree(tree, []).body[0]
    places = {(node.lineno, node.col_offset) for node in ast.walk(made.value) if hasattr(node, "lineno")}
    assert places == {(3, 0)} and ast.unparse(made) == "y = np.sin(-1.0)"


def test_comments_are_numbered_and_alone_no_block():
    comments: list[str] = []
    body = [
        gast.Expr(gast.Constant(Comment("first"), None)),
        gast.Expr(gast.Constant(Comment("second"), None)),
    ]
    made = plain_tree(gast.While(gast.Constant(True, None), body, []), comments)
    assert comments == ["first", "second"]
    assert ast.unparse(made) == "while True:\n    _srcad_comment_0_\n    _srcad_comment_1_\n    pass"
