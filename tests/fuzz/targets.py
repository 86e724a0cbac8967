"""Everything that is fuzzed."""

from tests.fuzz import (
    dicom_targets,
    document_targets,
    folder_targets,
    image_targets,
    session_targets,
    weight_targets,
)
from tests.fuzz.target import Target

TARGETS: tuple[Target, ...] = (
    *image_targets.TARGETS,
    *folder_targets.TARGETS,
    *document_targets.TARGETS,
    *session_targets.TARGETS,
    *weight_targets.TARGETS,
    *dicom_targets.TARGETS,
)
