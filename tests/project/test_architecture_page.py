"""ARCHITECTURE.md, CONTRIBUTING.md, the decisions: pages that stay short and name what is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "ARCHITECTURE.md"
LINES = 85
PLACES = 2
FOLDERS = "ccsd_core|ccsd_app|docs|packaging|resources|tests"
PATHS = re.compile(
    rf"(?<![\w./-])(?:(?:{FOLDERS})/[\w./-]*\w/?|[A-Za-z]\w*\.(?:toml|md)\b|Makefile)"
)
NAMES = re.compile(r"`([A-Z]\w*(?:\.\w+)?)[`(]")


def rows() -> list[str]:
    """The rows of the table "Where do I change …?", without its head."""
    part = PAGE.read_text(encoding="utf-8").split("## Where do I change", 1)[1].split("\n## ", 1)[0]
    return [line for line in part.splitlines() if line.startswith("| ")][1:]


def test_every_path_that_the_pages_name_exists():
    for page, least in (("ARCHITECTURE.md", 50), ("CONTRIBUTING.md", 30), ("docs/releasing.md", 5)):
        named = PATHS.findall((ROOT / page).read_text(encoding="utf-8"))

        assert len(named) >= least, page
        assert [path for path in named if not (ROOT / path).exists()] == [], page


def test_it_is_a_screen_long():
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= LINES


def test_where_to_change_something_is_at_most_two_places():
    assert len(rows()) > 30
    assert [row for row in rows() if not 1 <= len(PATHS.findall(row)) <= PLACES] == []


def test_every_name_beside_a_place_stands_in_its_code():
    for row in rows():
        files = [file for path in PATHS.findall(row) for file in python_files(ROOT / path)]
        code = "\n".join(file.read_text(encoding="utf-8") for file in files)
        for name in NAMES.findall(row):
            assert name in code, row


def python_files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def test_every_decision_is_one_dated_paragraph_that_the_index_lists_once():
    folder = ROOT / "docs" / "decisions"
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    index = files.pop("README.md")
    listed = re.findall(r"^- (\d{4}-\d\d-\d\d) \[(.+)\]\((.+)\)$", index, re.MULTILINE)

    assert sorted(name for *_, name in listed) == sorted(files)
    for date, title, name in listed:
        assert re.fullmatch(rf"{date}-[a-z0-9-]+\.md", name)
        head, paragraph = files[name].split("\n\n")
        assert head == f"# {title}"
        assert paragraph.strip()
