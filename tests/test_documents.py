"""Every Python block of the README and of docs/ runs, and prints what the ``text`` block after it shows.

The blocks of one document run in order in one namespace.  They are written to a file in which they
stand on the same lines as in the document, so that their functions have source text and a failure's
traceback shows the document's lines.  ``make golden`` writes what is printed now into the ``text`` blocks; read the
difference before keeping it.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    """A fenced block: its language, its text and the number of lines before it."""

    language: str
    text: str
    lines_before: int


def blocks_of(document: Path) -> list[Block]:
    """Return the fenced blocks of a document."""
    text = document.read_text()
    return [Block(m[1], m[2], text.count("\n", 0, m.start(2))) for m in FENCE.finditer(text)]


def source_lines(blocks: list[Block], length: int) -> str:
    """Return the Python blocks on the lines where they stand, with nothing between."""
    lines = [""] * length
    for block in blocks:
        if block.language == "python":
            rows = block.text.splitlines()
            lines[block.lines_before : block.lines_before + len(rows)] = rows
    return "\n".join(lines) + "\n"


def run(document: Path, folder: Path) -> list[tuple[str, str, int]]:
    """Run a document's blocks; for each output shown return what is shown, what was printed, and its line."""
    blocks = blocks_of(document)
    file = folder / f"{document.stem}_blocks.py"
    file.write_text(source_lines(blocks, document.read_text().count("\n") + 1))
    module = ModuleType(file.stem)
    module.__file__ = str(file)
    sys.modules[module.__name__] = module
    compared = []
    try:
        for i, block in enumerate(blocks):
            if block.language != "python":
                continue
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * block.lines_before + block.text, str(file), "exec"), vars(module))
            following = blocks[i + 1] if i + 1 < len(blocks) else None
            if following is not None and following.language == "text":
                found = printed.getvalue().replace(str(file), document.name)
                compared.append((following.text, found, following.lines_before))
    finally:
        del sys.modules[module.__name__]
    return compared


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_blocks_run_and_print_what_is_shown(document, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for expected, found, line in run(document, tmp_path):
        assert found.strip() == expected.strip(), f"the output of the block at {document.name}:{line}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_between_documents_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_a_block_that_fails_or_prints_something_else_is_noticed(tmp_path):
    document = tmp_path / "sample.md"
    document.write_text("# T\n\n```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n\n```python\n1 / 0\n```\n")
    with pytest.raises(ZeroDivisionError) as caught:
        run(document, tmp_path)
    assert caught.traceback[-1].lineno + 1 == 12
    document.write_text("# T\n\n```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n")
    assert run(document, tmp_path) == [("3\n", "2\n", 7)]


def test_the_readme_shows_both_commands_and_the_pip_form():
    text = (ROOT / "README.md").read_text()
    assert "make demo" in text and "make test" in text and "pip install" in text


def test_the_readme_names_every_example():
    text = (ROOT / "README.md").read_text()
    assert [p.name for p in (ROOT / "examples").glob("*.py") if f"`{p.name}`" not in text] == []


def test_the_index_leads_to_every_page():
    text = (ROOT / "docs" / "index.md").read_text()
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert [name for name in sorted(pages) if f"]({name})" not in text] == []


def update(document: Path) -> None:
    """Write what the blocks of a document print now into its ``text`` blocks."""
    # Twice, since what is printed may name lines, which a longer or shorter output moves.
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            compared = run(document, Path(folder))
        lines = document.read_text().splitlines()
        for shown, found, line in reversed(compared):
            lines[line : line + len(shown.splitlines())] = found.strip().splitlines()
        document.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    for path in DOCUMENTS:
        update(path)
