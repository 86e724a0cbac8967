"""What the program stands on: licences, known weak versions, the list of parts."""

import importlib
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
FLOORS = tomllib.loads((ROOT / "packaging" / "version_floors.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def supply_chain():
    sys.path.insert(0, str(ROOT / "packaging"))
    yield importlib.import_module("supply_chain")
    sys.path.remove(str(ROOT / "packaging"))


def test_every_dependency_has_a_licence_that_may_be_combined_with_ours(supply_chain):
    found = supply_chain.parts()

    assert {"torch", "numpy", "pyside6-essentials", "vtk", "shiboken6"} <= {p.name for p in found}
    assert supply_chain.refused(found) == []


@pytest.mark.parametrize("licence", ["", "GPL-3.0-only", "AGPL-3.0", "Proprietary", "SSPL-1.0"])
def test_other_licences_are_refused_by_name(supply_chain, licence):
    part = supply_chain.Part("strange", "1.0", licence)

    assert "strange 1.0" in supply_chain.refused([part])[0]


def test_no_dependency_is_older_than_a_known_weakness(supply_chain):
    assert supply_chain.too_old(supply_chain.parts()) == []
    old = supply_chain.Part("torch", "2.5.1+cu121", "BSD-3-Clause")
    assert "CVE-2025-32434" in supply_chain.too_old([old])[0]


def test_what_we_ask_for_and_pin_is_not_older_than_a_known_weakness(supply_chain):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = project["optional-dependencies"].values()
    asked = [Requirement(one) for one in project["dependencies"] + [r for g in groups for r in g]]
    least = {
        supply_chain.plain(one.name): spec.version
        for one in asked
        for spec in one.specifier
        if spec.operator == ">="
    }
    constraints = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==([^\s;+]+)", constraints, re.MULTILINE))
    pinned = {supply_chain.plain(name): version for name, version in pinned.items()}

    for versions in (least, pinned):
        weak = {n: v for n, v in versions.items() if n in FLOORS and _older(v, n)}
        assert weak == {}
    assert set(FLOORS) & set(pinned)


def _older(version: str, name: str) -> bool:
    return Version(version) < Version(FLOORS[name]["version"])


def test_every_floor_names_its_source():
    assert [n for n, f in FLOORS.items() if not re.fullmatch(r"CVE-\d{4}-\d+", f["source"])] == []


def test_the_list_of_parts_is_cyclonedx(supply_chain):
    found = supply_chain.parts()
    listed = json.loads(json.dumps(supply_chain.sbom(found)))

    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.5")
    assert listed["metadata"]["component"]["name"] == "ccsd"
    assert len(listed["components"]) == len(found) > 40
    refs = [one["bom-ref"] for one in listed["components"]]
    assert len(set(refs)) == len(refs)
    assert set(listed["dependencies"][0]["dependsOn"]) == set(refs)
    for one in listed["components"]:
        assert one["type"] == "library"
        assert one["licenses"][0]["license"]["name"]
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"
