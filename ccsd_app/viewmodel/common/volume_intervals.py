"""The prediction intervals of volumes that apply to the open case."""

from ccsd_app.session.state import State
from ccsd_core.domain.volume_intervals import VolumeIntervals


def volume_intervals(state: State) -> VolumeIntervals | None:
    """The intervals of the model; None if it has none, or if they do not hold.

    They do not hold for a case that it was trained on, nor for degraded images.
    """
    scores = state.model and state.model.reference_scores
    return None if not scores or state.seen_in_training or state.applied else scores.volumes
