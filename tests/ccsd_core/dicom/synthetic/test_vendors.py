"""The four sequences as Siemens, GE and Philips write them are known, each by its headers alone."""

import pytest

from ccsd_core.dicom.selection import select


@pytest.mark.parametrize("vendor", ["siemens", "ge", "philips"])
def test_all_four_sequences_are_recognised_without_doubt(write_series, read, tmp_path, vendor):
    for dimension, enhanced in (("2D", False), ("3D", False), ("3D", True)):
        where = f"{dimension}{enhanced}"
        for number, sequence in enumerate(("FLAIR", "T1", "T1c", "T2"), start=2):
            write_series(
                where,
                number=number,
                sequence=sequence,
                vendor=vendor,
                dimension=dimension,
                enhanced=enhanced,
            )

        selection = select(read(tmp_path / where).series)

        assert [m.label for m in selection.used] == ["FLAIR", "T1", "T1c", "T2"]
        assert [s.label for s in selection.used.values()] == ["2", "3", "4", "5"]
        assert not any(row.guess.doubtful or row.problem for row in selection.rows)
        assert {row.series.is_3d for row in selection.rows} == {dimension == "3D"}


@pytest.mark.parametrize("vendor", ["siemens", "ge", "philips"])
def test_times_are_enough_where_descriptions_were_removed(write_series, read, tmp_path, vendor):
    nameless = {"SeriesDescription": None, "ProtocolName": None}
    for number, sequence in enumerate(("FLAIR", "T1", "T1c", "T2"), start=2):
        write_series(number=number, sequence=sequence, vendor=vendor, header=nameless)

    used = select(read(tmp_path).series).used

    assert [m.label for m in used] == ["FLAIR", "T1", "T1c", "T2"]
