"""The training loop: a generator that yields progress and writes a run folder.

    cases ──▶ state (fresh, from a model, or from a checkpoint)
      └──▶ step ─ log ─ validate ─ checkpoint ─┐
             ▲─────────────────────────────────┘  … until done, or stopped

Every step depends only on (seed, step) and the weights, so a resumed run gives the same result as
an uninterrupted one. Under torchrun every process runs this loop; the first one writes.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lightning_fabric import Fabric

from ccsd_core.data.dataset import CaseSet, open_cases
from ccsd_core.data.loading import step_batches
from ccsd_core.data.patches import PatchSampler
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.progress import Progress, Steps, until
from ccsd_core.storage.cases.case_folder import find_cases
from ccsd_core.storage.names.origin import sources_of
from ccsd_core.storage.names.patients import seen_among
from ccsd_core.training.case_notes import grouped_notes
from ccsd_core.training.config.config import InitialModel, TrainingConfig
from ccsd_core.training.config.tile_note import tile_note
from ccsd_core.training.diagnosis import explain_out_of_memory
from ccsd_core.training.init import read_init
from ccsd_core.training.launch import (
    any_rank,
    close_process_group,
    launch,
    resolved_precision,
    workers,
)
from ccsd_core.training.logs.run_log import RunLog
from ccsd_core.training.logs.sample_picture import sample_picture
from ccsd_core.training.run.free_space import check_free_space
from ccsd_core.training.run.run_cases import RunCases, write_cases
from ccsd_core.training.run.run_folder import (
    CACHE,
    LAST,
    log,
    log_changes,
    newest_snapshot,
    remove_cache,
    remove_leftovers,
    save_config,
    save_run_model,
)
from ccsd_core.training.run.snapshot import MODEL, check_snapshot, load_snapshot, save_snapshot
from ccsd_core.training.selection import Selection
from ccsd_core.training.state import RunState, fresh_state
from ccsd_core.training.step import optimiser_step
from ccsd_core.training.usable import select_usable
from ccsd_core.training.validation import validate


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The result of a run.

    Args:
        model: Folder of the run's model.
        steps: Optimiser steps done.
        planned: Optimiser steps of the whole run.
        finished: Whether all steps are done; if not, the run can be resumed.
        notes: Notes for the user about the data, which the progress has already reported.
    """

    model: Path
    steps: int
    planned: int
    finished: bool
    notes: tuple[str, ...] = ()


def train(
    config: TrainingConfig,
    *,
    data: Path,
    run: Path,
    resume: bool = False,
    init: Path | None = None,
    device: str = "auto",
    stop: Callable[[], bool] = lambda: False,
) -> Steps[TrainingResult]:
    """Train a network.

    Args:
        config: Configuration of the run.
        data: Folder with labelled cases.
        run: Folder for the results; must not contain a run unless `resume` is set.
        resume: Whether to continue from the newest checkpoint of `run`, or from the first step if
            there is none.
        init: Model with the initial weights.
        device: `auto`, `cpu`, `cuda`, `cuda:N`.
        stop: Called after every step; when it returns true, the run is saved and ends.

    Raises:
        BadInputError: If the run folder is not empty, or the data or weights are unusable.
        TrainingError: If the loss is no longer finite.
        ResourceError: If memory or disk space runs out; the message names settings to lower.
    """
    found = newest_snapshot(run, resume=resume)
    restarted = resume and found is None
    config = resolved_precision(config, device)
    with explain_out_of_memory(config):
        fabric = launch(config, device)
        fabric.barrier()  # no process writes before all have checked
        chosen = select_usable(config, find_cases(data))
        config = config.with_steps_for(len(chosen.training))
        initial_weights = None if init is None else read_init(init, config.model)
        origin = None if initial_weights is None else initial_weights.origin
        before = config.begun_from
        if found is not None:
            origin = check_snapshot(found, config).begun_from
        config = config.model_copy(update={"begun_from": origin})
        state = fresh_state(config, fabric, [], initial_weights)
        parameters = sum(p.numel() for p in state.network.parameters())
        reading = len(chosen.training) + len(chosen.validation)
        check_free_space(config, cases=reading, parameters=parameters, run=run)
        # From here on images are needed; everything else has been checked.
        if fabric.is_global_zero:
            remove_leftovers(run)
        weights_note = None if initial_weights is None else initial_weights.note
        notes = (
            *chosen.notes,
            *(n for n in (weights_note, _different_origin(before, origin), tile_note(config)) if n),
            *([f"{run} has no checkpoint yet: begun at the first step"] if restarted else []),
        )
        yield Progress(0, reading, "opening the cases", notes)
        cases = yield from until(stop, _open(config, fabric, chosen, chosen.training, run))
        validation_cases = None
        if cases is not None and chosen.validation:
            opened = _open(config, fabric, chosen, chosen.validation, run)
            validation_cases = yield from until(stop, opened)
        if cases is None or (chosen.validation and validation_cases is None):
            return TrainingResult(run / MODEL, 0, config.steps, finished=False)
        sources = {source for path in chosen.training for source in sources_of(path)}
        state.set_cases(cases.ids, sources=sources)
        done = 0
        if found is not None:
            done, scaler = load_snapshot(found, state, config)
            if fabric.is_global_zero:
                log_changes(run, found, config)
            fabric.strategy.precision.load_state_dict(dict(scaler))
        this = _Run(config, run, fabric, state, cases, validation_cases, stop, notes, data)
        trained = yield from this.steps(done)
        close_process_group(fabric)
        return trained


def _different_origin(before: InitialModel | None, origin: InitialModel | None) -> str:
    """A note if a run's configuration is reused, but not its initial weights."""
    if before in (None, origin):
        return ""
    return (
        f"the run of this configuration began from {before}, this one from "
        f"{origin or 'random weights'}: --init chooses them"
    )


def _open(
    config: TrainingConfig, fabric: Fabric, chosen: Selection, paths: tuple[Path, ...], run: Path
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
        cache_limit=int(engine.cache_limit_gb * 1e9) if fabric.is_global_zero else None,
        workers=workers(engine, fabric.device),
        ids=chosen.ids,
        scheme=config.data.label_scheme,
        labels=config.data.label_folder,
    )
    if engine.cache == "disk" and fabric.is_global_zero:
        fabric.barrier()
    return opened


@dataclass(slots=True, eq=False)
class _Run:
    """A run in progress, with everything that a step needs."""

    config: TrainingConfig
    folder: Path
    fabric: Fabric
    state: RunState
    cases: CaseSet
    validation_cases: CaseSet | None
    stop: Callable[[], bool]
    notes: tuple[str, ...]
    """Notes on the choice of cases and on the initial weights, shown before cases are opened."""
    data: Path
    """Folder of the cases."""

    def steps(self, done: int) -> Steps[TrainingResult]:
        """All steps after `done`, then the end of the run."""
        config = self.config
        self._begin(done)
        written = self.folder if self.fabric.is_global_zero else None
        with (
            closing(self._batches(done)) as batches,
            RunLog(written, config.engine, after_step=done) as run_log,
        ):
            yield Progress(done, config.steps, "training", self._notes_on_cases())
            stopping = False
            if self._validation_is_due(done):  # the run was stopped before this validation
                stopping = not (yield from self._validate(done, run_log))
            for step, batch in enumerate(batches, start=done):
                if stopping:
                    self._log(f"stopped after step {step}")
                    return self._ended(step, finished=False)
                report = optimiser_step(config, self.state, self.fabric, batch, step=step)
                now = step + 1
                run_log.step(now, report, last=now == config.steps)
                stopping = self._stopping()
                if self._validation_is_due(now) and not stopping:
                    stopping = not (yield from self._validate(now, run_log))
                if now % config.engine.checkpoint_every == 0 or now == config.steps or stopping:
                    self._save(now)
                    if self.validation_cases is None:
                        run_log.picture(now, self._picture)
                yield Progress(now, config.steps, f"loss {report.loss:.3f}")
        if stopping and self._validation_is_due(config.steps):
            self._log("stopped before the last validation")
            return self._ended(config.steps, finished=False)
        self._log("finished")
        if self.fabric.is_global_zero:
            remove_cache(self.folder)
        return self._ended(config.steps, finished=True)

    def _ended(self, steps: int, *, finished: bool) -> TrainingResult:
        model, planned = self.folder / MODEL, self.config.steps
        return TrainingResult(model, steps, planned, finished=finished, notes=self._notes())

    def _stopping(self) -> bool:
        """Whether a stop was requested in any process; all processes get the same answer."""
        return any_rank(self.fabric, self.stop())

    def _validation_is_due(self, step: int) -> bool:
        every, state = self.config.validation.every, self.state
        if self.validation_cases is None or step == 0 or state.validated == step:
            return False
        return step % every == 0 or step == self.config.steps

    def _begin(self, done: int) -> None:
        if self.fabric.is_global_zero:
            save_config(self.folder, self.config)
            validation = () if self.validation_cases is None else self.validation_cases.ids
            write_cases(self.folder, RunCases(self.data.absolute(), self.cases.ids, validation))
        count = f"{len(self.cases)} cases"
        if self.validation_cases is not None:
            count += f", {len(self.validation_cases)} for validation"
        where = f"{self.fabric.world_size} × {self.fabric.device.type}"
        how = "resumed after" if done else "started at"
        precision = self.config.engine.precision
        self._log(f"{self.config.name}: {how} step {done}, {count}, {where}, {precision}")
        for note in self._notes():
            self._log(note)

    def _notes(self) -> tuple[str, ...]:
        """Notes for the user about the data."""
        return (*self.notes, *self._notes_on_cases())

    def _notes_on_cases(self) -> tuple[str, ...]:
        """Notes on the data that are known only after the cases are opened."""
        sets = (
            [self.cases] if self.validation_cases is None else [self.cases, self.validation_cases]
        )
        skipped = [f"skipped {name}: it has no expert labels" for s in sets for name in s.skipped]
        poor = sum(int((~s.present).any(dim=1).sum()) for s in sets)
        lacking = [f"{poor} of {sum(map(len, sets))} cases lack sequences"] if poor else []
        of_cases = grouped_notes(note for s in sets for note in s.notes)
        return (*skipped, *lacking, *of_cases, *self._seen_before())

    def _seen_before(self) -> list[str]:
        """Validation cases of patients that the initial weights were trained on."""
        ids = () if self.validation_cases is None else self.validation_cases.ids
        seen = seen_among(ids, self.state.trained)
        names = ", ".join(seen)
        return (
            [f"validation is optimistic: the initial weights were trained on {names}"]
            if seen
            else []
        )

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
            workers=workers(c.engine, self.fabric.device),
            pinned=self.fabric.device.type == "cuda",
        )

    def _validate(self, step: int, run_log: RunLog) -> Steps[bool]:
        """Score the averaged weights; the best weights so far become the run's model.

        False if a stop was requested in between.
        """
        assert self.validation_cases is not None
        state, config = self.state, self.config
        found = yield from validate(
            state.average,
            self.validation_cases,
            self.fabric,
            tile=config.model.tile,
            postprocess=Postprocess.of(config.model.postprocess),
            spacing_mm=config.model.spacing_mm,
            step=step,
            steps=config.steps,
            stop=self._stopping,
        )
        if found is None:
            return False
        state.validated = step
        run_log.validation(step, found)
        run_log.picture(step, self._picture)  # a fraction of what the validation took
        self._log(f"step {step}: validation mean Dice {100 * found.mean:.2f}")
        if state.best is None or found.mean > state.best[0]:
            state.best = (found.mean, step)
            if self.fabric.is_global_zero:
                save_run_model(self.folder / MODEL, config, state, step=step, validation=found)
        return True

    def _save(self, step: int) -> None:
        """Write a checkpoint and the newest model in the first process; the others wait."""
        if self.fabric.is_global_zero:
            scaler = self.fabric.strategy.precision.state_dict()
            save_snapshot(self.folder, self.state, self.config, step=step, scaler=scaler)
            newest = MODEL if self.validation_cases is None else LAST
            save_run_model(
                self.folder / newest, self.config, self.state, step=step, validation=None
            )
        self.fabric.barrier()

    def _picture(self):
        case = (self.validation_cases or self.cases)[0]
        tile = self.config.model.tile
        with (
            self.fabric.autocast()
        ):  # like validation, because in fp32 a whole volume may not fit into a GPU
            return sample_picture(self.state.average, case, self.fabric.device, tile=tile)

    def _log(self, text: str) -> None:
        if self.fabric.is_global_zero:
            log(self.folder, text)
