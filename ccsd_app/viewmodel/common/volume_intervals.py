"""The prediction intervals of volumes that apply to the open case."""

from ccsd_app.session.state import State
from ccsd_core.domain.volume_intervals import VolumeIntervals


def volume_intervals(state: State) -> VolumeIntervals | None:
    """The intervals of the model; None if it has none, or for a case that it was trained on."""
    scores = state.model and state.model.reference_scores
    return None if not scores or state.seen_in_training else scores.volumes
