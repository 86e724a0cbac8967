"""What the engine needs of the client of the inference process."""

from pathlib import Path
from typing import Any, Protocol

from ccsd_app.session.on_demand import Key, Kind
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.storage.cases.overrides import Overrides


class Worker(Protocol):
    """The methods of `WorkerClient` that the engine uses."""

    def start(self, model: str | None, device: str) -> None: ...
    def open(
        self,
        path: Path,
        files: Overrides | None = None,
        prepare: Adjustments | None = None,
        *,
        wait_for_known: bool = False,
    ) -> None: ...
    def report_known(
        self,
        done: frozenset[ModalitySubset],
        full: NestedLabels | None,
        *,
        prepared: bool = False,
    ) -> None: ...
    def degrade(
        self,
        degradations: Degradations,
        *,
        wanted: ModalitySubset,
        done: frozenset[ModalitySubset],
        full: NestedLabels,
    ) -> None: ...
    def request_subset(self, subset: ModalitySubset) -> None: ...
    def request(self, kind: Kind[Any], key: Key) -> None: ...
    def cancel(self) -> None: ...
    def stop(self) -> None: ...
