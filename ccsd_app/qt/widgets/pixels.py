"""Conversion of pixels between numpy arrays and Qt images; both sides own their memory."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


def image_of(rgb: NDArray[np.uint8]) -> QImage:
    """Pixels (rows, columns, 3) as a picture, in the format that Qt paints fastest."""
    rgb = np.ascontiguousarray(rgb)
    rows, columns, _ = rgb.shape
    wrapped = QImage(rgb.data, columns, rows, rgb.strides[0], QImage.Format.Format_RGB888)
    return wrapped.convertToFormat(QImage.Format.Format_RGB32)  # owns its pixels


def rgb_of(image: QImage) -> NDArray[np.uint8]:
    """The pixels, shape (rows, columns, 3)."""
    flat = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(flat.constBits(), np.uint8).reshape(flat.height(), flat.bytesPerLine())
    return rows[:, : 3 * flat.width()].reshape(flat.height(), flat.width(), 3).copy()
