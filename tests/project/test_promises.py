"""docs/promises.md: every promise is kept by a test that exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`")


def rows() -> list[str]:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    return [line for line in lines if line != "| promise | kept by |"]


def test_every_promise_names_a_test_that_exists():
    assert len(rows()) > 15
    for row in rows():
        kept_by = TEST.findall(row.rpartition("|")[0].rpartition("|")[2])
        assert kept_by, row
        for file, name in kept_by:
            path = ROOT / file
            assert path.is_file(), row
            functions = {
                node.name
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            }
            assert functions, file
            assert not name or name in functions, row


def test_what_is_not_promised_is_stated_too():
    assert "## What we do not promise" in PAGE
