"""Pictures of the 3-D scene at any size and from any side, without changing the screen.

    size, letters, camera ──▶ one frame ──▶ all restored

The interactor of the app draws them. Nothing of this appears on screen, because it happens between
two events.
"""

from typing import Any

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QImage, QResizeEvent

from ccsd_app.scene.view3d.pose import CameraPose


def screenshot(plotter: Any, size: QSize, *, scale: float, pose: CameraPose | None) -> QImage:
    """One frame of what `plotter` holds.

    Args:
        plotter: A `pyvistaqt.QtInteractor`.
        size: Size in window pixels.
        scale: Pixels of the picture per window pixel.
        pose: Pose of the camera; None is the current one.
    """
    before, current_pose, window = plotter.size(), camera_pose(plotter), plotter.render_window
    dpi = window.GetDPI()
    try:
        resize_hidden(plotter, size * scale)
        window.SetDPI(round(dpi * scale))  # so that the letters scale with the picture
        if pose is not None:
            set_camera(plotter, pose)
        return plotter.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB32)
    finally:
        window.SetDPI(dpi)
        set_camera(plotter, current_pose)
        resize_hidden(plotter, before)


def camera_pose(plotter: Any) -> CameraPose:
    """The camera's position and direction."""
    camera = plotter.camera
    return CameraPose(camera.GetPosition(), camera.GetFocalPoint(), camera.GetViewUp())


def set_camera(plotter: Any, pose: CameraPose) -> None:
    """Move the camera."""
    camera = plotter.camera
    camera.SetPosition(*pose.position_mm)
    camera.SetFocalPoint(*pose.focal_point_mm)
    camera.SetViewUp(*pose.up)
    plotter.renderer.ResetCameraClippingRange()


def resize_hidden(plotter: Any, size: QSize) -> None:
    """Resize a plotter whose widget is never shown, and so gets no resize event."""
    before = plotter.size()
    plotter.resize(size)
    QCoreApplication.sendEvent(plotter, QResizeEvent(size, before))
