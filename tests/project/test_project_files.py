"""Files around the code agree with it: versions, workflows, hooks, pages of the repository."""

import re
import tomllib
from pathlib import Path

from ccsd_core.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = tuple(sorted((ROOT / ".github" / "workflows").glob("*.yml")))


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_citation_and_changelog_state_the_version_in_the_code():
    assert re.findall(r"^version: (.+)$", text("CITATION.cff"), re.MULTILINE) == [VERSION]
    assert re.findall(r"^## \[(\d.+?)\]", text("CHANGELOG.md"), re.MULTILINE)[0] == VERSION


def test_workflows_call_only_what_the_makefile_and_packaging_have():
    steps = [step for path in WORKFLOWS for step in re.findall(r"run: (.+)", path.read_text())]
    targets = re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE)
    called = [name for step in steps for name in re.findall(r"\bmake ([a-z]+)", step)]
    scripts = [name for step in steps for name in re.findall(r"packaging/\S+", step)]

    assert {"test", "coverage", "dist"} <= set(called) <= set(targets)
    assert scripts
    assert [name for name in scripts if not (ROOT / name).exists()] == []


def test_workflows_test_every_supported_python_and_system():
    tests = text(".github/workflows/tests.yml")

    for wanted in ("3.11", "3.12", "3.13", "ubuntu-latest", "windows-latest", "macos-latest"):
        assert wanted in tests


def test_hooks_lint_with_the_version_that_the_checks_have():
    pinned = re.findall(r"^ruff==(.+)$", text("packaging/constraints.txt"), re.MULTILINE)

    assert set(re.findall(r'"ruff==(.+?)"', text(".pre-commit-config.yaml"))) == set(pinned)


def test_every_development_tool_is_pinned():
    extras = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]
    pinned = {
        plain(line) for line in text("packaging/constraints.txt").splitlines() if "==" in line
    }

    # An extra may include another one of ours.
    needed = [one for group in extras.values() for one in group if not one.startswith("ccsd[")]
    assert [one for one in needed if plain(one) not in pinned] == []


def plain(requirement: str) -> str:
    """The name of a requirement as package indexes compare it."""
    name = re.split(r"[\[<>=!~ ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
