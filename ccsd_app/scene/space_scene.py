"""From the state to what the 3-D view shows: `resolve_space(state)`."""

from dataclasses import dataclass

from ccsd_app.scene.slice_scene import provenance
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import State
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume


@dataclass(frozen=True, slots=True)
class SpaceScene:
    """What the 3-D view shows. Volumes and results compare by identity.

    Args:
        head: The volume whose outside is drawn as a shell; also the grid of the result.
        result: The segmentation whose surfaces are drawn; None before the first.
        visible: Regions that are drawn.
        provenance: What the network was given, and which network it was.
    """

    head: Volume
    result: SubsetResult | None
    visible: frozenset[Region]
    provenance: str


def resolve_space(state: State) -> SpaceScene | None:
    """What the 3-D view shows; None without a case."""
    if state.case is None:
        return None
    return SpaceScene(
        head=state.case.grid,
        result=state.result,
        visible=state.visible,
        provenance=provenance(state),
    )
