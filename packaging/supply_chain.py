"""What the program stands on: licences checked, known weak versions refused, a list of parts.

python packaging/supply_chain.py [SBOM.json]

installed packages that `ccsd[app]` needs ──┬──▶ each licence is one that may be combined with ours
                                            ├──▶ no version older than `version_floors.toml` allows
                                            └──▶ CycloneDX 1.5 JSON, if a file is named

`make sbom` calls it. Where PyPI's advisory service can be reached, `pip-audit` says more.

Source: CycloneDX 1.5 JSON schema, https://cyclonedx.org/docs/1.5/json/.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
FLOORS = Path(__file__).with_name("version_floors.toml")
EXTRAS = ("app", "scanner", "film")
PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|MIT-CMU|BSD|BSD-[23]-Clause|0BSD|Apache|Apache-2\.0|ISC|ISCL|PSF|PSF-2\.0|"
    r"Python Software Foundation|Python-2\.0|Zlib|HPND|Unlicense|CC0-1\.0|BSL-1\.0|Boost|"
    r"Apache Software|matplotlib|libtiff|NCSA)\b",
    re.IGNORECASE,
)
"""May be combined with and used by software under the Apache License 2.0."""
WEAK_COPYLEFT = re.compile(r"\b(LGPL\S*|MPL\S*|Mozilla Public|Lesser General Public)", re.I)
"""May be used as a library that is installed beside ours and can be replaced."""
READ_BY_HAND = {
    "vtk": "BSD-3-Clause",
    "matplotlib": "matplotlib (PSF-based)",
    "dcm2niix": "BSD-2-Clause AND MIT AND Zlib",
    # Its wheel holds the ffmpeg program, which is run in a process and never linked.
    "imageio-ffmpeg": "BSD-2-Clause; the ffmpeg program in its wheel: GPL-3.0-or-later",
}
"""Licences that metadata does not state plainly, read in the packages' own licence files."""


@dataclass(frozen=True, slots=True)
class Part:
    """An installed package.

    Args:
        name: Its name as package indexes compare it.
        version: Its version.
        licence: Its licence, as its metadata states it.
    """

    name: str
    version: str
    licence: str

    @property
    def allowed(self) -> bool:
        """Whether the licence may be combined with ours."""
        return bool(PERMISSIVE.search(self.licence) or WEAK_COPYLEFT.search(self.licence))


def parts() -> list[Part]:
    """Everything installed that the program needs, by name; its own package is not among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = project["optional-dependencies"]
    asked = [*project["dependencies"], *(one for extra in EXTRAS for one in groups[extra])]
    waiting = [Requirement(one) for one in asked]
    found: dict[str, Part] = {}
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        name, extras = plain(wanted.name), frozenset(wanted.extras)
        if name == project["name"] or (name, extras) in done:
            continue
        done.add((name, extras))
        try:
            one = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # of another system
        found[name] = Part(name, one.version, licence_of(name, one))
        waiting += _needed(one, extras)
    return [found[name] for name in sorted(found)]


def _needed(one: metadata.Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in one.requires or ():
        needed = Requirement(text)
        try:
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in extras | {""}
            ):
                yield needed
        except UndefinedEnvironmentName:
            continue


def licence_of(name: str, one: metadata.Distribution) -> str:
    """The licence of a package: its expression, else classifiers, else its text's first line."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    stated = cast("Message", one.metadata)
    if expression := stated.get("License-Expression"):
        return str(expression)
    kinds = [c for c in stated.get_all("Classifier") or () if c.startswith("License ::")]
    named = [c.rpartition("::")[2].strip() for c in kinds if c.count("::") > 1]
    if named:
        return " AND ".join(named)
    text = str(stated.get("License") or "").strip()
    return text.splitlines()[0].strip() if text else ""


def refused(found: list[Part]) -> list[str]:
    """Packages whose licence is unknown or may not be combined with ours, one line each."""
    return [
        f"{part.name} {part.version}: licence {part.licence or 'not stated'!r}: read it, and add "
        "it to READ_BY_HAND if it may be used"
        for part in found
        if not part.allowed
    ]


def too_old(found: list[Part], floors: Path = FLOORS) -> list[str]:
    """Packages older than the version in which a known weakness was mended, one line each."""
    known = tomllib.loads(floors.read_text(encoding="utf-8"))
    return [
        f"{part.name} {part.version} is older than {floor['version']} ({floor['source']}): upgrade"
        for part in found
        if (floor := known.get(part.name)) and Version(part.version) < Version(floor["version"])
    ]


def sbom(found: list[Part]) -> dict[str, object]:
    """The list of parts in CycloneDX's form."""
    sys.path.insert(0, str(ROOT))
    from ccsd_core.version import VERSION

    sys.path.pop(0)
    ours = {
        "type": "application",
        "bom-ref": f"pkg:pypi/ccsd@{VERSION}",
        "name": "ccsd",
        "version": VERSION,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{part.name}@{part.version}",
            "name": part.name,
            "version": part.version,
            "licenses": [{"license": {"name": part.licence}}],
            "purl": f"pkg:pypi/{part.name}@{part.version}",
        }
        for part in found
    ]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": ours},
        "components": components,
        "dependencies": [
            {"ref": ours["bom-ref"], "dependsOn": [one["bom-ref"] for one in components]}
        ],
    }


def plain(name: str) -> str:
    """A package's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Print the packages; 1 where one is refused."""
    found = parts()
    for part in found:
        print(f"{part.name:28} {part.version:16} {part.licence}")  # noqa: T201
    wrong = [*refused(found), *too_old(found)]
    for line in wrong:
        print(line, file=sys.stderr)  # noqa: T201
    if len(sys.argv) > 1:
        target = Path(sys.argv[1])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(sbom(found), indent=1) + "\n", encoding="utf-8")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
