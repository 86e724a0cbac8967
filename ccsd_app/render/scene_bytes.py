"""A 3-D scene as bytes (npz, no pickle), for the process that draws it.

Only a mask of the head and the slices that are drawn are stored, not whole volumes, so there are
few bytes.
"""

import io
from typing import Any

import numpy as np

from ccsd_app.scene.cropped_regions import CroppedRegions
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.view3d.view3d_plane import View3dPlane
from ccsd_app.scene.view3d.view3d_scene import View3dScene
from ccsd_app.scene.view3d.view3d_slice import View3dSlice
from ccsd_app.session.display import ColourScheme
from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

PLANES = tuple(Plane)
SLICE = "slice {}"


def scene_to_bytes(scene: View3dScene) -> bytes:
    """Everything the child process needs to draw a scene."""
    result = None if scene.result is None else CroppedRegions.of(scene.result)
    cut = [] if scene.cut is None else [PLANES.index(scene.cut.plane), scene.cut.index]
    stream = io.BytesIO()
    np.savez(
        stream,
        head=np.isfinite(scene.head.array) & (scene.head.array != 0),
        world_from_voxel=scene.head.world_from_voxel,
        visible=np.asarray(sorted(scene.visible), np.int64),
        colours=np.asarray(scene.colours.name),
        brain=np.asarray(scene.brain),
        cut=np.asarray(cut, np.int64),
        volumes_ml=np.asarray([] if scene.result is None else _volumes_ml(scene.result)),
        **_regions("result", result),
        **_regions("expert", scene.expert),
        **_slices(scene.slices),
    )
    return stream.getvalue()


def scene_from_bytes(data: bytes) -> View3dScene:
    """Read what `scene_to_bytes` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        head = Volume(arrays["head"], arrays["world_from_voxel"])
        result, cut = _regions_of(arrays, "result"), arrays["cut"].tolist()
        return View3dScene(
            head=head,
            result=None if result is None else _result(result, arrays["volumes_ml"]),
            visible=frozenset(Region(v) for v in arrays["visible"].tolist()),
            colours=ColourScheme[str(arrays["colours"])],
            brain=bool(arrays["brain"]),
            expert=_regions_of(arrays, "expert"),
            slices=_slices_of(arrays, head),
            cut=View3dPlane(PLANES[cut[0]], cut[1], head) if cut else None,
            provenance="",
        )


def _regions(name: str, found: CroppedRegions | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {name: found.nested_labels, f"{name} offset": np.asarray(found.offset_voxel)}


def _regions_of(arrays: Any, name: str) -> CroppedRegions | None:
    if name not in arrays:
        return None
    x, y, z = arrays[f"{name} offset"].tolist()
    return CroppedRegions(arrays[name], (x, y, z))


def _volumes_ml(result: SubsetResult) -> list[float]:
    return [result.volumes_ml[region] for region in Region]


def _result(found: CroppedRegions, volumes_ml: Any) -> SubsetResult:
    all_sequences = ModalitySubset.full()
    volumes = dict(zip(Region, volumes_ml.tolist(), strict=True))
    return SubsetResult(
        all_sequences, found.nested_labels, found.offset_voxel, volumes, None, None, 0.0
    )


def _slices(slices: tuple[View3dSlice, ...]) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    for each in slices:
        plane, index = each.place.plane, each.place.index
        name = SLICE.format(plane.value)
        arrays[name] = np.take(each.background.array, index, axis=plane.normal_axis)
        arrays[f"{name} index"] = np.asarray(index)
        arrays["window"] = np.asarray(each.window, np.float64)
    return arrays


def _slices_of(arrays: Any, head: Volume) -> tuple[View3dSlice, ...]:
    """The slices, in a volume that is zero outside them."""
    drawn = [plane for plane in PLANES if SLICE.format(plane.value) in arrays]
    if not drawn:
        return ()
    names = {plane: SLICE.format(plane.value) for plane in drawn}
    places = {p: View3dPlane(p, int(arrays[f"{n} index"]), head) for p, n in names.items()}
    values = np.zeros(head.shape, np.result_type(*(arrays[name] for name in names.values())))
    for plane, place in places.items():
        np.moveaxis(values, plane.normal_axis, 0)[place.index] = arrays[names[plane]]
    low, high = arrays["window"].tolist()
    background = head.with_array(values)
    return tuple(View3dSlice(place, background, (low, high)) for place in places.values())
