"""The complete configuration of a training run, as one frozen value that every checkpoint stores.

TrainingConfig
├── model          ModelConfig       the network
├── distillation   HMSD, DMCD and the switches of the paper's ablations (Tables 3 to 6)
├── losses         segmentation on subsets, ShaSpec's auxiliaries
├── optim          AdamW, schedule, running average
├── data           cases, patches and batches
├── validation     when the model is scored on cases not used for training
└── engine         how it is computed; does not change the method, nor the result beyond rounding
"""

import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ccsd_core.data.choices import Augment
from ccsd_core.domain.region import LabelScheme
from ccsd_core.errors import LabelSchemeError
from ccsd_core.losses.choices import CrossEntropy, Pairs, Smoothed
from ccsd_core.model.config import ModelConfig
from ccsd_core.storage.label_maps.scheme_file import scheme_from
from ccsd_core.training.choices import CriticalityScore, PathOrder, Supervise
from ccsd_core.training.schedule import Schedule

Precision = Literal["auto", "32-true", "bf16-mixed", "16-mixed"]
FROZEN = ConfigDict(frozen=True, extra="forbid")


class DistillationConfig(BaseModel):
    """The two self-distillations.

    Args:
        hmsd: Hierarchical modality self-distillation (K1 of the paper's Table 3).
        dmcd: Decremental modality combination distillation (K2).
        hmsd_weight: Weight λ_H of the HMSD.
        dmcd_weight: Weight λ_D of the DMCD.
        temperature: Temperature τ of the HMSD.
        ramp: Fraction of all steps over which both weights grow from 0.
        features: Kind of features that the distilled decodes use (Table 4).
        path: The sequence that DMCD removes first: highest criticality (the paper), lowest, or
            random (Table 5).
        criticality: The score that orders the path (Table 6).
        rescore: Whether to compute scores again after each removal, with ties broken by the full
            set's scores. Otherwise they are computed once.
    """

    model_config = FROZEN

    hmsd: bool = True
    dmcd: bool = True
    hmsd_weight: float = Field(default=0.5, ge=0)
    dmcd_weight: float = Field(default=0.1, ge=0)
    temperature: float = Field(default=4.0, gt=0)
    ramp: float = Field(default=0.15, ge=0, le=1)
    features: Literal["fused", "shared", "specific"] = "fused"
    path: PathOrder = "max"
    criticality: CriticalityScore = "cosine"
    rescore: bool = False

    @model_validator(mode="after")
    def _only_similarities_are_scored_again(self) -> "DistillationConfig":
        if self.rescore and self.criticality != "cosine":
            raise ValueError(
                f"rescore needs criticality = 'cosine', not {self.criticality!r}: leave it out"
            )
        return self


class LossConfig(BaseModel):
    """The losses other than the distillations.

    Args:
        subsets_weight: Weight of the segmentation loss of the sampled level's subsets; the full set
            has weight 1.
        auxiliaries: ShaSpec's alignment of shared and classification of specific features.
        alignment_weight, domain_weight: Weights of these two losses.
        alignment_pairs: Aligned pairs of sequences: the mean over `all` pairs of present ones, or
            the sum over the four `cyclic` pairs, as in the code of ShaSpec.
        zeroed: Whether missing sequences take part in the auxiliaries as zeroed channels, as in
            the code of ShaSpec.
        supervise: Subsets that are decoded and compared with the labels in a step: the full set and
            all subsets of a `level`, only the `full` set, or only one `random` subset.
        cross_entropy: `mean` over the regions, or `sum` (ShaSpec).
        smoothed: Where Dice has its smoothing term: `both`, or the `denominator` (ShaSpec).
        ranking_weight: Weight of the ranking loss, which penalises a subset if its loss exceeds
            that of a smaller subset of it. It is ours, not the paper's, and costs one additional
            decode in two of three steps.
        empty_voxels: Number of false-positive voxels at which the Dice loss of an absent region is
            one half; 1 is usual, a larger number gives weight to cases without tumour.
    """

    model_config = FROZEN

    subsets_weight: float = Field(default=1.0, ge=0)
    auxiliaries: bool = True
    alignment_weight: float = Field(default=0.1, ge=0)
    domain_weight: float = Field(default=0.02, ge=0)
    alignment_pairs: Pairs = "all"
    zeroed: bool = False
    ranking_weight: float = Field(default=0.0, ge=0)
    supervise: Supervise = "level"
    cross_entropy: CrossEntropy = "mean"
    smoothed: Smoothed = "both"
    empty_voxels: float = Field(default=1.0, ge=1)


class OptimConfig(BaseModel):
    """Optimiser and schedule: AdamW, linear warm-up, cosine annealing unless stated otherwise.

    Args:
        optimiser: `adamw`, `adam`, or `sgd` with Nesterov's momentum.
        learning_rate: Peak learning rate.
        weight_decay: Decoupled for `adamw`, otherwise part of the gradient.
        momentum: Momentum of `sgd`.
        schedule: How the learning rate falls to 0: `cosine`, or `polynomial` of power 0.9.
        steps_before: Steps of an earlier run that the schedule counts as done.
        warmup: Fraction of all steps over which the learning rate rises; 0 for none.
        clip_norm: Largest gradient norm; 0 for no clipping.
        ema: Decay of the running average of the weights, which is evaluated and saved as the model;
            0 for the weights themselves.
    """

    model_config = FROZEN

    optimiser: Literal["adamw", "adam", "sgd"] = "adamw"
    learning_rate: float = Field(default=2e-3, gt=0)
    weight_decay: float = Field(default=1e-4, ge=0)
    momentum: float = Field(default=0.99, ge=0, lt=1)
    schedule: Schedule = "cosine"
    steps_before: int = Field(default=0, ge=0)
    warmup: float = Field(default=0.03, ge=0, le=1)
    clip_norm: float = Field(default=12.0, ge=0)
    ema: float = Field(default=0.998, ge=0, lt=1)


class DataConfig(BaseModel):
    """The data of the batches.

    Args:
        split: A published split (`brats2018-3`): its parts are used for training and validation,
            its test part is not used. Or sites to leave out (`sites:18`, `sites:5,6`): training
            uses the others. Cases may have the names of any year.
        patch: Voxels of a training patch on the network's grid.
        batch: Patches of one optimiser step, over all devices and micro-batches.
        foreground: Fraction of patches centred on tumour.
        augment: Augmentation of patches: `none`; `flips_rotations` (what the paper states); `full`
            (flips, rotations, scaling and intensities).
        hold_out: Ids of cases to exclude from training, with all cases of their patients, under the
            names of any year.
        prefer: Case ids starting with this are drawn with probability `prefer_share`.
        prefer_share: Probability of drawing one of the cases that `prefer` names.
        labels: Folder of the expert labels, named by case, if they are not with the images.
        scheme: Label scheme if the layout does not determine it: `brats2021`, `brats2023`,
            `brats2024` or `msd`; "" for that of the layout, otherwise brats2021.
    """

    model_config = FROZEN

    split: str = ""
    patch: tuple[int, int, int] = (64, 80, 64)
    batch: int = Field(default=1, ge=1)
    foreground: float = Field(default=0.7, ge=0, le=1)
    augment: Augment = "full"
    hold_out: tuple[str, ...] = ()
    prefer: str = ""
    prefer_share: float = Field(default=0.5, ge=0, le=1)
    labels: str = ""
    scheme: str = ""

    @field_validator("scheme")
    @classmethod
    def _known_scheme(cls, given: str) -> str:
        if given:
            try:
                scheme_from(given)
            except LabelSchemeError as error:
                raise ValueError(str(error)) from None
        return given

    @property
    def label_folder(self) -> Path | None:
        """The folder of the expert labels, if they are not with the images."""
        return Path(self.labels) if self.labels else None

    @property
    def label_scheme(self) -> LabelScheme | None:
        """The label scheme, if one is stated."""
        return scheme_from(self.scheme) if self.scheme else None

    @field_validator("augment", mode="before")
    @classmethod
    def _augment_of_before(cls, given: object) -> object:
        """Convert true and false of older configurations."""
        return {True: "full", False: "none"}[given] if isinstance(given, bool) else given


class ValidationConfig(BaseModel):
    """When and on what the averaged weights are scored, over all 15 subsets.

    The weights with the best mean Dice over cases, subsets and regions become the run's model.
    Validation cases are not used for training.

    Args:
        every: Steps between validations; 0 for none, so that the run's model is the last one.
        cases: Ids of validation cases, in addition to those of the split.
        fraction: Fraction of the remaining cases, chosen by the seed. A split with its own
            validation part turns this off unless both are set together (`config.layers`).
        limit: Largest number of cases, chosen by the seed; 0 or None for all.
    """

    model_config = FROZEN

    every: int = Field(default=0, ge=0)
    cases: tuple[str, ...] = ()
    fraction: float = Field(default=0, ge=0, lt=1)
    limit: int | None = Field(default=None, ge=1)

    @field_validator("limit", mode="before")
    @classmethod
    def _zero_is_no_limit(cls, given: object) -> object:
        """Accept 0 for None, because TOML has no null."""
        return None if given == 0 and not isinstance(given, bool) else given


class EngineConfig(BaseModel):
    """How the run is computed. A run may be resumed with other settings of the engine.

    Args:
        precision: Precision; `auto` is bf16 if the device is fast at it.
        micro_batch: Number of patches in a device's memory at a time; the rest of the batch is
            accumulated. None for the device's whole share.
        activation_checkpointing: Whether to recompute encoder and decoder in the backward pass, to
            keep fewer activations.
        compile: Compile encoders and decoder (torch.compile); worthwhile on CUDA and for long runs.
        workers: Processes that read and prepare patches; 0 for the main process. `auto`: for a GPU
            the number of cores minus one, up to 8; for a CPU 0, because its cores are busy with
            training.
        cache: Storage of prepared cases: in memory, or as files.
        cache_dir: Folder of those files, which several runs may share; empty for the run's folder.
        cache_limit_gb: Size of that folder, in 10⁹ bytes, above which cases that this run does not
            need are removed.
        checkpoint_every: Steps between checkpoints.
        keep: Number of newest checkpoints that are kept.
        log_every: Steps between lines of metrics.csv.
        tensorboard: Write a TensorBoard log.
    """

    model_config = FROZEN

    precision: Precision = "auto"
    micro_batch: int | None = Field(default=None, ge=1)
    activation_checkpointing: bool = False
    compile: bool = False
    workers: Annotated[int, Field(ge=0)] | Literal["auto"] = "auto"
    cache: Literal["memory", "disk"] = "memory"
    cache_dir: str = ""
    cache_limit_gb: float = Field(default=500.0, gt=0)
    checkpoint_every: int = Field(default=200, ge=1)
    keep: int = Field(default=2, ge=1)
    log_every: int = Field(default=10, ge=1)
    tensorboard: bool = True


class InitialModel(BaseModel):
    """The model that a run's initial weights come from: a record, not a setting.

    Args:
        name: Name of the model.
        sha256: SHA-256 of its weights file, hexadecimal.
    """

    model_config = FROZEN

    name: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name} (sha256 {self.sha256})"


class TrainingConfig(BaseModel):
    """A whole training run.

    Args:
        name: Name of the resulting model.
        steps: Optimiser steps; computed if `epochs` is given.
        epochs: Number of epochs, each with as many patches as training cases; `steps` is then
            epochs times cases, divided by the batch.
        seed: Seed of all random numbers.
        begun_from: Model of the initial weights (`--init`); None for random weights.
    """

    model_config = FROZEN

    name: str = "ccsd"
    steps: int = Field(default=1000, ge=1)
    epochs: int | None = Field(default=None, ge=1)
    seed: int = Field(default=0, ge=0)
    model: ModelConfig = ModelConfig()
    distillation: DistillationConfig = DistillationConfig()
    losses: LossConfig = LossConfig()
    optim: OptimConfig = OptimConfig()
    data: DataConfig = DataConfig()
    validation: ValidationConfig = ValidationConfig()
    engine: EngineConfig = EngineConfig()
    begun_from: InitialModel | None = None

    @model_validator(mode="after")
    def _patch_fits_the_network(self) -> "TrainingConfig":
        divisors = self.model.divisors
        if any(n < d or n % d for n, d in zip(self.data.patch, divisors, strict=True)):
            needed = " × ".join(map(str, divisors))
            raise ValueError(
                f"data.patch {self.data.patch}: its sides must be multiples of {needed} for "
                f"the {self.model.backbone} backbone"
            )
        return self

    @model_validator(mode="after")
    def _one_decode_is_not_distilled(self) -> "TrainingConfig":
        d = self.distillation
        if self.losses.supervise != "level" and (d.hmsd or d.dmcd):
            raise ValueError(
                f"losses.supervise = {self.losses.supervise!r} decodes one subset a step, and "
                "nothing can be distilled: set distillation.hmsd and distillation.dmcd to false"
            )
        return self

    @model_validator(mode="after")
    def _validation_has_cases(self) -> "TrainingConfig":
        v = self.validation
        if (v.cases or v.fraction) and "every" not in v.model_fields_set:
            raise ValueError(
                "validation.cases or validation.fraction without validation.every: set it to the "
                "steps between validations, or to 0 for none"
            )
        if v.every and not (v.cases or v.fraction or self.data.split):
            raise ValueError(
                f"validation.every = {v.every} without cases: set validation.cases or "
                "validation.fraction, name a data.split, or set it to 0"
            )
        return self

    def with_steps_for(self, cases: int) -> "TrainingConfig":
        """With `steps` computed from `epochs` and the number of cases; unchanged without epochs."""
        if self.epochs is None:
            return self
        steps = math.ceil(self.epochs * cases / self.data.batch)
        return self.model_copy(update={"steps": max(1, steps)})

    def differences(self, other: "TrainingConfig") -> dict[str, tuple[object, object]]:
        """The settings that differ between two runs, each with the value here and in the other.

        Settings that do not change a result are left out, and so are the initial weights.
        """
        ours, theirs = (_flat(c.model_copy(update={"begun_from": None})) for c in (self, other))
        free = {f"engine.{name}" for name in EngineConfig.model_fields} - {"engine.precision"}
        names = sorted(k for k in ours | theirs if ours.get(k) != theirs.get(k) and k not in free)
        return {name: (ours.get(name), theirs.get(name)) for name in names}

    @classmethod
    def resumable_changes(cls) -> frozenset[str]:
        """Settings that may change when a run is resumed, so that a diverged run can continue."""
        return frozenset(
            ("engine.precision", "optim.learning_rate", "optim.warmup", "optim.clip_norm")
        )


def _flat(config: BaseModel) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in config:
        if isinstance(value, BaseModel):
            flat |= {f"{name}.{key}": inner for key, inner in _flat(value).items()}
        else:
            flat[name] = value
    return flat
