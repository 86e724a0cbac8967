"""A series as a volume: dcm2niix converts copies of its files in a temporary folder.

files ──copied under neutral names──▶ temporary folder ──dcm2niix──▶ NIfTI ──▶ Volume + StoredGrid

Slice order, mosaics, gantry tilt, enhanced multi-frame files and vendors' quirks are handled by
dcm2niix. The patient's folder is only read.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.orientations import apply_orientation, inv_ornt_aff, io_orientation

from ccsd_core.dicom.converter_log import warnings_in
from ccsd_core.dicom.libraries import dcm2niix, pydicom
from ccsd_core.dicom.series import Series
from ccsd_core.dicom.study_files import copy_out
from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import DicomError, FailedError

TIMEOUT_S = 600
_OPTIONS = ("-b", "n", "-z", "n", "-x", "i", "-f", "volume", "-c", "", "-w", "2", "-g", "i")
"""No sidecar, no compression, slices neither cropped nor rotated, no comment, no settings file."""
_CORRECTED = ("_Tilt", "_Eq")
"""Endings of images in which dcm2niix corrected gantry tilt or uneven slice distances."""


@dataclass(frozen=True, slots=True, eq=False)
class ConvertedSeries:
    """A series as a volume.

    Args:
        volume: Float32, canonical (RAS+).
        stored: The grid as dcm2niix writes it: its voxels are the pixels of the files.
        warnings: Messages of dcm2niix for the user.
    """

    volume: Volume
    stored: StoredGrid
    warnings: tuple[str, ...] = ()


def convert(series: Series, *, program: Path | None = None) -> ConvertedSeries:
    """Convert a series to one volume.

    Args:
        series: The series.
        program: The dcm2niix to run; the installed one if not given.

    Raises:
        DicomError: If its files cannot be converted, or not to exactly one volume.
        FailedError: If dcm2niix cannot be run.
        MissingLibraryError: If dcm2niix is not installed.
    """
    program = program or dcm2niix()
    files = tuple(i.file for i in series.instances)
    copies = tuple(f"{index:06d}.dcm" for index in range(len(files)))
    with tempfile.TemporaryDirectory(prefix="ccsd-dicom-") as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        source.mkdir()
        target.mkdir()
        copy_out(files, copies, source)
        log = _run(program, source, target)
        shown = {c: i.shown_name for c, i in zip(copies, series.instances, strict=True)}
        warnings = warnings_in(log, shown, folder=folder)
        made = sorted(target.glob("*.nii"))
        if not made:
            raise DicomError(_why_nothing(series, warnings))
        return _read(_single(made, series), series, warnings)


def _run(program: Path, source: Path, target: Path) -> str:
    command = [str(program), *_OPTIONS, "-o", str(target), str(source)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise FailedError(f"dcm2niix did not finish within {TIMEOUT_S} s: try again") from error
    except OSError as error:
        raise FailedError(f"dcm2niix cannot be run ({error.strerror}): install it again") from error
    return f"{done.stdout}\n{done.stderr}"


def _single(made: list[Path], series: Series) -> Path:
    """The only image, or the corrected one.

    Raises:
        DicomError: If there are several.
    """
    corrected = [path for path in made if any(mark in path.stem for mark in _CORRECTED)]
    images = corrected or made
    if len(images) == 1:
        return images[0]
    raise DicomError(
        f"{series.name} has {len(images)} volumes, one is needed: export its parts as separate "
        "series, or choose another series"
    )


def _read(path: Path, series: Series, warnings: tuple[str, ...]) -> ConvertedSeries:
    image = nib.Nifti1Image.from_filename(path, mmap=False)
    array = np.asarray(image.dataobj)
    if array.ndim != 3:
        raise DicomError(
            f"{series.name} has shape {array.shape}, one volume is needed: choose another series"
        )
    affine = np.asarray(image.affine, np.float64)
    orientation = io_orientation(affine)
    canonical = np.array(apply_orientation(array, orientation), np.float32, order="C")
    volume = Volume(canonical, affine @ inv_ornt_aff(orientation, array.shape))
    x, y, z = array.shape
    return ConvertedSeries(volume, StoredGrid((x, y, z), affine), warnings)


def _why_nothing(series: Series, warnings: tuple[str, ...]) -> str:
    """Message about a series that dcm2niix could not convert."""
    syntax = series.first.transfer_syntax
    uid = pydicom().uid.UID(syntax) if syntax else None
    if uid is not None and not uid.is_private and uid.is_compressed:
        return (
            f"{series.name}: {series.first.shown_name} is compressed ({uid.name}), and dcm2niix "
            "cannot decode it: export it uncompressed, or decompress it with gdcmconv --raw"
        )
    warning = f" ({warnings[0]})" if warnings else ""
    return (
        f"{series.name}: {series.first.shown_name} cannot be converted by dcm2niix{warning}: "
        "export the series again"
    )
