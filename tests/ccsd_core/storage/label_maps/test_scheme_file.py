"""Label schemes of the user's own."""

import numpy as np
import pytest

from ccsd_core.domain.region import BRATS2023
from ccsd_core.errors import LabelSchemeError
from ccsd_core.storage.label_maps.scheme_file import scheme_from

GOOD = 'necrosis = 1\noedema = 2\nenhancing = 3\nignored = { "resection cavity" = 4 }\n'


def test_a_scheme_is_known_by_name_or_read_from_a_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)

    assert scheme_from("BraTS2023") is BRATS2023
    mine = scheme_from(str(path))
    assert (mine.name, mine.necrosis, mine.oedema, mine.enhancing) == ("mine", 1, 2, 3)
    assert mine.ignored == (4,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("necrosis = 1\noedema = 2\n", "lacks enhancing"),
        (GOOD + "core = 7\n", "not a readable TOML file|unknown core"),
        (GOOD.replace("= 3", "= 0"), "enhancing = 0: a label is an integer from 1 to 255"),
        (GOOD.replace("= 3", "= 3.5"), "enhancing = 3.5"),
        (GOOD.replace("= 4", "= 3"), "one integer to two names"),
        ("necrosis = ", "not a readable TOML file"),
    ],
)
def test_mistakes_are_named(tmp_path, text, message):
    path = tmp_path / "mine.toml"
    path.write_text(text)

    with pytest.raises(LabelSchemeError, match=message) as error:
        scheme_from(str(path))
    assert "mine.toml" in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LabelSchemeError, match=r"absent.toml does not exist"):
        scheme_from(str(tmp_path / "absent.toml"))


def test_several_integers_are_read_as_one_tissue_and_the_first_is_written(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("necrosis = [1, 5]\noedema = [2, 6, 7]\nenhancing = 3\n")
    mine = scheme_from(str(path))
    labels = np.array([[[0, 1, 2, 3, 5, 6, 7]]], np.uint8)

    mine.check(labels)
    whole, core, enhancing = mine.regions(labels)
    assert whole.ravel().tolist() == [False, True, True, True, True, True, True]
    assert core.ravel().tolist() == [False, True, False, True, True, False, False]
    assert enhancing.ravel().tolist() == [False, False, False, True, False, False, False]
    assert mine.labels(mine.regions(labels)).ravel().tolist() == [0, 1, 2, 3, 1, 2, 2]


@pytest.mark.parametrize("stated", ["[]", "[1, 2]", "[1, 1]", '[1, "a"]', "[[1]]", "[1, true]"])
def test_mistakes_in_lists_of_integers_are_named(tmp_path, stated):
    path = tmp_path / "mine.toml"
    path.write_text(f"necrosis = {stated}\noedema = 2\nenhancing = 3\n")

    with pytest.raises(LabelSchemeError, match=r"mine\.toml"):
        scheme_from(str(path))
