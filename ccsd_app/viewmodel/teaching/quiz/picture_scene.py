"""What one picture of the quiz shows: an axial slice with the regions of one result.

Captions that name the sequences given to the model are not shown: they would give the answer away.
"""

from dataclasses import dataclass, replace

from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import SliceScene, resolve
from ccsd_app.session.display import Layer, OverlayStyle
from ccsd_app.session.guess import Guess
from ccsd_app.session.state import State
from ccsd_app.viewmodel.teaching.quiz.question import Picture, Question
from ccsd_core.domain.modality import Modality


@dataclass(frozen=True, slots=True)
class Look:
    """How the learner looks at the pictures.

    Args:
        background: The sequence shown as background.
        slice_voxel: Index of the axial slice.
        overlay: Whether regions are drawn.
    """

    background: Modality
    slice_voxel: int
    overlay: bool = True


def picture_scene(
    state: State, question: Question, picture: Picture, look: Look
) -> SliceScene | None:
    """The scene of one picture; None without a case.

    Args:
        state: The case, with its results.
        question: The question, which chooses the regions.
        picture: Which result is drawn.
        look: The chosen slice and background.
    """
    if state.case is None:
        return None
    x, y, _ = question.voxel
    subset = state.case.available if picture.subset is None else picture.subset
    seen = replace(
        state,
        guess=Guess(),
        used=subset,
        shown=subset,
        layer=Layer.REGIONS,
        overlay=OverlayStyle.FILLED,
        visible=question.regions,
        show_overlay=look.overlay and picture.subset is not None,
        show_reference=look.overlay and picture.expert,
        show_crosshair=False,
        compared=None,
        against_reference=False,
        side_by_side=False,
        measurements=(),
        drawing=None,
    )
    seen = seen.with_background(look.background).with_cursor((x, y, look.slice_voxel))
    scene = resolve(seen, Plane.AXIAL)
    if scene is None:
        return None
    return replace(scene, input_text="", provenance="", background_note=(), badge="")
