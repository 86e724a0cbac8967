"""Made-up patients with exact labels: a head is bent, a tumour grown, four sequences drawn."""

from ccsd_core.data.synthetic.patient import draw_patient
from ccsd_core.data.synthetic.writer import write_cases

__all__ = ["draw_patient", "write_cases"]
