"""Memory of a process and its descendants, and free memory, on Linux."""

import re
from pathlib import Path

PROC = Path("/proc")


def tree_rss_mb(root: int) -> float | None:
    """Resident memory in MB of `root` and its descendants; None where it is unknown."""
    if not (PROC / "self" / "status").exists():
        return None
    parents: dict[int, int] = {}
    resident: dict[int, float] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            status = _read(folder / "status")
            parents[int(folder.name)] = int(_number(status, "PPid"))
            resident[int(folder.name)] = _number(status, "VmRSS") * 1024 / 1e6
    return sum(mb for pid, mb in resident.items() if _descends(pid, root, parents))


def free_memory_mb() -> float | None:
    """Memory in MB that can be used without swapping; None where it is unknown."""
    found = _number(_read(PROC / "meminfo"), "MemAvailable")
    return found * 1024 / 1e6 if found else None


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid and pid != root:
        pid = parents.get(pid, 0)
    return pid == root


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # the process has ended


def _number(text: str, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
    return float(found[1]) if found else 0.0
