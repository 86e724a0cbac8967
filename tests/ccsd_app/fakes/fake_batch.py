"""A process that pretends to segment a folder of cases; a case's name chooses how it goes wrong."""

import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

from ccsd_app.worker import batch_protocol as protocol
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
RESULT = protocol.CaseResult(
    input="input: FLAIR, T1, T1c, T2",
    subset=FULL,
    available=FULL,
    volumes_ml=dict.fromkeys(Region, 1.0),
    intervals_ml={},
    level=0.0,
    dice=None,
    agreement=None,
    seen_in_training=False,
    notes=(),
    outputs=(Path("/out/p.nii.gz"),),
)


def serve(connection: Connection) -> None:
    request = connection.recv()
    if request.model == "dies":
        os._exit(3)
    connection.send(protocol.BatchModel("fake", "0" * 64))
    for case in request.cases:
        connection.send(protocol.CaseStarted(case.path))
        if "dies" in case.name:
            os._exit(9)
        while "deaf" in case.name:
            time.sleep(0.1)
        while "slow" in case.name:
            if isinstance(connection.recv(), protocol.StopBatch):
                connection.send(protocol.BatchEnded(stopped=True))
            return
        connection.send(protocol.CaseDone(case.path, RESULT))
    connection.send(protocol.BatchEnded(stopped=False))
