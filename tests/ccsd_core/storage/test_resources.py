"""Bundled files are found, or their absence is reported."""

import pytest

from ccsd_core.storage import resources
from ccsd_core.storage.demo import demo_case
from ccsd_core.storage.resources import MissingResourceError, resource


@pytest.fixture
def roots(tmp_path, monkeypatch):
    wheel, checkout = tmp_path / "wheel", tmp_path / "checkout"
    monkeypatch.setattr(resources, "_ROOTS", (wheel, checkout))
    return wheel, checkout


def put(root, *parts):
    path = root.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("content")
    return path


def test_a_checkout_is_used_where_there_is_no_wheel(roots):
    expected = put(roots[1], "models", "light", "CARD.md")

    assert resource("models", "light", "CARD.md") == expected


def test_the_wheel_comes_before_a_folder_that_happens_to_be_called_resources(roots):
    put(roots[1], "demo", "a.nii")
    expected = put(roots[0], "demo", "a.nii")

    assert resource("demo", "a.nii") == expected


def test_a_missing_file_is_named_with_the_places_searched(roots):
    with pytest.raises(MissingResourceError) as caught:
        resource("models", "gone")

    message = str(caught.value)
    assert "models/gone" in message
    assert all(str(root) in message for root in roots)
    assert "\n" not in message


def test_the_demo_case_is_the_folder_beside_the_notice(roots):
    put(roots[1], "demo", "NOTICE.md")
    expected = put(roots[1], "demo", "Patient_1", "Patient_1_t1.nii.gz").parent

    assert demo_case() == expected


def test_the_bundled_demo_says_where_it_comes_from():
    notice = resource("demo", "NOTICE.md").read_text(encoding="utf-8")

    assert "synthetic" in notice
    assert "McConnell Brain Imaging Centre" in notice
    assert demo_case().is_dir()
