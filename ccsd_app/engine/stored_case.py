"""Stored results of the open case: looked up when its images are known, written as they come.

images, model ──▶ key ──▶ results of an earlier time ──▶ State, and the inference process
a result ──▶ written under the key of its images and degradations
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from ccsd_app.engine.background_cache import BackgroundCache, StoredResults
from ccsd_app.engine.contents import Contents
from ccsd_app.engine.result_cache import ResultCache, degraded_key
from ccsd_app.engine.state_after import at_the_tumour, result_of
from ccsd_app.session.result import Results, SubsetResult
from ccsd_app.session.session import Session
from ccsd_app.session.state import Activity
from ccsd_app.worker.events import ResultReceived
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels


class ReportKnown(Protocol):
    """Tells the inference process which results need not be computed."""

    def __call__(
        self, done: frozenset[ModalitySubset], full: NestedLabels | None, *, prepared: bool
    ) -> None: ...


class StoredCase:
    """What is stored about the open case.

    Args:
        session: The state, which gets the results that are found.
        background: Looks up and writes; None stores nothing.
        report_known: Tells the inference process which results were found.
        recognised: Called with what is stored about the images as they were read.
    """

    def __init__(
        self,
        session: Session,
        background: BackgroundCache | None,
        *,
        report_known: ReportKnown,
        recognised: Callable[[StoredResults], None],
    ) -> None:
        self._session = session
        self._background = background
        self._report_known = report_known
        self._recognised = recognised
        self._stored: StoredResults | None = None
        self.contents: Contents = {}
        """Digests of the images on disk; empty while they are not known."""

    @property
    def enabled(self) -> bool:
        """Whether results are stored at all."""
        return self._background is not None

    @property
    def cache(self) -> ResultCache | None:
        """The results on disk; None if none are stored."""
        return None if self._background is None else self._background.cache

    def close(self) -> None:
        """Wait until everything is written."""
        if self._background is not None:
            self._background.close()

    def forget(self) -> None:
        """Other images or another model come: what is stored about those is not known yet."""
        self._stored = None

    def look_up(
        self, model: str | None, *, prepared: bool = False, as_scanned: bool = False
    ) -> None:
        """Look for results of the current images, and show them.

        Args:
            model: The model's name or path; None is the bundled default.
            prepared: Look for results of the prepared images.
            as_scanned: Whether the images are used as scanned, at the user's wish.
        """
        case = self._images(prepared=prepared)
        if self._background is None or case is None:
            return

        def found(stored: StoredResults) -> None:
            state = self._session.state
            if case is not self._images(prepared=prepared):
                return
            if not self._is_of_loaded_model(stored):
                stored = replace(stored, key="", results={})
            self._stored = stored
            if not prepared:
                self.contents = stored.contents
                self._recognised(stored)
            full = nested(stored.results.get(case.available))
            self._report_known(frozenset(stored.results), full, prepared=prepared)
            if not stored.results:
                return
            after = state
            if state.model is None:  # the process is still starting
                loading = Activity("loading the model", 0, 0)
                after = replace(state, model=stored.model, activity=loading)
            for result in stored.results.values():
                after = after.with_result(result)
            self._session.become(at_the_tumour(state, after))

        self._background.look_up(case, model, as_scanned=as_scanned, done=found)

    def look_up_degraded(self, asked: Degradations, *, then: Callable[[], None]) -> None:
        """Look for results of degraded images, and add them to the state.

        Args:
            asked: The degradations.
            then: Called afterwards; not if other degradations were asked for meanwhile.
        """
        stored, state = self._stored, self._session.state
        if not asked or self._background is None or stored is None or not stored.key:
            then()
            return
        original = state.original
        if state.case is None:
            return

        def found(results: Results) -> None:
            state = self._session.state
            if state.degradations != asked or state.original is not original:
                return
            self._session.become(state.with_stored(asked, results))
            then()

        self._background.look_up_key(self._key_of(stored, asked), state.case, done=found)

    def store(self, event: ResultReceived) -> None:
        """Write a result that was computed, unless it is stored already."""
        stored = self._stored
        if stored is None or not stored.key or not self._is_of_loaded_model(stored):
            return
        if self._background is not None:
            result, applied = result_of(event), self._session.state.applied
            if applied:
                self._background.store(self._key_of(stored, applied), result)
            elif result.subset not in stored.results:
                self._background.store(stored.key, result)

    def _images(self, *, prepared: bool) -> Case | None:
        """The open case, or its prepared images, whichever is shown."""
        state = self._session.state
        return state.preparation.case if prepared and state.preparation else state.case

    def _is_of_loaded_model(self, stored: StoredResults) -> bool:
        """Whether the model's files are still those that were loaded; a run replaces its model."""
        loaded = self._session.state.model
        return stored.model is None or loaded is None or stored.model.sha256 == loaded.sha256

    def _key_of(self, stored: StoredResults, degradations: Degradations) -> str:
        """The key of results of degraded images, whose random numbers depend on the case's id."""
        case = self._session.state.case
        return degraded_key(stored.key, degradations, case_id="" if case is None else case.id)


def nested(result: SubsetResult | None) -> NestedLabels | None:
    """The labels of a result, as the inference process takes them."""
    return None if result is None else NestedLabels(result.nested_labels, result.offset_voxel)
