"""Notes on images unlike those of training, and none on usual brains."""

import re
from itertools import combinations

import numpy as np
import pytest

from ccsd_core.domain.input_checks import warnings_about
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.resources import resource

NAMES = {m: f"{m.label} ({m.label.lower()}.nii)" for m in Modality}
EDGE_MM = 2.0
SHAPE = (80, 96, 72)
HALF_WIDTHS_MM = (68.0, 84.0, 62.0)
"""An ellipsoid of 1.5 litres."""

every_sequence = pytest.mark.parametrize("modality", Modality, ids=lambda m: m.label)
every_pair = pytest.mark.parametrize(
    "pair", list(combinations(Modality, 2)), ids=lambda pair: "+".join(m.label for m in pair)
)


def ellipsoid(half_widths_mm=HALF_WIDTHS_MM, centre_mm=(0.0, 0.0, 0.0)) -> np.ndarray:
    size = zip(SHAPE, centre_mm, strict=True)
    axes = [(np.arange(n) - (n - 1) / 2) * EDGE_MM - centre for n, centre in size]
    grid = np.meshgrid(*axes, indexing="ij")
    return sum((g / half) ** 2 for g, half in zip(grid, half_widths_mm, strict=True)) <= 1


def image(modality: Modality, inside: np.ndarray | None = None) -> Volume:
    """Values of its own for each sequence inside a brain, 0 outside."""
    random = np.random.default_rng(modality)
    values = random.normal(300 + 40 * modality, 50, SHAPE).clip(100)
    brain = ellipsoid() if inside is None else inside
    return Volume(np.where(brain, values, 0).astype(np.float32), spaced(EDGE_MM))


def spaced(*edges_mm: float) -> np.ndarray:
    return np.diag([*np.broadcast_to(edges_mm, 3), 1.0])


@pytest.fixture
def brain() -> dict[Modality, Volume]:
    return {m: image(m) for m in Modality}


def only(text: tuple[str, ...]) -> str:
    (one,) = text
    return one


def assert_names(sentence: str, *which: Modality) -> None:
    assert {m for m in Modality if NAMES[m] in sentence} == set(which)


def test_no_warning_about_a_brain(brain):
    for subset in ModalitySubset.every():
        assert warnings_about({m: brain[m] for m in subset}, NAMES) == (), subset


def test_no_warning_about_a_brain_whose_background_has_another_value(brain):
    shifted = {m: v.with_array(v.array - 1024) for m, v in brain.items()}
    assert warnings_about(shifted, NAMES) == ()


def test_inverted_intensities_are_reported(brain):
    one = brain[Modality.T1]
    inverted = one.with_array(one.array.max() - one.array)
    note = only(warnings_about(brain | {Modality.T1: inverted}, NAMES))
    assert_names(note, Modality.T1)
    assert "inverted" in note


def test_no_warning_about_real_patients(real_cases):
    cases = sorted(path for path in real_cases.iterdir() if path.is_dir())
    assert cases
    assert {path.name: load_case(path).notes for path in cases} == {p.name: () for p in cases}


def test_no_warning_about_the_bundled_cases():
    cases = [path for path in resource("demo").iterdir() if path.is_dir()]
    assert cases
    assert {path.name: load_case(path).notes for path in cases} == {p.name: () for p in cases}


# -------------------------------------------------------------------------------- too small


def test_a_brain_of_a_fifth_of_a_litre_is_reported(brain):
    small = {
        m: Volume(v.array, v.world_from_voxel @ np.diag([0.55, 0.55, 0.55, 1]))
        for m, v in brain.items()
    }
    messages = [note for note in warnings_about(small, NAMES) if "litres, an adult brain" in note]
    assert len(messages) == 1
    assert messages[0].startswith("every sequence: the visible brain has 0.")


@every_sequence
def test_a_single_voxel_between_the_samples_is_not_blank(brain, modality):
    array = np.zeros(SHAPE, np.float32)
    array[41, 41, 41] = 1
    brain[modality] = brain[modality].with_array(array)
    assert warnings_about(brain, NAMES) == ()


# ----------------------------------------------------------------------------- skull and air


@every_sequence
def test_a_head_with_its_skull_is_reported_with_its_litres(brain, modality):
    brain[modality] = image(modality, ellipsoid((79.0, 95.0, 90.0)))
    notes = only(warnings_about(brain, NAMES))
    assert "may not be skull-stripped: 2." in notes
    assert "litres" in notes
    assert_names(notes, modality)


@every_sequence
def test_noise_around_the_head_is_reported(brain, modality):
    noise = np.abs(np.random.default_rng(9).normal(0, 20, SHAPE)).astype(np.float32)
    brain[modality] = brain[modality].with_array(np.maximum(brain[modality].array, noise))
    notes = only(warnings_about(brain, NAMES))
    assert "may not be skull-stripped: 3." in notes
    assert_names(notes, modality)


def test_what_holds_for_every_sequence_is_reported_once(brain):
    heads = {m: image(m, ellipsoid((79.0, 95.0, 90.0))) for m in Modality}
    assert only(warnings_about(heads, NAMES)).startswith("every sequence may not be skull-strip")


@every_sequence
def test_a_box_without_any_background_is_reported_however_small(modality):
    box = (slice(18, 62), slice(26, 70), slice(16, 56))
    cut = Volume(image(modality).array[box], spaced(EDGE_MM))
    notes = only(warnings_about({modality: cut}, NAMES))
    assert "may not be skull-stripped: only 3 % of the image has the value of its border" in notes
    assert_names(notes, modality)


@every_sequence
def test_a_brain_cut_out_to_the_voxel_is_no_box_without_background(modality):
    whole = image(modality)
    inside = np.nonzero(whole.array)
    box = tuple(slice(i.min(), i.max() + 1) for i in inside)
    assert warnings_about({modality: whole.with_array(whole.array[box])}, NAMES) == ()


# ------------------------------------------------------------------------------- voxel sizes


@every_sequence
@pytest.mark.parametrize(
    ("edges_mm", "message"),
    [
        ((2, 2, 3.2), "voxel size 2 × 2 × 3.2 mm: slices thicker than 3 mm"),
        ((0.2, 2, 2), "voxel size 0.2 × 2 × 2 mm: finer than any scan"),
        (
            (2, 2, 1),
            "the image measures 72 mm from bottom to top; a whole head measures 80 to 350 mm",
        ),
        ((0.9, 2, 2), "the image measures 72 mm from left to right"),
    ],
    ids=["thick", "fine", "flat", "narrow"],
)
def test_a_size_that_no_head_has_is_reported_with_its_value(brain, modality, edges_mm, message):
    odd = Volume(brain[modality].array, spaced(*edges_mm))
    notes = warnings_about({modality: odd}, NAMES)
    assert notes[0].startswith(f"{NAMES[modality]}: {message}")


def test_an_image_too_long_for_a_head_is_reported():
    long = np.zeros((80, 180, 72), np.float32)
    long[20:60, 20:70, 20:60] = 1
    notes = only(warnings_about({Modality.T1: Volume(long, spaced(EDGE_MM))}, NAMES))
    assert "the image measures 360 mm from back to front" in notes


@pytest.mark.parametrize("edge_mm", [3.0000002, 3.004])
def test_a_rounded_voxel_size_at_the_limit_is_none_beyond_it(edge_mm):
    array = image(Modality.T1).array.copy()
    array[:, :20] = array[:, -20:] = 0
    tall = Volume(array, spaced(EDGE_MM, EDGE_MM, edge_mm))
    assert not [n for n in warnings_about({Modality.T1: tall}, NAMES) if "voxel size" in n]


def test_the_same_odd_size_of_every_sequence_is_reported_once(brain):
    thick = {m: Volume(v.array, spaced(1.5, 1.5, 3.5)) for m, v in brain.items()}
    notes = only(warnings_about(thick, NAMES))
    assert notes.startswith("every sequence: voxel size 1.5 × 1.5 × 3.5 mm")


@every_sequence
def test_thick_slices_of_one_sequence_on_its_own_grid_are_reported_of_it_alone(brain, modality):
    affine = spaced(EDGE_MM, EDGE_MM, 2 * EDGE_MM)
    brain[modality] = Volume(brain[modality].array[:, :, ::2], affine)
    notes = only(warnings_about(brain, NAMES))
    assert "slices thicker than 3 mm" in notes
    assert_names(notes, modality)


# ---------------------------------------------------------------------------- the same image


@every_pair
@pytest.mark.parametrize("factor", [1.0, 0.37])
def test_two_sequences_that_are_one_image_are_reported_with_both_files(brain, pair, factor):
    first, second = pair
    copy = np.round(brain[first].array * factor)
    brain[second] = brain[second].with_array(copy)
    notes = only(warnings_about(brain, NAMES))
    assert "look like one image (correlation " in notes
    assert_names(notes, *pair)


@every_pair
def test_sequences_that_resemble_each_other_are_not_one_image(brain, pair):
    first, second = pair
    mixed = brain[first].array + 0.3 * brain[second].array
    brain[second] = brain[second].with_array(mixed)
    assert warnings_about(brain, NAMES) == ()


def test_three_copies_are_reported_in_one_sentence(brain):
    for modality in (Modality.T1C, Modality.T2):
        brain[modality] = brain[Modality.T1]
    notes = only(warnings_about(brain, NAMES))
    assert_names(notes, Modality.T1, Modality.T1C, Modality.T2)


# ------------------------------------------------------------------------------ co-registered


@every_sequence
def test_a_sequence_that_lies_elsewhere_is_reported_with_the_distance(brain, modality):
    brain[modality] = image(modality, ellipsoid((56.0, 70.0, 52.0), (0.0, 18.0, 0.0)))
    notes = only(warnings_about(brain, NAMES))
    assert notes.startswith(f"{NAMES[modality]} may not be co-registered with ")
    assert "are 18 mm apart" in notes


@every_sequence
def test_a_sequence_that_is_turned_is_reported_with_its_widths(brain, modality):
    turned = {m: image(m, ellipsoid((60.0, 79.0, 62.0))) for m in brain}
    turned[modality] = image(modality, ellipsoid((79.0, 60.0, 62.0)))
    notes = only(warnings_about(turned, NAMES))
    assert notes.startswith(f"{NAMES[modality]} may not be co-registered with ")
    assert re.search(r"the visible parts measure 1\d\d and 1\d\d mm from (back|left) to", notes)


@every_pair
def test_one_of_two_sequences_that_lie_apart_is_reported(brain, pair):
    first, second = pair
    small = (56.0, 70.0, 52.0)
    apart = {
        first: image(first, ellipsoid(small, (0.0, -10.0, 0.0))),
        second: image(second, ellipsoid(small, (0.0, 10.0, 0.0))),
    }
    notes = only(warnings_about(apart, NAMES))
    assert "are 20 mm apart" in notes
    assert_names(notes, *pair)


@every_sequence
def test_a_slice_less_or_a_small_shift_gives_no_warning(brain, modality):
    brain[modality] = image(modality, ellipsoid(centre_mm=(0.0, 4.0, 0.0)))
    assert warnings_about(brain, NAMES) == ()


@every_sequence
def test_the_brain_of_another_patient_is_reported_with_the_overlap(brain, modality):
    other = ellipsoid((61.0, 80.0, 68.0))
    brain[modality] = image(modality, other)
    same = ellipsoid()
    percent = 100 * 2 * (same & other).sum() / (same.sum() + other.sum())
    assert 90 < percent < 94, "as of two patients in one atlas's space"

    notes = only(warnings_about(brain, NAMES))

    assert "brains with different outlines" in notes
    message = int(re.search(r"overlap by (\d+) %", notes)[1])
    assert message == pytest.approx(percent, abs=1)
    assert NAMES[modality] in notes


@every_sequence
def test_an_image_on_another_grid_does_not_hide_the_brain_of_another_patient(brain, modality):
    """Its outline cannot be compared, so that it is nobody's middle."""
    odd = next(m for m in reversed(Modality) if m != modality)
    brain[odd] = image(odd, ellipsoid() & ~ellipsoid((36.0, 36.0, 36.0)))
    whole = brain[modality]
    brain[modality] = Volume(np.ascontiguousarray(whole.array[:, :, :-1]), spaced(EDGE_MM))

    notes = only(warnings_about(brain, NAMES))

    assert "brains with different outlines" in notes
    assert notes.startswith(NAMES[odd])


@every_sequence
def test_it_is_the_odd_brain_that_is_named_though_its_extent_lies_in_the_middle(brain, modality):
    """Three outlines of one patient, a little wider here or there, and one that is hollow."""
    others = [m for m in Modality if m != modality]
    x, y, z = HALF_WIDTHS_MM
    sizes = (x + 2, y, z - 2), (x - 2, y + 2, z), (x, y - 2, z + 2)
    for other, size in zip(others, sizes, strict=True):
        brain[other] = image(other, ellipsoid(size))
    inside = ellipsoid() & ~ellipsoid((36.0, 36.0, 36.0))
    brain[modality] = image(modality, inside)

    notes = only(warnings_about(brain, NAMES))

    assert "brains with different outlines" in notes
    assert notes.startswith(NAMES[modality])


@every_sequence
def test_places_are_compared_in_the_patient_not_in_the_array(brain, modality):
    """The same brain on a grid that begins elsewhere lies where it lay."""
    affine = spaced(EDGE_MM)
    affine[1, 3] = 20 * EDGE_MM
    brain[modality] = Volume(brain[modality].array[:, 20:], affine)
    padded = np.pad(brain[modality].array, ((0, 0), (0, 30), (0, 0)))
    brain[modality] = Volume(padded, affine)
    assert warnings_about(brain, NAMES) == ()


@every_sequence
def test_the_place_of_a_head_that_is_not_stripped_is_not_judged(brain, modality):
    brain[modality] = image(modality, ellipsoid((79.0, 95.0, 90.0), (0.0, 30.0, 0.0)))
    assert "skull-stripped" in only(warnings_about(brain, NAMES))
