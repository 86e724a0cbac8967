"""The bundled configurations: each row of the paper's tables, buildable and trainable."""

import csv
import math
from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric

from ccsd_core.data.loading import StepBatch
from ccsd_core.data.patches import Batch
from ccsd_core.model.build import build_network, shaspec_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.storage.resources import resource
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.config.config_file import about, config_names, read_config
from ccsd_core.training.state import fresh_state
from ccsd_core.training.step import optimiser_step

TABLES = [name for name in config_names() if name.startswith("table")]
TWINS = [name for name in config_names() if name.startswith("unet-table")]
LETTER = read_config(Path("paper-brats2018"))
RECOMMENDED = read_config(Path("brats2018"))


def narrow_shaspec(config: ModelConfig, *, activation_checkpointing: bool) -> CcsdNetwork:
    return shaspec_network(
        width=4,
        blocks=(1, 1, 1, 1),
        composition=config.composition,
        fill=config.missing_fill,
        head=config.head,
        checkpointing=activation_checkpointing,
    )


def test_every_configuration_builds_its_network():
    for name in config_names():
        config = read_config(Path(name)).model

        with torch.device("meta"):  # shapes without memory: one of them has 188 million parameters
            network = build_network(config)

        assert sum(p.numel() for p in network.parameters()) > 1e6, name
        assert len(about(name)) > 20, name


def small_step(name: str) -> TrainingConfig:
    """A configuration's method on small patches by narrow networks: the computation is the same."""
    values = read_config(Path(name)).model_dump()
    values["engine"] |= {"precision": "32-true", "micro_batch": None, "cache": "memory"}
    values["distillation"]["ramp"] = 0
    values["data"] |= {"patch": (32, 32, 16), "batch": 1}
    if values["model"]["backbone"] != "shaspec":
        values["model"] |= {"base_channels": 2, "levels": 3}
    return TrainingConfig.model_validate(values)


def different_steps() -> list[str]:
    """One configuration of each kind of step: many differ in their data and length alone."""
    kinds: dict[str, str] = {}
    for name in (n for n in config_names() if n not in TWINS):
        of = small_step(name)
        step = (of.model, of.distillation, of.losses, of.optim)
        kinds.setdefault(" ".join(part.model_dump_json() for part in step), name)
    return list(kinds.values())


@pytest.mark.parametrize("name", different_steps())
def test_every_configuration_takes_a_step(name, monkeypatch):
    config = small_step(name)
    if config.model.backbone == "shaspec":
        monkeypatch.setattr("ccsd_core.training.state.build_network", narrow_shaspec)
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    state = fresh_state(config, fabric, [], None)
    regions = torch.rand(1, 3, 32, 32, 16) > 0.5
    present = torch.ones(1, 4, dtype=torch.bool)
    part = Batch(torch.randn(1, 4, 32, 32, 16), present, regions, ("noise",))

    report = optimiser_step(config, state, fabric, StepBatch((part,), present), step=1)

    assert (report.parts["hmsd"] > 0) == config.distillation.hmsd
    assert (report.parts["dmcd"] > 0) == config.distillation.dmcd
    assert len(report.path) == (4 if config.distillation.dmcd else 0)


@pytest.mark.parametrize("name", TABLES + TWINS)
def test_a_table_row_differs_from_the_full_method_in_what_its_name_says(name):
    table, *words = name.removeprefix("unet-").split("-")
    config = read_config(Path(name))
    full = RECOMMENDED if name in TWINS else LETTER
    changed = {key.removeprefix("distillation.") for key in full.differences(config)} - {"name"}
    d = config.distillation

    if table == "table3":
        assert (d.hmsd, d.dmcd) == (words[0] in ("hmsd", "both"), words[0] in ("dmcd", "both"))
        assert changed <= {"hmsd", "dmcd"}
    elif table == "table4":
        assert d.features == words[0]
        assert (d.hmsd, d.dmcd) == (words[1] in ("hmsd", "both"), words[1] in ("dmcd", "both"))
        assert changed <= {"features", "hmsd", "dmcd"}
    else:
        field = {"table5": "path", "table6": "criticality"}[table]
        assert getattr(d, field) == words[0]
        assert changed <= {field}


def test_every_row_of_the_papers_ablations_has_a_configuration():
    yes = {"yes": True, "no": False}
    rows = set()
    for table in ("table3", "table4", "table6"):
        with resource("reference", f"{table}.csv").open() as file:
            for row in csv.DictReader(file):
                known = {
                    k: yes.get(v, v) for k, v in row.items() if k not in ("WT", "TC", "ET", "mean")
                }
                rows.add((table, *sorted(known.items())))
    with resource("reference", "table5.csv").open() as file:
        columns = csv.DictReader(file).fieldnames[2:]
        rows |= {("table5", ("path", column)) for column in columns}

    def row(name: str):
        table, d = name.partition("-")[0], read_config(Path(name)).distillation
        fields = {
            "table3": ("dmcd", "hmsd"),
            "table4": ("dmcd", "features", "hmsd"),
            "table5": ("path",),
            "table6": ("criticality",),
        }[table]
        return (table, *((field, getattr(d, field)) for field in fields))

    assert {row(name) for name in TABLES} == rows
    assert [f"unet-{name}" for name in TABLES] == TWINS


@pytest.mark.parametrize("name", [n for n in config_names() if n.startswith(("table", "paper-"))])
def test_what_is_called_the_papers_keeps_to_its_letter(name):
    """What the paper states (section 4.2): everything that it leaves open is in the file's head."""
    config = read_config(Path(name))
    m, o, d = config.model, config.optim, config.data

    assert (m.backbone, m.composition, m.missing_fill) == ("shaspec", "plain", "literal")
    assert (o.optimiser, o.schedule, o.warmup, o.ema, o.clip_norm) == ("adam", "cosine", 0, 0, 0)
    assert (config.epochs, d.batch, d.augment) == (100, 12, "flips_rotations")
    assert config.validation.limit is None
    assert config.model.postprocess == ()


@pytest.mark.parametrize("name", ["paper-brats2018", "shaspec-baseline"])
def test_a_fresh_network_of_full_depth_takes_a_first_step_with_a_sane_gradient(name, monkeypatch):
    """A volume of zeros meets some fifty norms, each of which could multiply its gradient."""

    def full_depth(config: ModelConfig, *, activation_checkpointing: bool) -> CcsdNetwork:
        del activation_checkpointing
        return shaspec_network(width=4, composition=config.composition, fill=config.missing_fill)

    values = read_config(Path(name)).model_dump()
    values["engine"] |= {"precision": "32-true", "micro_batch": None, "cache": "memory"}
    values["data"] |= {"patch": (64, 64, 32), "batch": 1}
    monkeypatch.setattr("ccsd_core.training.state.build_network", full_depth)
    config = TrainingConfig.model_validate(values)
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    state = fresh_state(config, fabric, [], None)
    regions = torch.rand(1, 3, 64, 64, 32) > 0.5
    part = Batch(torch.randn(1, 4, 64, 64, 32), torch.ones(1, 4, dtype=torch.bool), regions, ("",))

    report = optimiser_step(config, state, fabric, StepBatch((part,), part.present), step=0)

    assert report.gradient_norm < 1e4


def test_an_epoch_is_as_many_patches_as_there_are_cases():
    assert LETTER.with_steps_for(199).steps == math.ceil(100 * 199 / 12)
    assert RECOMMENDED.with_steps_for(199) == RECOMMENDED


@pytest.mark.parametrize("name", ["brats2018", "brats2020", "paper-brats2018", "paper-brats2020"])
def test_all_validation_cases_of_a_published_split_validate(name):
    config = read_config(Path(name))
    validation = config.validation

    assert config.data.split
    assert (validation.limit, validation.fraction, validation.cases) == (None, 0, ())
    assert validation.every > 0


def test_the_baseline_is_trained_as_shaspecs_scripts_do_it():
    """Facts of its released code: train_SS.py, run.sh, loss_Dual.py."""
    first, second = (read_config(Path(n)) for n in ("shaspec-first", "shaspec-baseline"))

    for config in (first, second):
        o, losses = config.optim, config.losses
        assert (o.optimiser, o.learning_rate, o.momentum, o.schedule) == (
            "sgd", 1e-2, 0.99, "polynomial",
        )  # fmt: skip
        assert (losses.alignment_weight, losses.domain_weight) == (0.1, 0.02)
        assert config.data.patch == (160, 160, 80)
        assert config.data.batch == 1
        assert config.model.missing_fill == "shaspec"
    assert (first.losses.supervise, first.steps) == ("full", 80_000)
    assert (second.losses.supervise, second.optim.steps_before + second.steps) == (
        "random", 180_000,
    )  # fmt: skip
    assert set(first.differences(second)) == {
        "name", "steps", "losses.supervise", "optim.steps_before",
    }  # fmt: skip
