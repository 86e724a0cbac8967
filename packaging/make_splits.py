"""Write the bundled case lists again: `python packaging/make_splits.py FOLDER`.

FOLDER holds the lists as M2FTrans (2018 to 2021) and IM-Fuse (2023) publish them, one case a line:

    FOLDER/
    ├── brats2018/{train,val,test}{1,2,3}.txt
    ├── brats2020/{train,val,test}.txt         names carry the grade: HG_BraTS20_Training_002
    ├── brats2021/{train,val,test}.txt
    └── brats2023/{train,val,test}.txt

What comes out is sorted, without grades, one JSON file a data set.
"""

import json
import sys
from pathlib import Path

U_HVED = (
    "Dorent et al., Hetero-Modal Variational Encoder-Decoder for Joint Modality Completion and "
    "Segmentation, MICCAI 2019, arXiv:1907.11150; lists in github.com/ReubenDo/U-HVED"
)
M2FTRANS = (
    "Shi et al., M2FTrans: Modality-Masked Fusion Transformer for Incomplete Multi-Modality Brain "
    "Tumor Segmentation, IEEE JBHI 2024, doi:10.1109/JBHI.2023.3326151; lists in "
    "github.com/Jun-Jie-Shi/M2FTrans"
)
IM_FUSE = (
    "IM-Fuse: A Mamba-based Fusion Block for Brain Tumor Segmentation with Incomplete Modalities, "
    "MICCAI 2025; lists in github.com/AImageLab-zip/IM-Fuse"
)
MIT_U_HVED = "MIT, Copyright (c) 2019 ReubenDo"
MIT_M2FTRANS = "MIT, Copyright (c) 2023 StrAnger"

SETS = {
    "brats2018": {
        "data_set": "BraTS 2018 training data, 285 cases",
        "source": f"First published by {U_HVED}. The same sets: {M2FTRANS}.",
        "licence": f"{MIT_U_HVED}; {MIT_M2FTRANS}",
        "note": (
            "Three random re-splits into 199, 29 and 57, not a cross-validation: any two of the "
            "test sets share cases (1 and 2: 14, 1 and 3: 9, 2 and 3: 14). Published results "
            "commonly use number 3."
        ),
    },
    "brats2020": {
        "data_set": "BraTS 2020 training data, 369 cases",
        "source": f"{M2FTRANS}.",
        "licence": MIT_M2FTRANS,
        "note": "One split into 219, 50 and 100; the source's prefixes HG_ and LG_ are left out.",
    },
    "brats2021": {
        "data_set": "BraTS 2021 training data, 1251 cases",
        "source": f"{M2FTRANS}.",
        "licence": MIT_M2FTRANS,
        "note": "One split into 876, 125 and 250.",
    },
    "brats2023": {
        "data_set": "BraTS 2023 adult glioma training data, 1251 cases",
        "source": f"{IM_FUSE}.",
        "licence": "none stated; names of cases are facts",
        "note": (
            "One split into 875, 125 and 251 cases of 1133 patients: 118 have two scans (-000 and "
            "-001), all of them in the training part."
        ),
    },
}
NUMBERS = {"brats2018": ("1", "2", "3")}
"""Of the data sets that were split more than once."""


def read_list(file: Path) -> list[str]:
    """The names in a list, sorted, as the data's folders have them."""
    names = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return sorted(name.removeprefix("HG_").removeprefix("LG_") for name in names if name)


def main(source: Path) -> None:
    """Write `resources/splits/*.json`."""
    target = Path(__file__).parent.parent / "resources" / "splits"
    for name, about in SETS.items():
        splits = {}
        for number in NUMBERS.get(name, ("",)):
            parts = {
                part: read_list(source / name / f"{part}{number}.txt")
                for part in ("train", "val", "test")
            }
            splits[f"{name}-{number}" if number else name] = parts
        text = json.dumps({**about, "splits": splits}, indent=1, ensure_ascii=False)
        (target / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
