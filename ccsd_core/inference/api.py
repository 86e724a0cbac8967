"""The public API in three functions: load a case, load a model, segment."""

from pathlib import Path

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.inference.load import load_model
from ccsd_core.inference.predictor import Predictor
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case

__all__ = ["load_case", "load_model", "segment"]


def segment(
    case: Case | str | Path,
    subset: ModalitySubset | str | None = None,
    *,
    model: Predictor | str | Path | None = None,
    device: str = "auto",
) -> Segmentation:
    """Segment a case from a subset of its sequences.

    For many subsets of one case call `Predictor.encode` once and `Predictor.predict` for each.

    Args:
        case: A case, or the path of its folder.
        subset: The sequences given to the network (`"FLAIR+T2"`); all by default.
        model: A loaded model, or an argument of `load_model`.
        device: Device of a model that is not loaded yet.

    Raises:
        BadInputError: If the case, the subset or the model cannot be used.
    """
    predictor = model if isinstance(model, Predictor) else load_model(model, device=device)
    loaded = case if isinstance(case, Case) else load_case(Path(case))
    chosen = ModalitySubset.parse(subset) if isinstance(subset, str) else subset
    used = chosen or loaded.available
    encoded = drain(predictor.encode(loaded, subsets=[used]))
    return predictor.predict(encoded, used)
