"""A preparation does what a study needs, and reports it."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import ndimage

from ccsd_core.domain.dice import dice
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError
from ccsd_core.preparation import masking
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.needs import needs_of
from ccsd_core.preparation.prepare import estimate_s, prepare
from ccsd_core.preparation.prepared import Prepared
from ccsd_core.preparation.record import Done
from ccsd_core.preparation.registration import search
from ccsd_core.preparation.registration.register_sequence import Registered
from ccsd_core.preparation.registration.search import Fixed
from ccsd_core.preparation.rigid import Nudge
from ccsd_core.preparation.steps import brain as module
from ccsd_core.preparation.steps import registrations
from ccsd_core.progress import Progress, Steps, drain
from tests.ccsd_core.preparation.conftest import MOVED, Head, scans_of

pytest.importorskip("SimpleITK", reason="needs the extra [scanner]")
FLAIR, T1, T2 = Modality.FLAIR, Modality.T1, Modality.T2


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finest resolution says nothing about images of 3 mm."""
    monkeypatch.setattr(search, "LEVELS", search.LEVELS[:2])


@pytest.fixture
def true_mask(head: Head, monkeypatch: pytest.MonkeyPatch) -> list[Volume]:
    """The brain is known; what deepbet finds has a test of its own. Lists what was asked."""
    asked: list[Volume] = []

    def known(volume: Volume) -> np.ndarray:
        asked.append(volume)
        return head.brain[:, :, : volume.shape[2]]

    monkeypatch.setattr(module, "brain_mask", known)
    monkeypatch.setattr(masking, "is_plausible", lambda ml: ml > 500)
    return asked


def _done(prepared: Prepared) -> list[tuple[Step, Modality | None]]:
    return [(s.step, s.of) for s in prepared.record.steps if s.done]


def test_a_study_that_needs_nothing_stays_as_it_is_to_the_bit(head: Head):
    volumes = {m: head.image(m, stripped=True) for m in (FLAIR, T1, T2)}
    scans = scans_of(volumes)
    prepared = drain(prepare(scans))
    assert all(prepared.volumes[m].array is volumes[m].array for m in volumes)
    assert not prepared.record.changed
    assert estimate_s(scans) == 0
    assert prepared.stored is scans.images[FLAIR].stored


def test_a_stripped_sequence_that_lies_askew_is_only_registered(head: Head):
    volumes = {T1: head.image(T1, stripped=True), T2: head.image(T2, stripped=True, moved=MOVED)}
    # The reference keeps a fine grid; this one is 3 mm, which is said to be fine enough.
    prepared = drain(prepare(scans_of(volumes), Adjustments(skipped=frozenset({Step.GRID}))))
    assert _done(prepared) == [(Step.REGISTRATION, T2)]
    assert prepared.volumes[T1].array is volumes[T1].array
    inside = head.brain
    right = head.image(T2, stripped=True).array[inside]
    before, after = (
        np.corrcoef(v.array[inside], right)[0, 1] for v in (volumes[T2], prepared.volumes[T2])
    )
    assert after > 0.9 > before


@pytest.mark.slow
def test_a_head_is_stripped_registered_and_put_on_a_1_mm_grid(head: Head, true_mask: list[Volume]):
    volumes = {T1: head.image(T1, stripped=False), T2: head.image(T2, stripped=False, moved=MOVED)}
    # The waves of its tissue would be taken for shading.
    prepared = drain(prepare(scans_of(volumes), Adjustments(skipped=frozenset({Step.BIAS}))))
    assert _done(prepared) == [
        (Step.BRAIN_MASK, T1),
        (Step.REGISTRATION, T2),
        (Step.GRID, None),
    ]
    assert prepared.brain is not None
    outside = prepared.brain.array == 0
    for volume in prepared.volumes.values():
        np.testing.assert_allclose(volume.spacing_mm, 1)
        assert volume.shape >= (240, 240, 155)
        assert volume.is_canonical
        assert (volume.array[outside] == 0).all()
    ml = prepared.brain.array.sum() / 1000
    assert ml == pytest.approx(head.brain.sum() * 0.027, rel=0.02)
    assert prepared.case().available.label == "T1 + T2"
    assert needs_of(prepared.volumes).nothing, "what was prepared needs no preparation"


def test_a_strongly_shaded_reference_does_not_mislead_registration(
    head: Head, true_mask: list[Volume]
):
    plain = head.image(T1, stripped=False)
    x, z = (np.linspace(-1, 1, n) for n in (plain.shape[0], plain.shape[2]))
    shading = np.exp(0.8 * (x[:, None, None] + z))
    shaded = plain.with_array((plain.array * shading).astype(np.float32))
    moved = head.image(FLAIR, stripped=False, moved=MOVED)
    skipped = frozenset({Step.GRID, Step.BIAS})

    prepared = drain(
        prepare(scans_of({T1: shaded, FLAIR: moved}), Adjustments(reference=T1, skipped=skipped))
    )

    places = np.argwhere(head.brain)
    world = head.affine @ np.c_[places, np.ones(len(places))].T
    off = ((prepared.record.transforms[FLAIR] - MOVED) @ world)[:3]
    assert np.linalg.norm(off, axis=0).mean() < 1, "without its shading taken out: 45 mm"
    assert "registration (FLAIR)" in prepared.record.summary[0]


def test_a_stripped_image_and_one_with_skull_are_compared_without_skull(
    head: Head, true_mask: list[Volume], monkeypatch: pytest.MonkeyPatch
):
    compared: list[tuple[Volume, Volume]] = []

    def seen(fixed: Fixed, m: Modality, volume: Volume) -> Steps[Registered]:
        compared.append((fixed.volume, volume))
        yield Progress(0, 1, "")
        return Registered(np.eye(4), Done(Step.REGISTRATION, False, "", m))

    monkeypatch.setattr(registrations, "register_sequence", seen)
    monkeypatch.setattr(registrations, "brain_mask", lambda _: head.brain)
    volumes = {m: head.image(m, stripped=m is T1) for m in (T1, T2)}
    for reference in (T1, T2):
        wish = Adjustments(reference=reference, skipped=frozenset({Step.GRID, Step.BIAS}))
        drain(prepare(scans_of(volumes), wish))
        assert all(not image.array[~head.brain].any() for image in compared[-1]), reference

    without = frozenset({Step.GRID, Step.BIAS, Step.BRAIN_MASK})
    drain(prepare(scans_of(volumes), Adjustments(reference=T1, skipped=without)))
    assert compared[-1][1].array[~head.brain].any(), "a skipped brain mask stays skipped"


def test_every_step_can_be_skipped(head: Head, true_mask: list[Volume]):
    volumes = {T1: head.image(T1, stripped=False), T2: head.image(T2, stripped=False, moved=MOVED)}
    prepared = drain(prepare(scans_of(volumes), Adjustments(skipped=frozenset(Step))))
    assert not prepared.record.changed
    assert not true_mask
    np.testing.assert_array_equal(prepared.volumes[T2].array, volumes[T2].array)


def test_a_nudge_moves_what_is_seen(head: Head):
    volumes = {T1: head.image(T1, stripped=True), T2: head.image(T2, stripped=True)}
    nudges = {T2: Nudge((6.0, 0.0, 0.0))}
    skipped = frozenset({Step.GRID, Step.REGISTRATION})
    prepared = drain(prepare(scans_of(volumes), Adjustments(skipped=skipped, nudges=nudges)))
    moved, before = prepared.volumes[T2].array, volumes[T2].array
    np.testing.assert_allclose(moved[2:], before[:-2], atol=1e-2)  # two voxels of 3 mm


def test_the_mask_is_grown_and_shrunk_by_millimetres(head: Head, true_mask: list[Volume]):
    scans = scans_of({T1: head.image(T1, stripped=False)})
    skipped = frozenset({Step.GRID})
    sizes = []
    for mm in (-6.0, 0.0, 6.0):
        brain = drain(prepare(scans, Adjustments(skipped=skipped, mask_mm=mm))).brain
        assert brain is not None
        sizes.append(int(brain.array.sum()))
    assert all(a < b for a, b in pairwise(sizes))


def test_an_implausible_mask_is_made_from_a_second_sequence(
    head: Head, monkeypatch: pytest.MonkeyPatch
):
    volumes = {T1: head.image(T1, stripped=False), T2: head.image(T2, stripped=False)}

    def bad_on_t1(volume: Volume) -> np.ndarray:
        return np.zeros_like(head.brain) if volume is scans.volumes[T1] else head.brain

    scans = scans_of(volumes)
    monkeypatch.setattr(module, "brain_mask", bad_on_t1)
    monkeypatch.setattr(masking, "is_plausible", lambda ml: ml > 500)
    skipped = frozenset({Step.GRID, Step.REGISTRATION})
    prepared = drain(prepare(scans, Adjustments(skipped=skipped)))
    assert prepared.record.reference is T2
    assert "from T1 had 0 mL" in prepared.record.warnings[0]


def test_the_mask_of_t1_is_used_on_another_reference_if_it_is_plausible_and_fits(
    head: Head, monkeypatch: pytest.MonkeyPatch
):
    images = {T1: head.image(T1, stripped=False, moved=MOVED), T2: head.image(T2, stripped=False)}
    scans = scans_of(images)
    too_large = ndimage.binary_dilation(head.brain, iterations=2)
    back = np.linalg.inv(MOVED @ head.affine) @ head.affine
    shifted = ndimage.affine_transform(
        head.brain.astype(np.float32), back[:3, :3], back[:3, 3], order=1
    )
    found_on_t1 = [shifted > 0.5]

    def mask_of(volume: Volume) -> np.ndarray:
        return found_on_t1[0] if volume is scans.volumes[T1] else too_large

    monkeypatch.setattr(module, "brain_mask", mask_of)
    monkeypatch.setattr(masking, "is_plausible", lambda ml: ml > 500)
    chosen = Adjustments(reference=T2, skipped=frozenset({Step.GRID, Step.BIAS}))

    prepared = drain(prepare(scans, chosen))

    assert prepared.brain is not None
    assert dice(prepared.brain.array > 0, head.brain) > 0.97
    assert dice(too_large, head.brain) < 0.95
    (step,) = (s for s in prepared.record.steps if s.step is Step.BRAIN_MASK)
    assert step.of is T1
    assert step.why == "T1 shows the edge of the brain better than T2"

    found_on_t1[0] = np.zeros_like(head.brain)
    other = drain(prepare(scans, chosen))
    assert other.brain is not None
    assert dice(other.brain.array > 0, too_large) == 1
    assert [s.of for s in other.record.steps if s.step is Step.BRAIN_MASK] == [T2]
    assert "the brain mask was made from T2" in other.record.warnings[-1]
    assert not any("made from T2" in warning for warning in prepared.record.warnings)

    found_on_t1[0] = np.roll(shifted > 0.5, 8, axis=1)  # as if T1 were registered 24 mm off
    misplaced = drain(prepare(scans, chosen))
    assert "check that T1 lies on T2, or move it by hand" in misplaced.record.warnings[0]

    found_on_t1[0] = shifted > 0.5
    monkeypatch.setattr(masking, "is_plausible", lambda ml: False)  # both, as in a very large head
    large = drain(prepare(scans, chosen))
    assert [s.of for s in large.record.steps if s.step is Step.BRAIN_MASK] == [T1]


def test_a_sequence_that_ends_within_the_brain_is_not_the_reference(
    head: Head, true_mask: list[Volume]
):
    whole = head.image(T2, stripped=False)
    low = head.image(T1, stripped=False)
    cut = Volume(low.array[:, :, :42], low.world_from_voxel)
    skipped = frozenset({Step.GRID, Step.REGISTRATION})
    alone = drain(prepare(scans_of({T1: cut}), Adjustments(skipped=skipped)))
    assert alone.record.warnings[0].startswith("T1 ends within the brain (top): what lies beyond")
    both = drain(prepare(scans_of({T1: cut, T2: whole}), Adjustments(skipped=skipped)))
    assert both.record.reference is T2
    assert "T1 ends within the brain (top): T2 was used as the reference" in both.record.warnings


def test_the_reference_can_be_chosen(head: Head):
    volumes = {m: head.image(m, stripped=True, moved=MOVED) for m in (FLAIR, T2)}
    volumes[T1] = head.image(T1, stripped=True)
    for chosen in volumes:
        wish = Adjustments(reference=chosen, skipped=frozenset({Step.GRID, Step.REGISTRATION}))
        assert drain(prepare(scans_of(volumes), wish)).record.reference is chosen
    del volumes[FLAIR]
    with pytest.raises(CaseError, match="FLAIR cannot be the reference: the study has T1, T2"):
        drain(prepare(scans_of(volumes), Adjustments(reference=FLAIR)))


def test_progress_never_runs_backwards_and_ends_when_closed(head: Head, true_mask: list[Volume]):
    volumes = {T1: head.image(T1, stripped=False), T2: head.image(T2, stripped=False, moved=MOVED)}
    steps = prepare(scans_of(volumes))
    seen = [next(steps) for _ in range(4)]
    assert all(a.fraction <= b.fraction for a, b in pairwise(seen))
    steps.close()
    with pytest.raises(StopIteration):
        next(steps)


def test_what_is_no_study_of_one_head_is_refused(head: Head):
    good = head.image(T1, stripped=False)
    far = Volume(good.array, good.world_from_voxel + np.eye(4, k=3) * 500)
    for bad, message in (
        (Volume(good.array[:, :, :1], good.world_from_voxel), "T2.nii.gz has 1 slices"),
        (good.with_array(good.array - 1000), "T2.nii.gz has air at -99.*CT"),
        (good.with_array(np.full_like(good.array, 7)), "T2.nii.gz is blank"),
        (far, "T2.nii.gz and T1.nii.gz do not overlap"),
    ):
        with pytest.raises(CaseError, match=message):
            drain(prepare(scans_of({T1: good, T2: bad})))
