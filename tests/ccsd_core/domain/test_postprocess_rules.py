"""Post-processing rules as text: what is written is read back, what is no rule is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.domain.postprocess_rules import BY_REGION, PLAIN, Postprocess, Rule
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError

RULES = st.one_of(
    st.sampled_from(PLAIN).map(Rule),
    st.builds(
        Rule, st.sampled_from(BY_REGION), st.sampled_from(Region), st.sampled_from([0.2, 0.6])
    ),
)


@given(st.lists(RULES, max_size=5, unique_by=lambda rule: (rule.name, rule.region)))
def test_a_list_is_read_back_from_its_text(rules):
    listed = Postprocess((*rules, Rule("nested")))

    assert Postprocess.parse(str(listed)) == listed
    assert Postprocess.of(map(str, listed.rules)) == listed


@pytest.mark.parametrize(
    "text",
    [
        "keep_largest",
        "threshold",
        "threshold:ET",
        "threshold:NCR=0.5",
        "threshold:ET=much",
        "nested:ET=1",
    ],
)
def test_what_is_no_rule_is_refused_with_the_known_ones(text):
    with pytest.raises(
        BadInputError, match="within_images, nested, threshold:REGION=AMOUNT"
    ) as message:
        Postprocess.parse(text)

    assert repr(text) in str(message.value)


@pytest.mark.parametrize("text", ["threshold:ET=1.5", "min_volume:ET=-1"])
def test_an_amount_out_of_range_is_refused(text):
    with pytest.raises(BadInputError, match="is not a"):
        Rule.parse(text)


def test_a_region_has_one_threshold_which_is_one_half_where_no_rule_says_so():
    listed = Postprocess.parse("threshold:ET=0.6, threshold:WT=0.4")

    assert [listed.threshold(region) for region in Region] == [0.4, 0.5, 0.6]
    with pytest.raises(BadInputError, match="several thresholds of ET"):
        Postprocess.parse("threshold:ET=0.6, threshold:ET=0.7")


def test_volumes_of_regions_that_are_not_nested_are_refused():
    with pytest.raises(BadInputError, match="add nested"):
        Postprocess.parse("min_volume:ET=0.5")
