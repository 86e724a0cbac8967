"""Everything a training run is defined by, as one frozen value that every checkpoint stores."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ccsd_core.model.config import ModelConfig


class DistillationConfig(BaseModel):
    """The two self-distillations.

    Args:
        hmsd: Hierarchical modality self-distillation (K1 of the paper's Table 3).
        dmcd: Decremental modality combination distillation (K2).
        hmsd_weight: λ_H.
        dmcd_weight: λ_D.
        temperature: τ of the HMSD.
        ramp: Fraction of all steps over which both weights grow from 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    hmsd: bool = True
    dmcd: bool = True
    hmsd_weight: float = Field(default=0.5, ge=0)
    dmcd_weight: float = Field(default=0.1, ge=0)
    temperature: float = Field(default=4.0, gt=0)
    ramp: float = Field(default=0.15, ge=0, le=1)


class OptimConfig(BaseModel):
    """Optimiser and schedule: AdamW, linear warm-up, cosine annealing.

    Args:
        learning_rate: Peak.
        weight_decay: Decoupled.
        warmup: Fraction of all steps.
        clip_norm: Largest gradient norm.
        ema: Decay of the running average of the weights, which is what is evaluated and shipped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    learning_rate: float = Field(default=2e-3, gt=0)
    weight_decay: float = Field(default=1e-4, ge=0)
    warmup: float = Field(default=0.03, ge=0, le=1)
    clip_norm: float = Field(default=12.0, gt=0)
    ema: float = Field(default=0.998, ge=0, lt=1)


class DataConfig(BaseModel):
    """What the batches are made of.

    Args:
        patch: Voxels of a training patch on the network's grid.
        batch: Patches a step.
        foreground: Fraction of patches centred on tumour.
        augment: Random flips, rotations, scaling and intensities.
        hold_out: Case ids that must not be trained on.
        prefer: Case ids starting with this are drawn with probability `prefer_share`.
        prefer_share: See `prefer`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    patch: tuple[int, int, int] = (64, 80, 64)
    batch: int = Field(default=1, ge=1)
    foreground: float = Field(default=0.7, ge=0, le=1)
    augment: bool = True
    hold_out: tuple[str, ...] = ()
    prefer: str = ""
    prefer_share: float = Field(default=0.5, ge=0, le=1)


class TrainingConfig(BaseModel):
    """A whole training run.

    Args:
        name: Name of the resulting model.
        steps: Optimiser steps.
        seed: Of everything random.
        precision: Arithmetic; `auto` is bf16 where the device is fast at it.
        auxiliaries: ShaSpec's alignment and domain classification.
        checkpoint_every: Steps between checkpoints.
        keep: Checkpoints kept.
        log_every: Steps between lines of metrics.csv.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "ccsd-light"
    steps: int = Field(default=1000, ge=1)
    seed: int = 0
    precision: Literal["auto", "32-true", "bf16-mixed"] = "auto"
    auxiliaries: bool = True
    checkpoint_every: int = Field(default=200, ge=1)
    keep: int = Field(default=2, ge=1)
    log_every: int = Field(default=10, ge=1)
    model: ModelConfig = ModelConfig()
    distillation: DistillationConfig = DistillationConfig()
    optim: OptimConfig = OptimConfig()
    data: DataConfig = DataConfig()

    @model_validator(mode="after")
    def _patch_fits_the_network(self) -> "TrainingConfig":
        divisor = self.model.divisor
        if any(side < divisor or side % divisor for side in self.data.patch):
            raise ValueError(
                f"data.patch {self.data.patch}: every side must be a multiple of {divisor}"
            )
        return self
