"""What dcm2niix prints, as sentences without our own paths."""

from ccsd_core.dicom.converter_log import warnings_in

LOG = """Chris Rorden's dcm2niiX version v1.0
Found 3 DICOM file(s)
Warning: Check that 000001.dcm is whole /tmp/x1/in/000001.dcm
Warning: Siemens MoCo? Bogus slice timing (range -1..-1, TR=9000 seconds)
Warning: Interslice distance varies in this volume
Warning: Interslice distance varies in this volume
Error: cannot open \\tmp\\x1\\in\\000002.dcm
Convert 3 DICOM as /tmp/x1/out/volume (8x10x12x1)
"""


def test_warnings_are_reported_once_with_the_names_of_the_study():
    notes = warnings_in(LOG, {"000001.dcm": "a/I1", "000002.dcm": "a/I2"}, folder="/tmp/x1")

    assert notes[:2] == (
        "Check that a/I1 is whole a/I1",
        "Interslice distance varies in this volume",
    )
    assert notes[2].startswith("cannot open")
    assert len(notes) == 3
