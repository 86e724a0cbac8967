"""What lies over a slice, by layer."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.scene.cropped_regions import CroppedRegions, SliceLocation
from ccsd_app.scene.overlays.difference_overlay import DifferenceOverlay
from ccsd_app.scene.overlays.map_overlay import entropy_bits, vote_colours
from ccsd_app.scene.overlays.overlay import Pattern
from ccsd_app.scene.overlays.overlays import overlay_of
from ccsd_app.scene.palette import (
    BOTH_COLOUR,
    ONLY_CURRENT_COLOUR,
    ONLY_REFERENCE_COLOUR,
    label_colours,
    region_colours,
)
from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slices.slice_image import compose
from ccsd_app.scene.slices.slice_scene import resolve, waiting_badge
from ccsd_app.session.display import ColourScheme, Layer
from ccsd_app.session.on_demand import PROBABILITIES, ProbabilityMap
from ccsd_app.session.requests import wanted_request
from ccsd_core.domain.byte_probability import as_bytes
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

EVERY_PLANE = [pytest.param(p, id=p.value) for p in Plane]
EVERY_REGION = [pytest.param(r, id=r.name) for r in Region]
EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]
INSIDE = {Region.WT: (4, 5, 3), Region.TC: (5, 6, 4), Region.ET: (7, 8, 6)}
FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)


def colour_at(state, point, plane=Plane.AXIAL) -> tuple[int, ...]:
    scene = resolve(state.with_cursor(point), plane)
    column, row = scene.crosshair
    return tuple(compose(scene.picture)[row, column].tolist())


@pytest.mark.parametrize("scheme", list(ColourScheme), ids=lambda s: s.value)
@pytest.mark.parametrize("region", EVERY_REGION)
def test_every_scheme_colours_regions_and_labels(marked_state, scheme, region):
    state = replace(marked_state, opacity=1.0, colours=scheme)
    assert colour_at(state, INSIDE[region]) == region_colours(scheme)[region]
    as_labels = replace(state, layer=Layer.LABELS)
    assert colour_at(as_labels, INSIDE[region]) == label_colours(scheme)[region]


def test_a_hidden_label_leaves_its_place_grey(marked_state):
    state = replace(marked_state, opacity=1.0, layer=Layer.LABELS)
    red, green, blue = colour_at(state.showing(Region.TC, visible=False), INSIDE[Region.TC])
    assert red == green == blue


@pytest.mark.parametrize("layer", list(Layer), ids=lambda layer: layer.value)
def test_a_hidden_overlay_is_no_overlay_whatever_the_layer(full_state, layer):
    assert overlay_of(replace(full_state, layer=layer, show_overlay=False)) is None


# ---------------------------------------------------------------- difference


@pytest.mark.parametrize("plane", EVERY_PLANE)
@pytest.mark.parametrize("region", EVERY_REGION)
@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_the_parts_of_a_difference_make_up_both_masks(
    full_state, fake_worker, subset, region, plane
):
    state = replace(full_state.using(subset), layer=Layer.DIFFERENCE, region=region)
    location = resolve(state.with_cursor(fake_worker.CENTRE), plane).picture.location
    if subset == FULL:
        assert overlay_of(state) is None  # a result does not differ from itself
        return

    both, shown, other = overlay_of(state).parts(location)

    def seen(result):
        return location.geometry.image_of(fake_worker.regions(result)[region], location.index)

    np.testing.assert_array_equal(both | shown, seen(subset))
    np.testing.assert_array_equal(both | other, seen(FULL))
    assert not (both & shown).any()
    assert not (both & other).any()


def test_each_part_of_a_difference_has_a_colour_and_a_pattern_of_its_own(full_state, fake_worker):
    x, y, z = fake_worker.CENTRE
    state = replace(full_state.using(NO_T1C), layer=Layer.DIFFERENCE, region=Region.ET, opacity=1.0)
    lost = overlay_of(state).shapes(
        resolve(state.with_cursor((x, y, z)), Plane.AXIAL).picture.location
    )
    assert [(s.colour, s.pattern) for s in lost] == [(ONLY_REFERENCE_COLOUR, Pattern.DOTS)]

    turned = state.using(FULL).comparing(NO_T1C)
    won = overlay_of(turned).shapes(
        resolve(turned.with_cursor((x, y, z)), Plane.AXIAL).picture.location
    )
    assert [(s.colour, s.pattern) for s in won] == [(ONLY_CURRENT_COLOUR, Pattern.STRIPES)]


def test_where_both_agree_it_is_green(full_state, fake_worker):
    state = replace(full_state.using(NO_T1C), layer=Layer.DIFFERENCE, opacity=1.0)
    red, green, blue = colour_at(state, fake_worker.CENTRE)
    assert green > max(red, blue)
    assert BOTH_COLOUR[1] > max(BOTH_COLOUR[0], BOTH_COLOUR[2])


def test_against_the_expert_what_is_missed_is_the_other_part(marked_state):
    """The phantom's labels are the result, moved by two voxels to the patient's right."""
    state = replace(marked_state, layer=Layer.DIFFERENCE, against_reference=True)
    overlay = overlay_of(state)
    assert isinstance(overlay, DifferenceOverlay)
    geometry = SliceGeometry(Plane.AXIAL, (20, 26, 14), (1, 1.5, 2), radiological=True)
    _, false, missed = overlay.parts(SliceLocation(geometry, 6))

    columns = np.flatnonzero(false.any(axis=0)).tolist()
    assert columns == [19 - 5, 19 - 4]  # the patient's left edge, on the screen's right
    assert np.flatnonzero(missed.any(axis=0)).tolist() == [19 - 11, 19 - 10]


def test_a_difference_to_what_is_not_computed_waits_and_says_so(phantom_state, fake_results):
    state = replace(phantom_state, layer=Layer.DIFFERENCE).with_result(fake_results(FULL))
    both = state.with_result(fake_results(NO_T1C)).comparing(NO_T1C)
    assert overlay_of(both) is not None

    waiting = state.comparing(NO_T1C)
    assert overlay_of(waiting) is None
    assert waiting_badge(waiting) == f"Computing {NO_T1C.label}…"


# ----------------------------------------------------------------- consensus


@pytest.mark.parametrize("region", EVERY_REGION)
def test_the_consensus_counts_the_subsets_that_find_a_region(full_state, fake_worker, region):
    x, y, z = fake_worker.CENTRE
    state = replace(full_state, layer=Layer.CONSENSUS, region=region, opacity=1.0)
    colours = vote_colours(15)
    for distance in range(9):
        point = (x + distance, y, z)
        votes = sum(bool(fake_worker.regions(s)[region][point]) for s in ModalitySubset.every())
        if votes:
            assert colour_at(state, point) == tuple(colours[votes - 1].tolist())
        else:
            red, green, blue = colour_at(state, point)
            assert red == green == blue


# ------------------------------------------------- probability, uncertainty


def mapped(state, fake_worker):
    values = as_bytes(fake_worker.FakeProbabilities(state.shown).values)
    return state.with_answer(
        PROBABILITIES, state.shown, ProbabilityMap(state.shown, values, (0, 0, 0))
    )


@pytest.mark.parametrize("layer", [Layer.PROBABILITY, Layer.UNCERTAINTY], ids=lambda x: x.value)
def test_maps_wait_until_they_are_computed_and_say_so(full_state, fake_worker, layer):
    state = replace(full_state, layer=layer)
    assert overlay_of(state) is None
    assert wanted_request(PROBABILITIES, state) == (PROBABILITIES, FULL)
    assert waiting_badge(state) == "Computing probabilities…"

    there = mapped(state, fake_worker)
    assert overlay_of(there) is not None
    assert wanted_request(PROBABILITIES, there) is None
    assert waiting_badge(there) == ""


@pytest.mark.parametrize("region", EVERY_REGION)
def test_more_probable_is_brighter_and_the_improbable_is_left_grey(full_state, fake_worker, region):
    x, y, z = fake_worker.CENTRE
    state = replace(full_state, layer=Layer.PROBABILITY, region=region, opacity=1.0)
    state = mapped(state, fake_worker)
    sure = fake_worker.FakeProbabilities(FULL).values[region]
    edge = next(d for d in range(1, 12) if sure[x + d, y, z] < 0.5)

    inside, outside = colour_at(state, (x, y, z)), colour_at(state, (x + edge, y, z))
    far = colour_at(state, (1, 1, z))

    assert sum(inside) > sum(outside)
    assert far[0] == far[1] == far[2]


def test_the_line_of_a_probability_map_is_the_region_shown(full_state, fake_worker):
    state = mapped(replace(full_state, layer=Layer.PROBABILITY), fake_worker)
    location = resolve(state.with_cursor(fake_worker.CENTRE), Plane.AXIAL).picture.location
    line = overlay_of(state).shapes(location)
    regions = overlay_of(replace(state, layer=Layer.REGIONS)).shapes(location)
    np.testing.assert_array_equal(line[0].lines[0], regions[0].lines[0])


@pytest.mark.parametrize(
    ("whole", "core", "enhancing", "bits"),
    [(0, 0, 0, 0.0), (255, 255, 255, 0.0), (128, 0, 0, 1.0), (191, 128, 64, 2.0)],
    ids=["surely none", "surely ET", "a coin", "four alike"],
)
def test_uncertainty_is_the_entropy_of_the_four_classes(whole, core, enhancing, bits):
    arrays = (np.full((1, 1), p, np.uint8) for p in (whole, core, enhancing))
    assert entropy_bits(*arrays).item() == pytest.approx(bits, abs=0.01)


def test_overlays_of_the_same_state_are_equal_so_that_nothing_is_painted_twice(
    full_state, fake_worker
):
    for layer in Layer:
        state = mapped(replace(full_state, layer=layer), fake_worker)
        assert overlay_of(state) == overlay_of(replace(state, cursor_voxel=(1, 1, 1)))


def test_a_cut_out_beside_the_slice_is_nowhere_on_it(marked_state):
    geometry = SliceGeometry(Plane.AXIAL, (20, 26, 14), (1, 1.5, 2), radiological=True)
    cut = CroppedRegions.of(marked_state.result)
    assert not cut.inside(SliceLocation(geometry, 0), Region.WT).any()
