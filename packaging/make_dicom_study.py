"""Make a DICOM study of a case, as a scanner would give it: for trying things out.

    python packaging/make_dicom_study.py CASE OUT --vendor ge --named

CASE is any case folder that the window reads; real patients keep out of what is shared.
"""

import argparse
from pathlib import Path

from ccsd_core.dicom.synthetic.writer import DEIDENTIFIED, Person, Scan, write_scan
from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.case_folder import load_case


def main() -> None:
    """Write one series for each sequence of a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--vendor", choices=("siemens", "ge", "philips"), default="siemens")
    parser.add_argument("--dimension", choices=("2D", "3D"), default="2D")
    parser.add_argument("--plane", choices=("axial", "sagittal", "coronal"), default="axial")
    parser.add_argument("--enhanced", action="store_true", help="one multi-frame file a series")
    parser.add_argument("--named", action="store_true", help="with a (made-up) patient's name")
    asked = parser.parse_args()
    case = load_case(asked.case)
    for modality in Modality:
        if modality not in case.volumes:
            continue
        volume = case.volumes[modality]
        # Scanners write whole numbers from 0 on.
        top = float(volume.array.max()) or 1.0
        scan = Scan(
            volume.array.clip(0) * (4000 / top),
            volume.world_from_voxel,
            modality.label,
            2 + modality,
            asked.vendor,
            asked.dimension,
            asked.plane,
            asked.enhanced,
        )
        folder = asked.out / f"series{2 + modality:02d}"
        write_scan(folder, scan, person=Person() if asked.named else DEIDENTIFIED)


if __name__ == "__main__":
    main()
