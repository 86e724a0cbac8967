"""The user's limit of main memory for a process that computes."""

import sys


def limit_memory(memory_mb: int) -> None:
    """Limit the main memory of this process, on Linux only; 0 is no limit."""
    if not memory_mb or sys.platform != "linux":
        return
    import resource

    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = memory_mb * 1_000_000
    if hard != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))
