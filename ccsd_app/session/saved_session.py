"""A session as one JSON file: the case, what was shown and the user's choices, without results.

    state, opening ──▶ SavedSession ──▶ text ──▶ file
    file ──▶ text ──▶ SavedSession (checked) ──▶ what to open, and `arranged(state)`

Paths are relative to the file if it is to be moved to other places. The only patient data in it are
names of folders and files; images are identified by digests of their contents.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ccsd_app.session.bookmark import Bookmark
from ccsd_app.session.changes import ON_GRID, restored
from ccsd_app.session.display import ColourScheme, Cut, Layer, OverlayStyle, View3dSettings
from ccsd_app.session.measurement import MeasureKind, Measurement
from ccsd_app.session.preparation import Stage
from ccsd_app.session.removal import PathKind, Removal
from ccsd_app.session.state import State
from ccsd_app.settings import FileOverride
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.rigid import Nudge
from ccsd_core.storage.documents import parsed_json

FORMAT: Literal["ccsd-session"] = "ccsd-session"
VERSION = 5
"""2: measurements; 3: degradations; 4: degradations of bookmarks; 5: other models.

Files of earlier versions, which lack these, are read.
"""
SUFFIX = ".ccsd-session.json"
Voxel = tuple[int, int, int]


class SessionFileError(BadInputError):
    """A file is not a session, or one that this version cannot read."""


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SavedPreparation(_Saved):
    """The user's adjustments of the preparation of a raw case; see `Adjustments`."""

    reference: str | None = None
    skipped: tuple[Step, ...] = ()
    nudges: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = Field(
        default_factory=dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]]
    )
    mask_mm: float = 0.0
    bias: bool = False
    always: bool = False

    @classmethod
    def of(cls, wanted: Adjustments) -> "SavedPreparation":
        return cls(
            reference=None if wanted.reference is None else wanted.reference.name,
            skipped=tuple(sorted(wanted.skipped, key=lambda step: step.value)),
            nudges={m.name: (n.shift_mm, n.turn_degrees) for m, n in wanted.nudges.items()},
            mask_mm=wanted.mask_mm,
            bias=wanted.bias,
            always=wanted.always,
        )

    @property
    def adjustments(self) -> Adjustments:
        return Adjustments(
            None if self.reference is None else Modality[self.reference],
            frozenset(self.skipped),
            {Modality[name]: Nudge(*nudge) for name, nudge in self.nudges.items()},
            self.mask_mm,
            self.bias,
            self.always,
        )


class SavedCase(_Saved):
    """The case: its path, the files that are used, and digests of them.

    Args:
        bundled: Whether it is the demo case, which has no path.
        path: Folder or file, from the folder of the session's file, or absolute.
        files: The user's choice of files, with paths like that of the case.
        contents: Digests by sequence, see `ccsd_app.engine.contents`.
        preparation: The user's adjustments of its preparation; None if it was skipped.
        prepared: Whether it was shown prepared.
    """

    bundled: bool = False
    path: str = ""
    files: tuple[FileOverride, ...] = ()
    contents: dict[str, str] = Field(default_factory=dict[str, str])
    preparation: SavedPreparation | None = SavedPreparation()
    prepared: bool = False


class SavedModel(_Saved):
    """A model that the open case was computed with.

    Args:
        name: Its name.
        sha256: Hash of its weights, by which it is found again.
        path: Its folder or file, as the path of the case is written; "" if it is a bundled one.
    """

    name: str
    sha256: str
    path: str = ""

    @property
    def label(self) -> str:
        """Its name and the start of its hash."""
        return f"{self.name} {self.sha256[:8]}"


class SavedBookmark(_Saved):
    """See `Bookmark`."""

    text: str
    used: str
    layer: str
    region: str
    background: str
    cursor_voxel: Voxel
    compared: str | None = None
    against_reference: bool = False
    side_by_side: bool = False
    on_scanned: bool = False
    degradations: tuple[str, ...] = ()

    @classmethod
    def of(cls, mark: Bookmark) -> "SavedBookmark":
        return cls(
            text=mark.text,
            used=str(mark.used),
            layer=mark.layer.name,
            region=mark.region.name,
            background=mark.background.name,
            cursor_voxel=mark.cursor_voxel,
            compared=None if mark.compared is None else str(mark.compared),
            against_reference=mark.against_reference,
            side_by_side=mark.side_by_side,
            on_scanned=mark.on_scanned,
            degradations=tuple(map(str, mark.degradations.entries)),
        )

    @property
    def restored(self) -> Bookmark:
        return Bookmark(
            self.text,
            ModalitySubset.parse(self.used),
            Layer[self.layer],
            Region[self.region],
            Modality[self.background],
            self.cursor_voxel,
            None if self.compared is None else ModalitySubset.parse(self.compared),
            self.against_reference,
            self.side_by_side,
            self.on_scanned,
            Degradations.parse(self.degradations),
        )


class SavedMeasurement(_Saved):
    """See `Measurement`."""

    kind: str
    axis: int = Field(ge=0, le=2)
    points_voxel: tuple[tuple[float, float, float], ...]
    region: str | None = None
    subset: str | None = None
    on_scanned: bool = False

    @classmethod
    def of(cls, one: Measurement) -> "SavedMeasurement":
        return cls(
            kind=one.kind.name,
            axis=one.axis,
            points_voxel=one.points_voxel,
            region=None if one.region is None else one.region.name,
            subset=None if one.subset is None else str(one.subset),
            on_scanned=one.on_scanned,
        )

    @property
    def restored(self) -> Measurement:
        return Measurement(
            MeasureKind[self.kind],
            self.axis,
            self.points_voxel,
            None if self.region is None else Region[self.region],
            None if self.subset is None else ModalitySubset.parse(self.subset),
            self.on_scanned,
        )


class SavedView(_Saved):
    """What is shown; see `State`. Preferences of a person (orientation, mouse) are not in it."""

    used: str
    background: str
    cursor_voxel: Voxel
    visible: tuple[str, ...]
    overlay: str
    show_overlay: bool
    opacity: float = Field(ge=0, le=1)
    show_reference: bool
    layer: str
    region: str
    compared: str | None
    against_reference: bool
    side_by_side: bool
    colours: str
    show_crosshair: bool
    view3d: tuple[bool, bool, bool, str]
    windows: dict[str, tuple[float, float]]
    removal: tuple[str | None, int, float, bool]
    on_scanned: bool
    guess_first: bool
    revealed: tuple[str, ...]
    degradations: tuple[str, ...] = ()

    @classmethod
    def of(cls, state: State) -> "SavedView":
        shown, removal = state.view3d, state.removal
        return cls(
            used=str(state.used),
            background=state.background.name,
            cursor_voxel=state.cursor_voxel,
            visible=tuple(region.name for region in sorted(state.visible)),
            overlay=state.overlay.name,
            show_overlay=state.show_overlay,
            opacity=state.opacity,
            show_reference=state.show_reference,
            layer=state.layer.name,
            region=state.region.name,
            compared=None if state.compared is None else str(state.compared),
            against_reference=state.against_reference,
            side_by_side=state.side_by_side,
            colours=state.colours.name,
            show_crosshair=state.show_crosshair,
            view3d=(shown.brain, shown.slices, shown.expert, shown.cut.name),
            windows={m.name: window for m, window in state.windows.items()},
            removal=(
                None if removal.kind is None else removal.kind.name,
                removal.seed,
                removal.speed,
                removal.loop,
            ),
            on_scanned=state.on_scanned,
            guess_first=state.guess.on,
            revealed=tuple(str(subset) for subset in state.guess.revealed),
            degradations=tuple(map(str, state.degradations.entries)),
        )

    @property
    def choices(self) -> dict[str, Any]:
        """The values of the state's choices, by the names of their fields."""
        brain, slices, expert, cut = self.view3d
        kind, seed, speed, loop = self.removal
        return {
            "used": ModalitySubset.parse(self.used),
            "background": Modality[self.background],
            "cursor_voxel": self.cursor_voxel,
            "visible": frozenset(Region[name] for name in self.visible),
            "overlay": OverlayStyle[self.overlay],
            "show_overlay": self.show_overlay,
            "opacity": self.opacity,
            "show_reference": self.show_reference,
            "layer": Layer[self.layer],
            "region": Region[self.region],
            "compared": None if self.compared is None else ModalitySubset.parse(self.compared),
            "against_reference": self.against_reference,
            "side_by_side": self.side_by_side,
            "colours": ColourScheme[self.colours],
            "show_crosshair": self.show_crosshair,
            "view3d": View3dSettings(brain, slices, expert, Cut[cut]),
            "windows": {Modality[name]: window for name, window in self.windows.items()},
            "removal": Removal(None if kind is None else PathKind[kind], seed, speed, loop),
            "on_scanned": self.on_scanned,
            "degradations": Degradations.parse(self.degradations),
        }


class SavedArrangement(_Saved):
    """The layout of the views: see `ccsd_app.qt.views_grid`.

    Args:
        large: Name of the maximised view; "" if none is.
        second: The plane below the axial one while two subsets are compared.
        viewports: Zoom, and pan right and down in mm, by plane.
        tab: Index of the tab on the right.
    """

    large: str = ""
    second: str = ""
    viewports: dict[str, tuple[float, float, float]] = Field(
        default_factory=dict[str, tuple[float, float, float]]
    )
    tab: int = 0


class SavedSession(_Saved):
    """The whole file.

    Args:
        format: Tells it from other JSON files.
        version: See `VERSION`.
        program: Version of the program.
        model: Name of the model that was used.
        model_sha256: Hash of its weights.
        model_path: See `SavedModel`.
        other_models: The other models of the comparison.
        compared_model: Hash of the model that the shown result was compared with; "" for none.
        case: The case.
        view: What was shown.
        arrangement: The layout of the views.
        bookmarks: The bookmarks.
        measurements: The measurements.
    """

    format: Literal["ccsd-session"] = FORMAT
    version: Literal[1, 2, 3, 4, 5] = VERSION
    program: str
    model: str = ""
    model_sha256: str = ""
    model_path: str = ""
    other_models: tuple[SavedModel, ...] = ()
    compared_model: str = ""
    case: SavedCase
    view: SavedView
    arrangement: SavedArrangement = SavedArrangement()
    bookmarks: tuple[SavedBookmark, ...] = ()
    measurements: tuple[SavedMeasurement, ...] = ()

    @field_validator("view", "bookmarks", "measurements", "case")
    @classmethod
    def _check_names(cls, value: Any) -> Any:
        """Raise an error here, not later, if the file has names that this program does not know."""
        try:
            match value:
                case SavedView():
                    _ = value.choices, [ModalitySubset.parse(s) for s in value.revealed]
                case SavedCase():
                    _ = value.preparation and value.preparation.adjustments
                case _:
                    _ = [one.restored for one in value]
        except (KeyError, BadInputError) as error:
            raise ValueError(f"unknown name {error}") from error
        return value

    @classmethod
    def parse(cls, text: str, *, name: str) -> "SavedSession":
        """Read a session.

        Raises:
            SessionFileError: If it is not a session, or of another version.
        """
        try:
            return cls.model_validate(parsed_json(text))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            if first["loc"] == ("version",):
                raise SessionFileError(
                    f"{name} was written by another version of this program (format "
                    f"{first['input']!r}, this one reads {VERSION}): install the newer version"
                ) from error
            raise SessionFileError(
                f"{name} is not a session that can be opened ({where or 'the file'}: "
                f"{first['msg']}): choose a file written by Save session"
            ) from error
        except ValueError as error:
            raise SessionFileError(
                f"{name} is not a session that can be opened ({error}): choose a file written by "
                "Save session"
            ) from error

    @property
    def models(self) -> tuple[SavedModel, ...]:
        """The model that was used, if it is known, and those that it was compared with."""
        used = SavedModel(name=self.model, sha256=self.model_sha256, path=self.model_path)
        return (*([used] if self.model_sha256 else []), *self.other_models)

    def arranged(self, state: State) -> State:
        """The state of the opened case, with everything that the session saved.

        If a raw case is not prepared yet, what belongs to the prepared images is set by a second
        call, after the preparation.
        """
        choices: Mapping[str, Any] = self.view.choices
        on_grid = (*ON_GRID, "on_scanned")
        if self.case.prepared and state.stage is Stage.DONE:
            # the crosshair was saved in voxels of the images that were shown
            return restored(state, {k: v for k, v in choices.items() if k in on_grid})
        if self.case.prepared:
            choices = {k: v for k, v in choices.items() if k not in on_grid}
        else:
            choices = {k: v for k, v in choices.items() if k != "on_scanned"}
        revealed = frozenset(ModalitySubset.parse(subset) for subset in self.view.revealed)
        guess = replace(state.guess, on=self.view.guess_first, revealed=revealed)
        bookmarks = tuple(mark.restored for mark in self.bookmarks)
        measured = tuple(one.restored for one in self.measurements)
        return restored(
            replace(state, guess=guess, bookmarks=bookmarks, measurements=measured), choices
        )


def written_path(path: Path, folder: Path | None) -> str:
    """A path as it is written: relative to `folder` if it is given, else absolute."""
    path = path.absolute()
    if folder is None:
        return str(path)
    try:
        return Path(os.path.relpath(path, folder.absolute())).as_posix()
    except ValueError:  # another drive on Windows
        return str(path)


def read_path(text: str, folder: Path | None) -> Path:
    """The path that `written_path` wrote."""
    path = Path(PurePosixPath(text)) if "\\" not in text else Path(text)
    if path.is_absolute() or folder is None:
        return path
    return Path(os.path.normpath(folder.absolute() / path))
