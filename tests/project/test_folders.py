"""Folders: small enough to see at a glance, and tests beside what they test."""

import ast
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("ccsd_core", "ccsd_app")
MODULES = 20
"""Of one folder, at most."""
ENTRIES = 16
"""At the top of the window and of its view-models, at most."""


def modules(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.py") if path.name != "__init__.py"]


def folders() -> list[Path]:
    return [Path(folder) for package in PACKAGES for folder, *_ in os.walk(ROOT / package)]


def package_tests() -> list[Path]:
    """The tests of the packages, from `tests/` on."""
    home = ROOT / "tests"
    found = [path for package in PACKAGES for path in (home / package).rglob("test_*.py")]
    return sorted(path.relative_to(home) for path in found)


def imported(test: Path) -> set[Path]:
    """The modules and packages that a test imports, from the root on."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse((ROOT / "tests" / test).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {path for name in names if (path := module(name)) is not None}
    return found


def module(name: str) -> Path | None:
    path = Path(*name.split("."))
    file = path.with_suffix(".py")
    return file if (ROOT / file).is_file() else None


def test_no_folder_has_more_modules_than_one_sees_at_a_glance():
    large = {folder: len(modules(folder)) for folder in folders()}

    assert len(large) > 30
    assert {folder: n for folder, n in large.items() if n > MODULES} == {}


def test_the_tops_of_the_window_and_its_view_models_are_short():
    for top in ("ccsd_app/qt", "ccsd_app/viewmodel"):
        packages = [path for path in (ROOT / top).iterdir() if (path / "__init__.py").exists()]

        assert 5 < len(packages) + len(modules(ROOT / top)) <= ENTRIES, top


def test_a_test_named_as_a_module_lies_in_the_folder_of_that_module():
    named: dict[tuple[str, str], set[Path]] = {}
    for folder in folders():
        for path in modules(folder):
            home = folder.relative_to(ROOT)
            named.setdefault((home.parts[0], path.name), set()).add(home)
    astray = [
        test
        for test in package_tests()
        if (homes := named.get((test.parts[0], test.name.removeprefix("test_"))))
        and test.parent not in homes
    ]

    assert len(package_tests()) > 200
    assert astray == []


def test_a_test_of_one_folder_lies_in_it_and_not_above():
    astray: list[tuple[Path, Path]] = []
    for test in package_tests():
        assert (ROOT / test.parent).is_dir(), f"nothing to test in {test.parent}"
        homes = {path.parent for path in imported(test) if path.is_relative_to(test.parent)}
        if len(homes) == 1 and homes != {test.parent} and not names_a_module(test):
            astray.append((test, *homes))

    assert astray == []


def names_a_module(test: Path) -> bool:
    return (ROOT / test.parent / test.name.removeprefix("test_")).is_file()
