"""Write the bundled table of patients again: `python packaging/make_patients.py FOLDER`.

FOLDER holds two tables of the challenge's organisers:

    FOLDER/
    ├── BraTS21-17_Mapping.csv          ids of BraTS 2017 to 2021, cohort, site
    └── BraTS2020_name_mapping.csv      ids of BraTS 2017 to 2020, grade

What comes out is one line a patient, sorted by his BraTS 2021 id; where the two tables disagree
about a name, nothing is written.
"""

import csv
import sys
from pathlib import Path

COLUMNS = (
    "brats2021",
    "brats2020",
    "brats2019",
    "brats2018",
    "brats2017",
    "local_id",
    "cohort",
    "site",
    "grade",
)
NOTHING = ("N/A", "NA")


def read_table(file: Path) -> list[dict[str, str]]:
    """The rows of a table, with "" for what is not known."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    header = [name.strip() for name in rows[0]]
    cells = [["" if c.strip() in NOTHING else c.strip() for c in row] for row in rows[1:]]
    return [dict(zip(header, row, strict=True)) for row in cells]


def main(source: Path) -> None:
    """Write `resources/patients/brats.csv`."""
    of_2020 = {
        row["BraTS_2020_subject_ID"]: row
        for row in read_table(source / "BraTS2020_name_mapping.csv")
    }
    found: list[tuple[str, ...]] = []
    for row in read_table(source / "BraTS21-17_Mapping.csv"):
        years = [row[f"BraTS{year}"] for year in (2021, 2020, 2019, 2018, 2017)]
        also = of_2020.get(years[1], {})
        theirs = [also.get(f"BraTS_{year}_subject_ID", "") for year in (2019, 2018, 2017)]
        if also and theirs != years[2:]:
            sys.exit(f"{years} and {theirs}: the two tables disagree")
        found.append(
            (
                *years,
                row["Local ID"],
                row["Cohort Name (if publicly available)"],
                row["Site No (represents the originating institution)"],
                also.get("Grade", ""),
            )
        )
    target = Path(__file__).parent.parent / "resources" / "patients" / "brats.csv"
    target.parent.mkdir(exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        # Who has no id of 2021 comes last.
        found.sort(key=lambda row: (not row[0], row))
        writer.writerows(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
