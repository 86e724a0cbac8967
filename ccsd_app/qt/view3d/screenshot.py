"""Pictures of the 3-D scene at any size and from any side, while what is on screen stays.

    size, letters, camera ──▶ one frame ──▶ all as they were

The one interactor of the app draws them: nothing of it is seen on screen, because all of it
happens between two events.
"""

from typing import Any

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QImage, QResizeEvent

from ccsd_app.scene.view3d.pose import CameraPose


def screenshot(plotter: Any, size: QSize, *, scale: float, pose: CameraPose | None) -> QImage:
    """One frame of what `plotter` holds.

    Args:
        plotter: A `pyvistaqt.QtInteractor`.
        size: In the window's pixels.
        scale: How many pixels of the picture make one of them.
        pose: Pose of the camera; None is the current one.
    """
    before, at, window = plotter.size(), camera_pose(plotter), plotter.render_window
    dpi = window.GetDPI()
    try:
        resize_unseen(plotter, size * scale)
        window.SetDPI(round(dpi * scale))  # the letters grow along
        if pose is not None:
            put(plotter, pose)
        return plotter.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB32)
    finally:
        window.SetDPI(dpi)
        put(plotter, at)
        resize_unseen(plotter, before)


def camera_pose(plotter: Any) -> CameraPose:
    """The camera's position and direction."""
    camera = plotter.camera
    return CameraPose(camera.GetPosition(), camera.GetFocalPoint(), camera.GetViewUp())


def put(plotter: Any, pose: CameraPose) -> None:
    """Move the camera."""
    camera = plotter.camera
    camera.SetPosition(*pose.position_mm)
    camera.SetFocalPoint(*pose.focal_point_mm)
    camera.SetViewUp(*pose.up)
    plotter.renderer.ResetCameraClippingRange()


def resize_unseen(plotter: Any, size: QSize) -> None:
    """Resize a plotter whose widget is never shown, and so gets no resize event."""
    before = plotter.size()
    plotter.resize(size)
    QCoreApplication.sendEvent(plotter, QResizeEvent(size, before))
