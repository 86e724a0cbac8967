"""The 3-D view: the tumour's surfaces inside the translucent brain surface.

    created ──▶ starting ── child process: OpenGL? ──▶ thread: import pyvistaqt ──▶ live
                              └── no ──▶ a message, and a picture from a separate process

The app has one `QtInteractor`, which is created only after a child process has shown that OpenGL
works. VTK is used only on the GUI thread.

    state ──▶ slices and numbers are painted first
          ──▶ meshes (cached for every result, made while the window is idle) ──▶ actors
          ──▶ one frame, at the next repaint ──▶ surface_ready
"""

from enum import Enum
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from ccsd_app.qt.view3d.canvas import View3dCanvas
from ccsd_app.qt.view3d.gl_start import start_3d
from ccsd_app.qt.view3d.screenshot import camera_pose, screenshot, set_camera
from ccsd_app.qt.view3d.still_view import StillView
from ccsd_app.qt.view3d.tools import View3dToolsWidget
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled_fonts
from ccsd_app.scene.palette import VIEW3D_BACKGROUND, hex_of
from ccsd_app.scene.view3d.pose import CameraPose
from ccsd_app.scene.view3d.view3d_scene import View3dScene, layer_text, resolve_view3d
from ccsd_app.scene.view3d.viewpoint import Side
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.view3d.tools import View3dToolsModel
from ccsd_core.domain.region import Region

POLL_MS = 40
IDLE_MS = 25
"""Pause between two meshes that are made in advance, in milliseconds, for other events."""
PADDING, LINES = 3, 2
"""Lines of the caption; most subsets need two."""
STARTING = "Starting 3-D…"


class Status(Enum):
    """The state of the 3-D view."""

    STARTING = "starting"
    LIVE = "live"
    UNAVAILABLE = "unavailable"
    CLOSED = "closed"


class View3D(QWidget):
    """Draws `resolve_view3d(session.state)`; rotates, zooms and pans with VTK's trackball.

    Args:
        session: Holds the state.
        parent: Qt parent.
    """

    surface_ready = Signal()
    """Emitted when the screen (surfaces, or the still picture) shows the current state."""

    maximise_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._status = Status.STARTING
        self._reason = ""
        self._plotter: Any = None
        self._canvas: View3dCanvas | None = None
        self._render: Any = None
        self._applied: View3dScene | None = None
        self._drawn: View3dScene | None = None
        self._meshes: Any = None
        self.tools = View3dToolsModel(session)
        self._row = View3dToolsWidget(self.tools, self)
        self._row.look_from.connect(self.look_from)
        self._caption = QLabel(self)
        self._still = StillView(self)
        self._still.rendered.connect(self._on_still_landed)
        self._lay_out()

        self._starting = start_3d(QGuiApplication.platformName())
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._on_poll)
        self._poll.start()
        self._apply_timer = QTimer(self)
        self._apply_timer.setSingleShot(True)
        self._apply_timer.setInterval(0)
        self._apply_timer.timeout.connect(self._apply)
        self._mesh_timer = QTimer(self)
        self._mesh_timer.setInterval(IDLE_MS)
        self._mesh_timer.timeout.connect(self._make_a_mesh)
        session.changed.connect(self._on_session_changed)
        self._set_caption(STARTING)

    @property
    def status(self) -> Status:
        return self._status

    @property
    def reason(self) -> str:
        """Name of the renderer, or the reason why there is no 3-D."""
        return self._reason

    @property
    def up_to_date(self) -> bool:
        """Whether the screen shows the current state."""
        wanted = resolve_view3d(self._session.state)
        if self._status is Status.LIVE:
            return self._drawn == wanted
        return self._status is Status.UNAVAILABLE and self._still.shows(wanted)

    @property
    def actor_names(self) -> tuple[str, ...]:
        """Visible actors, as `brain` and `ET`; none before the view is live."""
        self._apply()
        return () if self._plotter is None else self._render.drawn_names(self._plotter)

    def surface_cells(self, region: Region) -> int:
        """Number of triangles of `region` on screen; 0 if it is hidden or empty."""
        self._apply()
        return 0 if self._plotter is None else self._render.drawn_cells(self._plotter, region)

    def image(self) -> QImage:
        """The picture of the current state; a null image if there is none."""
        self._apply()
        return self._still.picture if self._canvas is None else self._canvas.image

    @property
    def pose(self) -> CameraPose | None:
        """The camera's pose; None if there is no interactive view."""
        self._apply()
        return None if self._plotter is None else camera_pose(self._plotter)

    def picture(
        self,
        state: State | None = None,
        *,
        size: QSize | None = None,
        scale: float = 1.0,
        pose: CameraPose | None = None,
    ) -> QImage:
        """A picture for exports; a null image if there is none. The screen does not change.

        Args:
            state: The state to draw; None is that of the session.
            size: Size in window pixels; None is that of the view.
            scale: Pixels of the picture per window pixel.
            pose: Pose of the camera; None is the current one.
        """
        self._apply()
        if self._canvas is None or self._plotter is None:
            return self._still.picture
        before, scene = self._applied, resolve_view3d(state or self._session.state)
        current_pose = camera_pose(self._plotter)
        if scene != before:
            self._render.apply(self._plotter, before, scene, self._meshes)
        try:
            if before is not None and pose is None:
                pose = current_pose  # another case would set its own camera
            return screenshot(self._plotter, size or self._canvas.size(), scale=scale, pose=pose)
        finally:
            if before is None:
                self._applied = scene
            elif scene != before:
                self._render.apply(self._plotter, scene, before, self._meshes)
                set_camera(self._plotter, current_pose)

    def draw_caption(self, painter: QPainter, ancestor: QWidget) -> None:
        """Draw the caption at its place in `ancestor`, a widget that contains this one."""
        self._caption.render(painter, self._caption.mapTo(ancestor, QPoint(0, 0)))

    def picture_area(self, ancestor: QWidget) -> QRect:
        """The rectangle of the picture in `ancestor`'s coordinates; empty if there is none."""
        if self._canvas is None or not self._canvas.isVisible():
            return QRect()
        return QRect(self._canvas.mapTo(ancestor, QPoint(0, 0)), self._canvas.size())

    def reset_camera(self) -> None:
        """Look at the whole head from the preset direction."""
        self.look_from(None)

    def look_from(self, side: Side | None) -> None:
        """Look at the whole head from a side of the patient; None is the preset direction."""
        self._apply()
        if self._canvas is not None and self._plotter is not None and self._applied is not None:
            self._render.look_at(self._plotter, self._applied.head, side)
            self._canvas.redraw()

    def shutdown(self) -> None:
        """Stop everything and close the plotter, once. Call it before the window closes."""
        if self._status is Status.CLOSED:
            return
        self._status = Status.CLOSED
        self._session.changed.disconnect(self._on_session_changed)
        self._poll.stop()
        self._starting.cancel()
        self._still.stop()
        self._apply_timer.stop()
        self._mesh_timer.stop()
        if self._canvas is not None:
            self._plotter = None
            self._canvas.close_plotter()

    # ------------------------------------------------------------------ widgets

    def _lay_out(self) -> None:
        self.setObjectName("view3d")
        self.setAccessibleName("3-D view")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        follow_text_size(self, self._set_style)
        # Its height is constant, so that a longer text does not make the picture smaller; more
        # lines are drawn over the picture.
        self._caption.setObjectName("caption3d")
        self._caption.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._caption.setWordWrap(True)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._still)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._row)
        column.addLayout(self._pages, 1)
        self._band = QWidget()
        column.addWidget(self._band)
        self._caption.raise_()

    def _set_style(self) -> None:
        self.setStyleSheet(
            scaled_fonts(
                f"#view3d {{ background: {hex_of(VIEW3D_BACKGROUND[0])}; }}"
                f"#view3d_tools {{ background: {hex_of(VIEW3D_BACKGROUND[1])}; }}"
                f"#view3d QLabel {{ color: #9aa3ae; padding: {PADDING}px 8px; }}"
                f"#caption3d {{ font-size: 11px; background: {hex_of(VIEW3D_BACKGROUND[1])}; }}"
            )
        )

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._still.stop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.maximise_requested.emit()

    def _unavailable(self) -> str:
        """The message if the window has no OpenGL."""
        if self._still.picture.isNull():
            return f"3-D unavailable: {self._reason}"
        return f"Still picture; it cannot be rotated: {self._reason}"

    def _set_caption(self, note: str) -> None:
        state = self._session.state
        scene = resolve_view3d(state)
        below = [layer_text(state), scene.note, scene.provenance] if scene else ["No case"]
        lines = [note, " · ".join(text for text in below if text)]
        self._caption.setText("\n".join(line for line in lines if line))
        self._place_caption()
        self._row.set_reasons(no_picture=self._no_picture(), no_rotation=self._no_turning())

    def _place_caption(self) -> None:
        width, caption = self.width(), self._caption
        band = LINES * caption.fontMetrics().lineSpacing() + 2 * PADDING
        self._band.setFixedHeight(band)
        most = max(self.height() - self._row.height(), band)
        height = min(max(caption.heightForWidth(width), band), most)
        caption.setGeometry(0, self.height() - height, width, height)
        caption.setToolTip(caption.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_caption()

    def _no_turning(self) -> str:
        if self._status is Status.UNAVAILABLE:
            return f"A still picture cannot be rotated: {self._reason}"
        return STARTING if self._status is Status.STARTING else ""

    def _no_picture(self) -> str:
        """Why no picture is or will be drawn; "" if there may be one."""
        failed = self._status is Status.UNAVAILABLE and self._still.failed
        return f"3-D unavailable: {self._reason}" if failed else ""

    # -------------------------------------------------------------------- start

    def _on_poll(self) -> None:
        if not self._starting.done():
            return
        self._poll.stop()
        found = self._starting.result()
        self._reason = found.reason
        if found.ok:
            self._go_live()
        else:
            self._status = Status.UNAVAILABLE
        self._update()

    def _go_live(self) -> None:
        """Create the interactor. Its libraries are already imported."""
        from pyvistaqt import QtInteractor

        from ccsd_app.render import surfaces

        plotter: Any = QtInteractor(auto_update=False, multi_samples=1)
        surfaces.set_up_plotter(plotter)
        self._render, self._plotter = surfaces, plotter
        self._meshes = surfaces.MeshCache()
        self._canvas = View3dCanvas(plotter, self)
        self._canvas.double_clicked.connect(self.maximise_requested)
        self._canvas.painted.connect(self._on_painted)
        self._status = Status.LIVE
        self._pages.addWidget(self._canvas)
        self._pages.setCurrentWidget(self._canvas)
        self._caption.raise_()

    # ------------------------------------------------------------------ drawing

    def _on_still_landed(self) -> None:
        self._set_caption(self._unavailable())
        self.surface_ready.emit()

    def _on_session_changed(self, old: State, new: State) -> None:
        if new.results is not old.results and self._status is Status.LIVE:
            self._mesh_timer.start()
        if resolve_view3d(new) != resolve_view3d(old) or new.layer is not old.layer:
            self._update()

    def _make_a_mesh(self) -> None:
        """Make one mesh in advance, of a result that is not on screen, so that toggling is fast."""
        state = self._session.state
        if state.activity is not None and state.activity.subset is None:
            return  # reading and encoding a case come first
        if state.case is None or not self._meshes.make_one(state.results.values(), state.case.grid):
            self._mesh_timer.stop()

    def _on_painted(self) -> None:
        self._drawn = self._applied
        QTimer.singleShot(0, self.surface_ready.emit)

    def _update(self) -> None:
        """Update the caption, and draw the state unless the view is hidden."""
        if self._status is Status.STARTING:
            self._set_caption(STARTING)
        elif self._status is Status.UNAVAILABLE:
            self._set_caption(self._unavailable())
            if self.isVisible():
                self._still.show_scene(resolve_view3d(self._session.state))
        elif self._status is Status.LIVE:
            self._set_caption("")
            self._apply_timer.start()

    def _apply(self) -> None:
        """Update the actors to the state if the view is visible; the canvas renders them next."""
        self._apply_timer.stop()
        if self._canvas is None or self._plotter is None or not self.isVisible():
            return
        scene = resolve_view3d(self._session.state)
        if scene != self._applied:
            self._render.apply(self._plotter, self._applied, scene, self._meshes)
            self._applied = scene
            self._canvas.redraw()
            self._mesh_timer.start()
