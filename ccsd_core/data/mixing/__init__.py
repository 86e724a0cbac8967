"""Mixed cases: lesions, shapes, anatomies and contrasts of several real patients combined."""

from ccsd_core.data.mixing.mixed import draw_mixed
from ccsd_core.data.mixing.pool import Pool, read_pool
from ccsd_core.data.mixing.writer import write_mixed_cases

__all__ = ["Pool", "draw_mixed", "read_pool", "write_mixed_cases"]
