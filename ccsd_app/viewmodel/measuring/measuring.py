"""Measuring on the slices: choosing a tool, setting points by mouse or keys, finishing.

tool ──▶ point, point … ──▶ Measurement (an undoable step)
Return sets a point at the crosshair; at the place of the last one it finishes a polygon
Backspace removes the last point; Esc removes all points, then puts the tool away
"""

from dataclasses import replace

from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.measurement import Drawing, MeasureKind, Measurement, Point, near
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.reasons import NO_CASE
from ccsd_core.domain.region import Region
from ccsd_core.measurement.diameters import diameters, lesion_at

TOOLS = (MeasureKind.DISTANCE, MeasureKind.ELLIPSE, MeasureKind.POLYGON)
"""Kinds that the user draws; diameters are computed."""
AXIAL_AXIS = 2


class Measuring:
    """Draws measurements into the session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def drawing(self) -> Drawing | None:
        """What is being drawn; None while no tool is chosen."""
        return self._session.state.drawing

    def toggle(self, kind: MeasureKind) -> None:
        """Choose a tool, or put it away."""
        state = self._session.state
        if state.case is None:
            return
        away = state.drawing is not None and state.drawing.kind is kind
        self._draw(None if away else Drawing(kind))

    def next_tool(self) -> None:
        """Choose the next tool; after the last one, none."""
        drawing = self.drawing
        tools = (*TOOLS, None)
        kind = tools[(tools.index(drawing.kind) + 1) % len(tools)] if drawing else tools[0]
        if self._session.state.case is not None:
            self._draw(None if kind is None else Drawing(kind))

    def point(self, point_voxel: Point, axis: int) -> None:
        """Set a point; what has all its points is finished, and the next may begin."""
        drawing = self.drawing
        if drawing is not None:
            self._draw(drawing.with_point(point_voxel, axis))
            self._finish_full()

    def point_at_crosshair(self, axis: int) -> None:
        """Set a point at the crosshair; twice at one place finishes a polygon."""
        drawing, (x, y, z) = self.drawing, self._session.state.cursor_voxel
        point = float(x), float(y), float(z)
        again = drawing is not None and drawing.points_voxel[-1:]
        if again and near(again[0], point):
            self.finish()
        else:
            self.point(point, axis)

    def finish(self) -> None:
        """Finish what is drawn, if it is a measurement."""
        state, drawing = self._session.state, self.drawing
        if drawing is not None and drawing.enough:
            one = drawing.finished(on_scanned=state.on_scanned)
            self._session.become(
                replace(state, measurements=(*state.measurements, one), drawing=Drawing(one.kind))
            )

    def take_back(self) -> None:
        """Take the last point away."""
        if self.drawing is not None:
            self._draw(self.drawing.without_last())

    def cancel(self) -> bool:
        """Remove the points, else put the tool away; returns whether there was either."""
        drawing = self.drawing
        if drawing is not None:
            self._draw(Drawing(drawing.kind) if drawing.points_voxel else None)
        return drawing is not None

    def measure_diameters(self, region: Region) -> str:
        """Measure the lesion at the crosshair, else the largest; returns why that cannot be.

        The crosshair goes to its slice.
        """
        state = self._session.state
        result = without_hidden(state).result
        if state.case is None:
            return NO_CASE
        if result is None:
            return "There is no segmentation yet"
        offset = result.offset_voxel
        at = [c - o for c, o in zip(state.cursor_voxel, offset, strict=True)]
        lesion = lesion_at(result.region(region), (at[0], at[1], at[2]))
        found = diameters(lesion, state.case.grid.world_from_voxel, axis=AXIAL_AXIS)
        if found is None:
            return f"No {region.name} is predicted from these sequences"
        points = [
            (point[0] + offset[0], point[1] + offset[1], point[2] + offset[2])
            for point in (*found.longest, *found.perpendicular)
        ]
        one = Measurement(
            MeasureKind.DIAMETERS,
            AXIAL_AXIS,
            tuple(points),
            region,
            result.subset,
            state.on_scanned,
        )
        kept = tuple(m for m in state.measurements if m != one)
        self._session.become(_shown_at(replace(state, measurements=(*kept, one)), one))
        return ""

    def go(self, index: int) -> None:
        """Move the crosshair to a measurement."""
        state = self._session.state
        if 0 <= index < len(state.measurements):
            self._session.become(_shown_at(state, state.measurements[index]))

    def remove(self, index: int) -> None:
        """Delete one; it can be undone."""
        ones = self._session.state.measurements
        if 0 <= index < len(ones):
            self._become((*ones[:index], *ones[index + 1 :]))

    def remove_all(self) -> None:
        """Delete all; it can be undone."""
        self._become(())

    def _finish_full(self) -> None:
        if self.drawing is not None and self.drawing.full:
            self.finish()

    def _become(self, ones: tuple[Measurement, ...]) -> None:
        self._session.become(replace(self._session.state, measurements=ones))

    def _draw(self, drawing: Drawing | None) -> None:
        if drawing != self.drawing:
            self._session.become(replace(self._session.state, drawing=drawing))


def _shown_at(state: State, one: Measurement) -> State:
    """The crosshair in the middle of a measurement, on the images it was drawn on."""
    state = state.shown_on(scanned=one.on_scanned)
    count = len(one.points_voxel)
    x, y, z = (round(sum(p[axis] for p in one.points_voxel) / count) for axis in range(3))
    return state.with_cursor((x, y, z))
