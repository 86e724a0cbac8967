"""The training loop: a generator that yields progress and leaves a run folder behind.

    cases ──▶ state (fresh, from a model, or from a checkpoint)
      └──▶ step ─ log ─ validate ─ checkpoint ─┐
             ▲─────────────────────────────────┘  … until done, or somebody asks to stop

Every step depends only on (seed, step) and the weights, so a resumed run repeats the
uninterrupted one. Under torchrun every process runs this loop; the first one writes.
"""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from lightning_fabric import Fabric

from ccsd_core.data.dataset import CaseSet, open_cases
from ccsd_core.data.loading import step_batches
from ccsd_core.data.patches import PatchSampler
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.case_folder import find_cases
from ccsd_core.training.board import Board
from ccsd_core.training.config import TrainingConfig
from ccsd_core.training.diagnosis import memory_told
from ccsd_core.training.launch import any_rank, launch, leave, resolved_precision
from ccsd_core.training.metrics_log import METRICS, VALIDATION, GrowingTable, metrics_line
from ccsd_core.training.run_folder import (
    CACHE,
    LAST,
    MODEL,
    log,
    newest_snapshot,
    save_config,
    save_run_model,
)
from ccsd_core.training.sample_picture import sample_picture
from ccsd_core.training.selection import select
from ccsd_core.training.snapshot import load_snapshot, save_snapshot
from ccsd_core.training.state import RunState, fresh_state
from ccsd_core.training.step import optimiser_step
from ccsd_core.training.validation import Validation, validate


@dataclass(frozen=True, slots=True)
class Trained:
    """What became of a run.

    Args:
        model: Folder of the run's model.
        steps: Optimiser steps done.
        finished: Whether that is all of them; if not, the run can be resumed.
    """

    model: Path
    steps: int
    finished: bool


def train(
    config: TrainingConfig,
    *,
    data: Path,
    run: Path,
    resume: bool = False,
    init: Path | None = None,
    device: str = "auto",
    stop: Callable[[], bool] = lambda: False,
) -> Steps[Trained]:
    """Train a network.

    Args:
        config: The run.
        data: Folder with labelled cases.
        run: Folder to leave results in; must not hold a run unless `resume`.
        resume: Go on from the newest checkpoint of `run`.
        init: Model whose weights to begin with.
        device: `auto`, `cpu`, `cuda`, `cuda:N`.
        stop: Asked after every step; where it says so the run is saved and ends.

    Raises:
        BadInputError: If the run folder is taken, or the data or weights are unusable.
        TrainingError: If the loss is no longer a number.
        ResourceError: If memory or disk give out; the message names settings to lower.
    """
    found = newest_snapshot(run, resume=resume)
    config = resolved_precision(config, device)
    with memory_told(config):
        fabric = launch(config, device)
        fabric.barrier()  # nobody writes before everybody has looked
        chosen = select(config, find_cases(data))
        cases = yield from _open(config, fabric, chosen.training, run)
        unseen = None
        if chosen.validation:
            unseen = yield from _open(config, fabric, chosen.validation, run)
        state = fresh_state(config, fabric, cases.ids, init)
        done = 0
        if found is not None:
            done, scaler = load_snapshot(found, state, config)
            fabric.strategy.precision.load_state_dict(dict(scaler))
        this = _Run(config, run, fabric, state, cases, unseen)
        trained = yield from this.steps(done, stop)
        leave(fabric)
        return trained


def _open(
    config: TrainingConfig, fabric: Fabric, paths: tuple[Path, ...], run: Path
) -> Steps[CaseSet]:
    """Open cases; with a cache on disk the first process fills it and the others read it."""
    engine = config.engine
    if engine.cache == "disk" and not fabric.is_global_zero:
        fabric.barrier()
    opened = yield from open_cases(
        paths,
        spacing_mm=config.model.spacing_mm,
        lattice=config.model.lattice,
        cache=engine.cache,
        cache_dir=Path(engine.cache_dir) if engine.cache_dir else run / CACHE,
        workers=engine.workers,
    )
    if engine.cache == "disk" and fabric.is_global_zero:
        fabric.barrier()
    return opened


@dataclass(slots=True, eq=False)
class _Run:
    """One run under way: what every step needs."""

    config: TrainingConfig
    folder: Path
    fabric: Fabric
    state: RunState
    cases: CaseSet
    unseen: CaseSet | None

    def steps(self, done: int, stop: Callable[[], bool]) -> Steps[Trained]:
        """Every step from `done` on, then the end."""
        config, engine, first = self.config, self.config.engine, self.fabric.is_global_zero
        self._begin(done)
        with ExitStack() as open_now:
            batches = open_now.enter_context(closing(self._batches(done)))
            board = open_now.enter_context(
                Board(self.folder if first and engine.tensorboard else None, after_step=done)
            )
            tables = None
            if first:
                tables = {
                    columns: open_now.enter_context(
                        GrowingTable(self.folder / name, columns, after_step=done)
                    )
                    for name, columns in (("metrics.csv", METRICS), ("validation.csv", VALIDATION))
                }
            yield Progress(done, config.steps, "training")
            for step, batch in enumerate(batches, start=done):
                report = optimiser_step(config, self.state, self.fabric, batch, step=step)
                now, last = step + 1, step + 1 == config.steps
                if tables and (step % engine.log_every == 0 or last):
                    tables[METRICS].write(metrics_line(now, report))
                    board.step(now, report)
                if self.unseen is not None and (now % config.validation.every == 0 or last):
                    found = yield from self._validate(now)
                    if tables:
                        tables[VALIDATION].write({"step": now, **found.line()})
                        board.validation(now, found)
                stopping = any_rank(self.fabric, stop())
                if now % engine.checkpoint_every == 0 or last or stopping:
                    self._save(now)
                    if first and engine.tensorboard:
                        given, picture = self._picture()
                        board.picture(f"sample/{given}", picture, now)
                yield Progress(now, config.steps, f"loss {report.loss:.3f}")
                if stopping and not last:
                    self._log(f"stopped after step {now}")
                    return Trained(self.folder / MODEL, now, finished=False)
        self._log("finished")
        return Trained(self.folder / MODEL, config.steps, finished=True)

    def _begin(self, done: int) -> None:
        if self.fabric.is_global_zero:
            save_config(self.folder, self.config)
        count = f"{len(self.cases)} cases"
        if self.unseen is not None:
            count += f", {len(self.unseen)} to validate"
        where = f"{self.fabric.world_size} × {self.fabric.device.type}"
        how = "resumed after" if done else "begun at"
        precision = self.config.engine.precision
        self._log(f"{self.config.name}: {how} step {done}, {count}, {where}, {precision}")
        for name in (*self.cases.skipped, *(self.unseen.skipped if self.unseen else ())):
            self._log(f"skipped {name}: it has no expert labels")

    def _batches(self, done: int):
        c, d = self.config, self.config.data
        sampler = PatchSampler(
            cases=self.cases,
            patch=d.patch,
            batch=d.batch,
            foreground=d.foreground,
            augment=d.augment,
            seed=c.seed,
            prefer=d.prefer,
            prefer_share=d.prefer_share,
        )
        return step_batches(
            sampler,
            steps=range(done, c.steps),
            rank=self.fabric.global_rank,
            world=self.fabric.world_size,
            micro_batch=c.engine.micro_batch,
            workers=c.engine.workers,
        )

    def _validate(self, step: int) -> Steps[Validation]:
        """Score the averaged weights; the best ones so far become the run's model."""
        assert self.unseen is not None
        state, config = self.state, self.config
        found = yield from validate(
            state.average,
            self.unseen,
            self.fabric,
            window=config.model.window,
            step=step,
            steps=config.steps,
        )
        self._log(f"step {step}: validation mean Dice {100 * found.mean:.2f}")
        if state.best is None or found.mean > state.best[0]:
            state.best = (found.mean, step)
            if self.fabric.is_global_zero:
                save_run_model(self.folder / MODEL, config, state, step=step, validation=found)
        return found

    def _save(self, step: int) -> None:
        """Checkpoint and newest model, by the first process; the others wait."""
        if self.fabric.is_global_zero:
            scaler = self.fabric.strategy.precision.state_dict()
            save_snapshot(self.folder, self.state, self.config, step=step, scaler=scaler)
            newest = MODEL if self.unseen is None else LAST
            save_run_model(
                self.folder / newest, self.config, self.state, step=step, validation=None
            )
        self.fabric.barrier()

    def _picture(self):
        case = (self.unseen or self.cases)[0]
        window = self.config.model.window
        return sample_picture(self.state.average, case, self.fabric.device, window=window)

    def _log(self, text: str) -> None:
        if self.fabric.is_global_zero:
            log(self.folder, text)
