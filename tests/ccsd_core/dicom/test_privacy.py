"""Nothing that names the patient is kept, shown or said."""

import pytest

from ccsd_core.dicom.convert import convert
from ccsd_core.dicom.privacy import alias_of, patient_key, without_names
from ccsd_core.dicom.selection import checked, select
from ccsd_core.errors import DicomError

SECRETS = ("mustermann", "erika", "4711", "19700203")


def test_no_value_holds_the_patients_name_or_number(write_series, read, tmp_path):
    write_series(
        "MUSTERMANN_ERIKA_19700203/PAT-4711",
        header={"SeriesDescription": "T2 Mustermann", "PatientBirthDate": "19700203"},
    )

    study = read(tmp_path)
    selection = select(study.series)

    assert selection.used
    for value in (study, selection, *study.series, *study.series[0].instances):
        assert not [s for s in SECRETS if s in repr(value).lower()]
    assert study.series[0].description == "T2 …"
    assert study.series[0].first.shown_name.startswith("…_…_…/…-…/")


def test_messages_name_the_file_without_the_patient(write_series, read, tmp_path):
    path = write_series("MUSTERMANN_ERIKA")[2]
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(DicomError, match=r"…_…/S001I0002\.dcm is truncated") as refused:
        checked(select(read(tmp_path).series))
    assert not [s for s in SECRETS if s in str(refused.value).lower()]


def test_what_the_converter_says_names_no_patient(write_series, read, tmp_path):
    write_series("MUSTERMANN_ERIKA", leave_out=(5,))

    made = convert(read(tmp_path).series[0])

    assert made.warnings
    assert not [s for s in (*SECRETS, "ccsd-dicom-", "/tmp") if s in str(made.warnings).lower()]


def test_the_alias_depends_on_the_study_alone():
    assert alias_of("1.2.3") == alias_of("1.2.3") != alias_of("1.2.4")


def test_a_patient_has_one_key_however_the_name_is_written():
    assert patient_key(id="", name="Doe^Jane") == patient_key(id="", name="DOE^JANE^^")
    assert patient_key(id="12", name="Doe^Jane") == patient_key(id="12 ", name="Roe^Jane")
    assert patient_key(id="12", name="") != patient_key(id="13", name="")
    assert patient_key(id="", name="") == ""


def test_words_that_describe_an_image_are_no_names():
    from ccsd_core.dicom.privacy import naming_words

    words = naming_words(["Post^Jan"])

    assert without_names("Jan/t1 post", words) == "…/t1 post"
