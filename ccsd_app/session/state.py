"""The state of the window: the user's choices and all results, as one frozen value.

    action ──▶ Session.become(next state) ──▶ changed(old, new) ──▶ view-models, resolve(), render

Methods return the next state. The file is long because it is one value: a third of it are the
fields and what each of them means, and a method that changes some of them has to know the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ccsd_app.session.bookmark import Bookmark
from ccsd_app.session.degraded_views import DegradedViewsKey
from ccsd_app.session.display import ColourScheme, Layer, MousePreset, OverlayStyle, View3dSettings
from ccsd_app.session.guess import Guess
from ccsd_app.session.measurement import Drawing, Measurement
from ccsd_app.session.on_demand import (
    DEGRADATION_CURVE,
    DEGRADED_VIEWS,
    OTHER_MODEL,
    PROBABILITIES,
    DegradationCurveKey,
    Key,
    Kind,
    OnDemand,
    OtherModelKey,
    ProbabilityMap,
    Value,
)
from ccsd_app.session.preparation import Preparation, Stage
from ccsd_app.session.removal import Removal
from ccsd_app.session.result import Results, SubsetResult
from ccsd_app.session.scan_minutes import DEFAULT_MINUTES, Minutes
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS, Postprocess
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

KEPT_DEGRADATIONS = 4
"""Number of other degradations whose results are kept in memory; more are on disk."""

KEPT_KINDS = (DEGRADATION_CURVE, DEGRADED_VIEWS)
"""On-demand results that say themselves which images they are of, and stay when these change."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The loaded model: what the window needs of it."""

    name: str
    sha256: str
    device: str
    training_cases: frozenset[str]
    reference_scores: ReferenceScores | None = None
    postprocess: Postprocess = DEFAULT_POSTPROCESS

    @property
    def label(self) -> str:
        """Its name and the start of its hash: models of one name differ in it."""
        return f"{self.name} {self.sha256[:8]}"

    def weak_from(self, subset: ModalitySubset) -> tuple[Region, ...] | None:
        """The regions that it segments poorly from these sequences; None without an evaluation."""
        return None if self.reference_scores is None else self.reference_scores.weak_regions(subset)


@dataclass(frozen=True, slots=True, eq=False)
class ModelResults:
    """Results of another model on the open case.

    Args:
        model: The model.
        results: Its results on the undegraded images; others are computed when they are shown.
        grid: The grid of these images.
        source: What `find_model` accepts; None is the bundled default.
    """

    model: ModelInfo
    results: Results
    grid: Volume
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """What is being computed, for the status bar.

    Args:
        what: Text, for example `encoding T1c`.
        done: Steps that are done.
        total: All steps; 0 if unknown.
        subset: The subset whose result is being computed; None for anything else.
    """

    what: str
    done: int
    total: int
    subset: ModalitySubset | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The window's whole state.

    Args:
        case: The open case, None before the first one is read.
        used: The subset the user asked for: the toggles.
        used_before: The subset asked for before that one; None at the start.
        results: Finished subsets.
        shown: The subset whose result is on screen; None before the first result.
        background: The sequence drawn under the overlay; independent of `used`.
        cursor_voxel: The linked crosshair, in the case's canonical voxels.
        visible: Regions that are drawn.
        overlay: How they are drawn.
        show_overlay: Whether anything is drawn over the slices.
        opacity: Overlay opacity, 0 to 1.
        show_reference: Whether the expert's outline is drawn.
        layer: The layer drawn over the slices.
        region: The region that layers about one region show.
        region_chosen: Whether the user chose it for this case.
        compared: The subset that the shown one is compared with; None is all sequences.
        against_reference: Compare with the expert labels instead.
        side_by_side: Whether the compared subset is drawn beside the shown one.
        other_models: Results of other models on the open case, the oldest first.
        compared_model: Hash of the model that the shown result is compared with, from the same
            sequences; "" compares with another subset of the loaded model.
        on_demand: On-demand results: probabilities, criticality, HD95.
        colours: The colours of regions and labels.
        show_crosshair: Whether the crosshair is drawn on slices.
        mouse: The program whose mouse buttons slice views follow.
        window_tool: Whether the left button changes the window instead of the crosshair.
        view3d: What the 3-D view shows in addition to the surfaces.
        radiological: Patient's right on the left of the screen.
        windows: Chosen (low, high) display window by sequence; absent = robust percentiles.
        removal: The order of the stepwise removal, and how it plays.
        bookmarks: Places of the open case that the user marked, in their order.
        measurements: What the user measured in the open case, in its order.
        drawing: The measurement that is being drawn; None while no tool is chosen.
        guess: Whether results stay hidden until the user has guessed; see `hidden`.
        model: The loaded model, None until the inference process is ready.
        model_problem: Why the model could not be loaded; empty otherwise.
        activity: What is being computed now; None when idle.
        stopped: Whether the user stopped computing the remaining subsets.
        problem: The latest message the user must see, empty when there is none.
        prepare: Whether raw cases are prepared when they are opened.
        scan_minutes: Minutes of scanner time of each sequence.
        stage: The stage of the preparation of the open case.
        preparation: How the open case was prepared; None if it was not.
        on_scanned: Whether results are shown on the images as scanned, not on the prepared ones.
        prepared_results: Results on the prepared images, while those on the original ones are
            shown.
        preparation_problem: Why it could not be prepared; "" otherwise.
        degradations: What the user asked to be done to sequences.
        applied: What was done to those of `case`: results are of these images.
        undegraded: The case with the images as they are, while others are shown; None otherwise.
        results_by_degradation: Results of other degradations of the open case, the oldest first.
        curve_wanted: The degradation curve that the user asked for; None for none.
        views_wanted: Degraded images and results that a film needs; None for none.
    """

    case: Case | None = None
    used: ModalitySubset = field(default_factory=ModalitySubset.full)
    used_before: ModalitySubset | None = None
    results: Mapping[ModalitySubset, SubsetResult] = field(
        default_factory=dict[ModalitySubset, SubsetResult]
    )
    shown: ModalitySubset | None = None
    background: Modality = Modality.FLAIR
    cursor_voxel: tuple[int, int, int] = (0, 0, 0)
    visible: frozenset[Region] = frozenset(Region)
    overlay: OverlayStyle = OverlayStyle.FILLED
    show_overlay: bool = True
    opacity: float = 0.5
    show_reference: bool = False
    layer: Layer = Layer.REGIONS
    region: Region = Region.WT
    region_chosen: bool = False
    compared: ModalitySubset | None = None
    against_reference: bool = False
    side_by_side: bool = False
    other_models: tuple[ModelResults, ...] = ()
    compared_model: str = ""
    on_demand: OnDemand = field(default_factory=OnDemand)
    colours: ColourScheme = ColourScheme.OKABE_ITO
    show_crosshair: bool = True
    mouse: MousePreset = MousePreset.ITK_SNAP
    window_tool: bool = False
    view3d: View3dSettings = field(default_factory=View3dSettings)
    radiological: bool = True
    windows: Mapping[Modality, tuple[float, float]] = field(
        default_factory=dict[Modality, tuple[float, float]]
    )
    removal: Removal = field(default_factory=Removal)
    bookmarks: tuple[Bookmark, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    drawing: Drawing | None = None
    guess: Guess = field(default_factory=Guess)
    model: ModelInfo | None = None
    model_problem: str = ""
    activity: Activity | None = None
    stopped: bool = False
    problem: str = ""
    prepare: bool = True
    scan_minutes: Minutes = field(default_factory=lambda: DEFAULT_MINUTES)
    stage: Stage = Stage.NONE
    preparation: Preparation | None = None
    preparation_problem: str = ""
    on_scanned: bool = False
    prepared_results: Mapping[ModalitySubset, SubsetResult] = field(
        default_factory=dict[ModalitySubset, SubsetResult]
    )
    degradations: Degradations = field(default_factory=Degradations)
    applied: Degradations = field(default_factory=Degradations)
    undegraded: Case | None = None
    results_by_degradation: Mapping[Degradations, Results] = field(
        default_factory=dict[Degradations, Results]
    )
    curve_wanted: DegradationCurveKey | None = None
    views_wanted: DegradedViewsKey | None = None

    @property
    def available(self) -> tuple[Modality, ...]:
        """The sequences of the open case."""
        return tuple(self.case.available) if self.case else ()

    @property
    def result(self) -> SubsetResult | None:
        """The result on screen; None before there is one."""
        return self.results.get(self.shown) if self.shown is not None else None

    @property
    def waiting(self) -> bool:
        """Whether the result of the user's choices is not on screen yet."""
        chosen = self.shown == self.used and self.degradations == self.applied
        return self.case is not None and not chosen

    @property
    def original(self) -> Case | None:
        """The open case with its images as they are, whatever is shown."""
        return self.case if self.undegraded is None else self.undegraded

    @property
    def images_of_results(self) -> Case | None:
        """The undegraded images that results are computed on: the prepared ones of a raw case."""
        return self.preparation.case if self.preparation and self.on_scanned else self.original

    @property
    def complete(self) -> bool:
        """Whether every subset of the case is computed."""
        return self.case is not None and all(
            subset in self.results for subset in self.case.available.subsets()
        )

    @property
    def comparable_models(self) -> tuple[ModelResults, ...]:
        """Other models whose results are on the images that are shown."""
        if self.case is None or self.applied or self.on_scanned:
            return ()
        return tuple(m for m in self.other_models if m.grid.same_grid(self.case.grid))

    @property
    def other_model(self) -> ModelResults | None:
        """The model that the shown result is compared with; None if another subset is."""
        chosen = (m for m in self.comparable_models if m.model.sha256 == self.compared_model)
        return next(chosen, None)

    @property
    def compared_subset(self) -> ModalitySubset:
        """The subset that the shown one is compared with: the chosen one, else all sequences.

        Another model is compared from the same sequences.
        """
        if self.other_model is not None:
            return self.used if self.shown is None else self.shown
        all_sequences = self.case.available if self.case else ModalitySubset.full()
        return all_sequences if self.compared is None else self.compared

    @property
    def compared_result(self) -> SubsetResult | None:
        """The result that the one on screen is compared with."""
        other = self.other_model
        results = self.results if other is None else other.results
        return results.get(self.compared_subset) if self.case else None

    @property
    def compared_name(self) -> str:
        """The name of what the shown result is compared with: another subset, or a model."""
        other = self.other_model
        return self.compared_subset.label if other is None else f"model {other.model.label}"

    @property
    def shown_map(self) -> ProbabilityMap | None:
        """The probabilities of what is on screen; None while they are not computed."""
        if self.shown is None or self.on_scanned:
            return None
        return self.on_demand.value(PROBABILITIES, self.shown)

    @property
    def focus(self) -> ModalitySubset:
        """The subset to compute first: the selected one, then the one that it is compared with."""
        missing = (s for s in (self.used, self.compared) if s is not None and s not in self.results)
        return next(missing, self.used)

    @property
    def full_result(self) -> SubsetResult | None:
        """The result of all sequences, undegraded, against which agreement is measured."""
        results = self.undegraded_results
        return results.get(self.case.available) if self.case else None

    @property
    def undegraded_results(self) -> Results:
        """The results of the images as they are."""
        if not self.applied:
            return self.results
        return self.results_by_degradation.get(Degradations(), {})

    @property
    def seen_in_training(self) -> bool:
        """Whether the loaded model was trained on the open case."""
        return bool(self.case and self.model and self.case.is_among(self.model.training_cases))

    def opened(self, case: Case) -> Self:
        """A new case: all its sequences used, nothing computed, crosshair in the middle.

        Of the error messages, only the one about the model stays, as it is true of this case, too.
        """
        x, y, z = case.grid.shape
        return replace(
            self,
            case=case,
            used=case.available,
            used_before=None,
            region_chosen=False,
            results={},
            on_demand=OnDemand(),
            shown=None,
            compared=None,
            layer=Layer.REGIONS if self.layer is Layer.DIFFERENCE else self.layer,
            against_reference=False,
            side_by_side=False,
            other_models=(),
            compared_model="",
            background=min(case.available),
            cursor_voxel=(x // 2, y // 2, z // 2),
            windows={},
            bookmarks=(),
            measurements=(),
            drawing=None,
            guess=self.guess.for_next_case(),
            activity=None,
            stopped=False,
            problem=self.model_problem,
            stage=Stage.NONE,
            preparation=None,
            preparation_problem="",
            on_scanned=False,
            prepared_results={},
            degradations=Degradations(),
            applied=Degradations(),
            undegraded=None,
            results_by_degradation={},
            curve_wanted=None,
            views_wanted=None,
        )

    def with_images(self, case: Case, *, moved: NDArray[np.float64] | None = None) -> Self:
        """The same patient with other images: the user's choices stay, nothing is computed.

        The crosshair stays where it is in the world, unless it was in the middle.

        Args:
            case: The other images.
            moved: Transform from world coordinates of the current images to those of the others.
        """
        if self.case is None:
            return self
        state = self.opened(case)
        if self.cursor_voxel != self.opened(self.case).cursor_voxel:
            world = self.case.grid.world_from(self.cursor_voxel)
            if moved is not None:
                a, b, c = (moved @ [*world, 1.0])[:3].tolist()
                world = a, b, c
            x, y, z = (round(v) for v in case.grid.voxel_from(world))
            state = state.with_cursor((x, y, z))
        return replace(
            state,
            used=ModalitySubset(self.used.bits & case.available.bits or case.available.bits),
            background=self.background if self.background in case.available else state.background,
            layer=self.layer,
            bookmarks=self.bookmarks,
            measurements=self.measurements,
            guess=self.guess,
            degradations=self.degradations,
            other_models=self.other_models,
            compared_model=self.compared_model,
        )

    def without_model(self, source: str | None = None) -> Self:
        """Before another model is loaded: results of the loaded one are kept for comparison.

        Args:
            source: The loaded model as `find_model` accepts it.
        """
        model = self.model
        images = self.images_of_results
        results = self.prepared_results if self.on_scanned else self.undegraded_results
        if model is None or images is None or not results:
            return replace(self, model=None, model_problem="")
        kept = ModelResults(model, results, images.grid, source)
        others = tuple(m for m in self.other_models if m.model.sha256 != model.sha256)
        return replace(
            self,
            model=None,
            model_problem="",
            other_models=(*others, kept),
            compared_model=model.sha256,
        )

    def with_model(self, model: ModelInfo) -> Self:
        """The model is loaded; results of it from before are not those of another model."""
        state = replace(self, model=model, model_problem="")
        return state.with_other_models(self.other_models, self.compared_model)

    def with_other_models(self, others: tuple[ModelResults, ...], compared: str) -> Self:
        """Other models to compare with; the loaded one is left out.

        Args:
            others: The models.
            compared: Hash of the one that is compared. If that is the loaded one, the other side
                of a comparison with it is.
        """
        loaded = "" if self.model is None else self.model.sha256
        kept = tuple(m for m in others if m.model.sha256 != loaded)
        if compared and compared == loaded:
            compared = kept[-1].model.sha256 if kept else ""
        return replace(self, other_models=kept, compared_model=compared)

    def comparing_with(self, model: ModelInfo, source: str | None) -> Self:
        """Compare side by side with another model; what it lacks is computed.

        Args:
            model: The model.
            source: What `find_model` accepts; None is the bundled default.
        """
        images = self.images_of_results
        if images is None:
            return self
        kept = self.other_models
        if not any(m.model.sha256 == model.sha256 for m in kept):
            kept = (*kept, ModelResults(model, {}, images.grid, source))
        state = self.with_other_models(kept, model.sha256)
        return replace(state.comparing_model(state.compared_model), side_by_side=True)

    def with_other_result(self, key: OtherModelKey, result: SubsetResult) -> Self:
        """A result of another model is computed."""
        return replace(
            self,
            other_models=tuple(
                replace(m, results={**m.results, key.subset: result})
                if m.model.sha256 == key.sha256
                else m
                for m in self.other_models
            ),
        )

    @property
    def missing_of_other_model(self) -> OtherModelKey | None:
        """What another model has to compute before the comparison can be shown; None if nothing."""
        other, subset = self.other_model, self.compared_subset
        if other is None or subset in other.results or self.shown is None:
            return None
        return OtherModelKey(other.source, other.model.sha256, other.model.label, subset)

    @property
    def other_model_failed(self) -> bool:
        """Whether the other model could not compute the subset that is compared."""
        return bool(self.on_demand.problem(OTHER_MODEL, self.missing_of_other_model))

    def comparing_model(self, sha256: str) -> Self:
        """Compare what is on screen with the result of another model from the same sequences."""
        on_demand = self.on_demand.retrying(OTHER_MODEL)
        return replace(self, compared_model=sha256, against_reference=False, on_demand=on_demand)

    def prepared(self, preparation: Preparation, case: Case) -> Self:
        """The prepared images take the place of the raw ones.

        What was measured on the raw ones stays on them.
        """
        measured = tuple(replace(one, on_scanned=True) for one in self.measurements)
        return replace(
            self.with_images(case),
            stage=Stage.DONE,
            preparation=preparation,
            measurements=measured,
        )

    def using(self, subset: ModalitySubset) -> Self:
        """Select `subset`; its result is shown at once if it is computed.

        Sequences that the case does not have are ignored; if none remains, nothing changes.
        """
        if self.case is None:
            return self
        bits = subset.bits & self.case.available.bits
        if not bits:
            return self
        used = ModalitySubset(bits)
        before = self.used_before if used == self.used else self.used
        shown = used if used in self.results else self.shown
        return replace(self, used=used, used_before=before, shown=shown)

    def toggled(self, modality: Modality) -> Self:
        """Select the subset with `modality` switched on or off.

        Nothing changes when it is the only one in use or the patient does not have it.
        """
        if modality not in self.available or self.used == ModalitySubset.of(modality):
            return self
        return self.using(self.used.toggled(modality))

    def reverted(self) -> Self:
        """The state after a cancel: the user's choices are those of the result on screen."""
        if self.shown is None:
            return self
        return replace(self, used=self.shown, degradations=self.applied)

    def degrading(self, degradations: Degradations) -> Self:
        """Ask for degradations; the images as they are, are shown at once.

        Degradations act on what the model sees, so results are shown on those images again.
        """
        if self.case is None or degradations == self.degradations:
            return self
        state = self.shown_on(scanned=False) if degradations else self
        state = replace(state, degradations=degradations)
        return state if degradations else state.degraded_to(degradations, {})

    def degraded_to(self, degradations: Degradations, volumes: Mapping[Modality, Volume]) -> Self:
        """The same case with degraded images, and what is computed of these.

        Results of subsets without a degraded sequence hold for all images.

        Args:
            degradations: What was done.
            volumes: The degraded sequences.
        """
        original = self.original
        if original is None or degradations == self.applied:
            return self
        kept = {k: v for k, v in self.results_by_degradation.items() if k != self.applied}
        kept[self.applied] = self.results
        as_is = {s: r for s, r in self.results.items() if not self.applied.touch(s)}
        as_is = {**as_is, **kept.get(Degradations(), {})}
        kept[Degradations()] = as_is
        valid = {s: r for s, r in as_is.items() if not degradations.touch(s)}
        results = {**valid, **kept.pop(degradations, {})}
        older = [d for d in kept if d][:-KEPT_DEGRADATIONS]
        curves = {k: v for k, v in self.on_demand.values.items() if k in KEPT_KINDS}
        return replace(
            self,
            case=_with_volumes(original, volumes, degradations.labels),
            undegraded=original if degradations else None,
            applied=degradations,
            results=results,
            results_by_degradation={d: r for d, r in kept.items() if d not in older},
            shown=self.used if self.used in results else None,
            on_demand=OnDemand(values=curves),
        )

    def known_of(self, degradations: Degradations) -> frozenset[ModalitySubset]:
        """The subsets whose results of images with these degradations are at hand."""
        if degradations == self.applied:
            return frozenset(self.results)
        as_is = (s for s in self.undegraded_results if not degradations.touch(s))
        mine = (s for s in self.results if not self.applied.touch(s) and not degradations.touch(s))
        return frozenset((*self.results_by_degradation.get(degradations, {}), *as_is, *mine))

    def with_stored(self, degradations: Degradations, results: Results) -> Self:
        """Results of degraded images from an earlier time; they are shown once these are."""
        kept = self.results_by_degradation
        return replace(
            self,
            results_by_degradation={
                **kept,
                degradations: {**results, **kept.get(degradations, {})},
            },
        )

    def shown_on(self, *, scanned: bool) -> Self:
        """Show the results on the original images, or on the prepared ones.

        Probability layers are replaced by regions: probabilities exist only on the prepared grid.
        """
        made = self.preparation
        if made is None or scanned == self.on_scanned or self.degradations:
            return self
        results = self.prepared_results
        case = made.case
        moved = np.asarray(np.linalg.inv(made.scanned_from_prepared), np.float64)
        if scanned:
            results = {s: made.on_scanned(result) for s, result in self.results.items()}
            case, moved = made.scanned, made.scanned_from_prepared
        state = self.with_images(case, moved=moved)
        hide_probabilities = scanned and self.layer.needs_probabilities
        return replace(
            state,
            stage=self.stage,
            preparation=made,
            on_scanned=scanned,
            results=results,
            prepared_results=self.results if scanned else {},
            shown=self.shown,
            used=self.used,
            compared=self.compared,
            against_reference=self.against_reference,
            side_by_side=self.side_by_side,
            layer=Layer.REGIONS if hide_probabilities else self.layer,
            on_demand=self.on_demand,
            windows=self.windows,
            stopped=self.stopped,
            activity=self.activity,
            problem=self.problem,
        )

    def with_result(self, result: SubsetResult) -> Self:
        """The state with one more result, which is shown if it is the selected one."""
        kept = self.prepared_results
        if self.on_scanned and self.preparation is not None:
            kept = {**kept, result.subset: result}
            result = self.preparation.on_scanned(result)
        results = {**self.results, result.subset: result}
        shown = result.subset if result.subset == self.used else self.shown
        return replace(self, results=results, shown=shown, prepared_results=kept)

    def asking(self, kind: Kind[Any]) -> Self:
        """A panel shows a kind of on-demand result; failed ones are tried again."""
        return replace(self, on_demand=self.on_demand.asking(kind))

    def with_answer(self, kind: Kind[Value], key: Key, value: Value) -> Self:
        """An on-demand result is computed."""
        if isinstance(key, OtherModelKey) and isinstance(value, SubsetResult):
            return self.with_other_result(key, value)
        return replace(self, on_demand=self.on_demand.with_value(kind, key, value))

    def with_failed_request(self, kind: Kind[Any], key: Key, message: str) -> Self:
        """An on-demand result could not be computed."""
        return replace(self, on_demand=self.on_demand.with_failure(kind, key, message))

    def with_layer(self, layer: Layer) -> Self:
        """Draw a layer, even if the overlay was hidden; failed requests are repeated."""
        on_demand = self.on_demand.retrying(PROBABILITIES)
        return replace(self, layer=layer, show_overlay=True, on_demand=on_demand)

    def comparing(self, subset: ModalitySubset) -> Self:
        """Compare what is on screen with another subset of the patient's sequences."""
        if self.case is None or not subset.issubset(self.case.available):
            return self
        return replace(self, compared=subset, compared_model="", against_reference=False)

    def showing(self, region: Region, *, visible: bool) -> Self:
        """Show or hide one region."""
        others = self.visible - {region}
        return replace(self, visible=others | {region} if visible else others)

    def with_opacity(self, opacity: float) -> Self:
        """Set the overlay opacity, limited to 0.1 to 1 (`show_overlay` hides the overlay)."""
        return replace(self, opacity=min(max(round(opacity, 2), 0.1), 1.0))

    def with_background(self, background: Modality) -> Self:
        """Show the sequence `background` in the slices, if the patient has it."""
        return replace(self, background=background) if background in self.available else self

    def with_problem(self, problem: str) -> Self:
        """Add an error message below those that the user has not dismissed."""
        if f"\n{problem}\n" in f"\n{self.problem}\n":
            return self
        return replace(self, problem=f"{self.problem}\n{problem}".lstrip("\n"))

    def bookmark(self, text: str) -> Bookmark:
        """A bookmark of what is shown, with a comment."""
        return Bookmark(
            text,
            self.used,
            self.layer,
            self.region,
            self.background,
            self.cursor_voxel,
            self.compared,
            self.against_reference,
            self.side_by_side,
            self.on_scanned,
            self.degradations,
        )

    def at_bookmark(self, mark: Bookmark) -> Self:
        """Show what was bookmarked; sequences that the case does not have are ignored."""
        if self.case is None:
            return self
        state = self.degrading(mark.degradations).shown_on(scanned=mark.on_scanned)
        state = (
            state.with_background(mark.background)
            .with_layer(mark.layer)
            .with_cursor(mark.cursor_voxel)
        )
        state = replace(
            state,
            region=mark.region,
            compared=mark.compared,
            against_reference=mark.against_reference,
            side_by_side=mark.side_by_side,
        )
        return state.using(mark.used)

    def at_tumour(self) -> Self:
        """Move the crosshair to the middle of the largest slice of the predicted tumour.

        Nothing changes if no tumour is predicted, or nothing is computed yet.
        """
        result = self.result or self.full_result
        point = None if result is None else result.middle_voxel
        return self if point is None else self.with_cursor(point)

    def with_cursor(self, point_voxel: tuple[int, int, int]) -> Self:
        """Move the crosshair to a voxel, clipped to the volume."""
        if self.case is None:
            return self
        x, y, z = (
            min(max(p, 0), n - 1) for p, n in zip(point_voxel, self.case.grid.shape, strict=True)
        )
        return replace(self, cursor_voxel=(x, y, z))


def _with_volumes(
    case: Case, volumes: Mapping[Modality, Volume], degraded: Mapping[Modality, str]
) -> Case:
    """The case with other images of some sequences; the very case where there are none."""
    if not volumes:
        return case
    return replace(case, volumes={**case.volumes, **volumes}, degraded=degraded)
