"""The JSON next to every weights file: the model's description, training data and scores."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ccsd_core.errors import CheckpointError
from ccsd_core.storage.documents import parsed_json

WEIGHTS, MANIFEST, MODEL_CARD = "model.safetensors", "manifest.json", "CARD.md"
"""Names of a model's files; the model card is for readers."""


class Manifest(BaseModel):
    """The description of a weights file.

    Args:
        name: The model's name.
        sha256: Hash of the safetensors file next to it, which also contains `model` in its
            metadata.
        modalities: Input order, checked on loading.
        regions: Output order, checked on loading.
        model: Arguments of the network (`ModelConfig`), as plain JSON.
        training: The resolved training configuration, as plain JSON.
        training_cases: Ids of all cases that the model was trained on.
        scores: Mean Dice by region on cases not used for training, if known.
        temperatures: Temperature that logits are divided by before they become probabilities, by
            number of sequences given, 1 to 4; empty for no scaling.
        licence: Licence of the weights.
        software: Version of this software that wrote it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str
    modalities: tuple[str, ...] = ("FLAIR", "T1", "T1C", "T2")
    regions: tuple[str, ...] = ("WT", "TC", "ET")
    model: dict[str, object] = Field(default_factory=dict)
    training: dict[str, object] = Field(default_factory=dict)
    training_cases: tuple[str, ...] = ()
    scores: dict[str, float] = Field(default_factory=dict)
    temperatures: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...] = ()
    licence: str = ""
    software: str = ""

    @model_validator(mode="after")
    def _one_for_each_number(self) -> Self:
        if len(self.temperatures) not in (0, len(self.modalities)):
            raise ValueError(
                f"{len(self.temperatures)} temperatures: give one for each number of sequences, "
                f"1 to {len(self.modalities)}, or none"
            )
        return self

    def temperature(self, sequences: int) -> float:
        """The temperature for a number of sequences; 1 if none was fitted."""
        return self.temperatures[sequences - 1] if self.temperatures else 1.0

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Read a manifest.

        Raises:
            CheckpointError: If the file is missing or not a manifest.
        """
        try:
            return cls.model_validate(parsed_json(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise CheckpointError(
                f"{path} is missing: weights need their manifest in the same folder"
            ) from None
        except (ValidationError, ValueError, OSError) as error:
            first = str(error).splitlines()[0]
            raise CheckpointError(f"{path} is not a model manifest: {first}") from error

    def text(self) -> str:
        """The manifest as JSON, which `read` accepts."""
        return self.model_dump_json(indent=2) + "\n"
