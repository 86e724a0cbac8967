"""Looks up stored results when images are opened, and stores new ones, in a thread.

images ──▶ thread: contents_of, key ──▶ results of an earlier time ──▶ GUI thread
a result ──▶ thread: written under the key of its images
"""

import contextlib
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

from ccsd_app.engine.contents import Contents, contents_of
from ccsd_app.engine.result_cache import ResultCache, result_key
from ccsd_app.session.jobs import JobRunner, Listener, QueuedCall
from ccsd_app.session.result import Results, SubsetResult
from ccsd_app.session.state import ModelInfo
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import CcsdError
from ccsd_core.progress import Progress
from ccsd_core.storage.models.find import describe_model


@dataclass(frozen=True, slots=True)
class StoredResults:
    """What is stored about some images.

    Args:
        contents: Digests of the images.
        model: The model that computed the results; None if its files could not be read.
        key: The key of their results; "" if the model is not known.
        results: The results.
    """

    contents: Contents
    model: ModelInfo | None = None
    key: str = ""
    results: dict[ModalitySubset, SubsetResult] = field(
        default_factory=dict[ModalitySubset, SubsetResult]
    )


def model_info(model: str | None) -> ModelInfo:
    """A model as the window knows it before it is loaded.

    Raises:
        CheckpointError: If there is no such model, or its manifest cannot be read.
    """
    found = describe_model(model)
    manifest = found.manifest
    return ModelInfo(
        manifest.name,
        manifest.sha256,
        "",
        frozenset(manifest.training_cases),
        found.reference_scores,
        found.postprocess,
    )


class BackgroundCache:
    """Looks up and stores results, in a thread.

    Args:
        cache: Stores the results on disk.
        executor: Runs one piece of work after another.
        queued_call: Calls a function on the GUI thread.
        describe: Describes a model by its name or path.
    """

    def __init__(
        self,
        cache: ResultCache,
        executor: Executor,
        queued_call: QueuedCall,
        describe: Callable[[str | None], ModelInfo] = model_info,
    ) -> None:
        self.cache = cache
        self._executor = executor
        self._runner = JobRunner(executor, queued_call)
        self._describe = describe

    def look_up(
        self,
        case: Case,
        model: str | None,
        *,
        as_scanned: bool,
        done: Callable[[StoredResults], None],
    ) -> None:
        """Call `done` on the GUI thread with what is stored; an earlier look-up is cancelled."""

        def work() -> Generator[Progress, None, StoredResults]:
            yield Progress(0, 1, "looking for stored results")
            contents = contents_of(case)
            try:
                info = self._describe(model)
            except CcsdError:
                return StoredResults(contents)  # the inference process reports the problem
            key = result_key(
                contents,
                model_sha256=info.sha256,
                postprocess=str(info.postprocess),
                as_scanned=as_scanned,
            )
            results = self._load(key, case)
            self.cache.prune()
            return StoredResults(contents, info, key, results)

        self._runner.start(work(), Listener(done, lambda error: done(StoredResults({}))))

    def look_up_key(self, key: str, case: Case, *, done: Callable[[Results], None]) -> None:
        """Call `done` on the GUI thread with the results stored under a key; see `look_up`."""

        def work() -> Generator[Progress, None, Results]:
            yield Progress(0, 1, "looking for stored results")
            return self._load(key, case)

        self._runner.start(work(), Listener(done, lambda error: done({})))

    def _load(self, key: str, case: Case) -> dict[ModalitySubset, SubsetResult]:
        return {
            subset: result
            for subset, result in self.cache.load(key).items()
            if subset.issubset(case.available) and _fits(result, case)
        }

    def store(self, key: str, result: SubsetResult) -> None:
        """Store a result for the next time the case is opened."""
        with contextlib.suppress(RuntimeError):  # the window is being closed
            self._executor.submit(partial(self.cache.save, key, result))

    def close(self) -> None:
        """Wait until everything is written."""
        self._runner.cancel()
        self._executor.shutdown(wait=True)


def _fits(result: SubsetResult, case: Case) -> bool:
    """Whether the crop lies within the case."""
    return all(
        start + size <= length
        for start, size, length in zip(
            result.offset_voxel, result.nested_labels.shape, case.grid.shape, strict=True
        )
    )
