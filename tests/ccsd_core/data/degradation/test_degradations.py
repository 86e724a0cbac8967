"""`Degradations`: one value however it was put together, and what is refused."""

import pytest

from ccsd_core.data.degradation.degradations import Degradation, Degradations
from ccsd_core.data.degradation.kinds import KINDS, SHORT, TITLES
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError


def test_what_is_written_is_read_back_in_one_order():
    texts = ["T1c:noise=2.5", "flair:blur=1", "t1ce:dose=5"]

    found = Degradations.parse(texts)

    assert str(found) == "FLAIR:blur=1, T1c:dose=5, T1c:noise=2.5"
    assert Degradations.parse(str(found).split(", ")) == found == Degradations.parse(texts[::-1])
    assert found.text == "FLAIR: blur 2 mm; T1c: dose 0 %, noise 9 %"
    assert hash(found) == hash(Degradations.parse(texts[::-1]))


def test_a_severity_replaces_that_of_the_same_kind_and_zero_takes_it_back():
    one = Degradations().with_severity(Modality.T2, "noise", 1.04)
    other = one.with_severity(Modality.T2, "blur", 3).with_severity(Modality.T2, "noise", 4)

    assert one.severity(Modality.T2, "noise") == 1.0  # in tenths
    assert str(other) == "T2:blur=3, T2:noise=4"
    assert other.with_severity(Modality.T2, "blur", 0.04) == one.with_severity(
        Modality.T2, "noise", 4
    )
    assert not other.without(Modality.T2)
    assert other.without(Modality.FLAIR) == other


def test_every_kind_has_a_title_and_a_caption_of_its_first_amount():
    assert KINDS.keys() == TITLES.keys() == SHORT.keys()
    labels = {kind: Degradation(Modality.T1C, kind, 5).label for kind in KINDS}
    assert labels["noise"] == "noise 30 %"
    assert labels["misregistration"] == "displaced 10 mm"
    assert len(set(labels.values())) == len(KINDS)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("T1c:noise", "write SEQUENCE:KIND=SEVERITY"),
        ("noise=3", "write SEQUENCE:KIND=SEVERITY"),
        ("T9:noise=3", "unknown sequence"),
        ("T1c:fog=3", "unknown degradation 'fog': use one of dose, motion"),
        ("T1c:noise=much", "'much' is not a number"),
        ("T1c:noise=0", "a number above 0, up to 5"),
        ("T1c:noise=5.1", "a number above 0, up to 5"),
        ("T1c:noise=nan", "a number above 0, up to 5"),
        ("T1:dose=2", "use dose with T1c alone"),
    ],
)
def test_what_is_no_degradation_is_refused_with_the_way_out(text, why):
    with pytest.raises(BadInputError, match=why):
        Degradation.parse(text)
