"""A user who does anything: seeded random actions on the real window, as Qt's events.

Keys, clicks, wheels and drags go to whatever is visible; buttons, menus' actions, tabs and sizes
change at random. Dialogs and menus that open are used a little, then closed by a timer.
"""

import random
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QTabBar,
    QWidget,
)

from ccsd_app.qt.window.main_window import MainWindow

KEYS = (
    *(Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_0, Qt.Key.Key_Escape),
    *(Qt.Key(code) for code in range(Qt.Key.Key_A, Qt.Key.Key_Z + 1)),
    *(Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_F1, Qt.Key.Key_Question),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_Delete),
)
MODIFIERS = (
    *[Qt.KeyboardModifier.NoModifier] * 5,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
SIZES = (QSize(1080, 700), QSize(1280, 800), QSize(1560, 1000))
LEAVES = ("quit", "exit", "close window")
"""Words of actions that would end the window."""


class Monkey:
    """Does one random action at a time.

    Args:
        window: The window, shown.
        seed: The same seed gives the same choices, as far as timing lets it.
    """

    def __init__(self, window: MainWindow, seed: int) -> None:
        self._window = window
        self._random = random.Random(seed)
        self._closing = QTimer(interval=40)
        self._closing.timeout.connect(close_popups)
        self._closing.start()
        self._kinds: tuple[Callable[[], str], ...] = (
            *[self._key] * 4,
            *[self._click] * 3,
            self._wheel,
            self._drag,
            *[self._button] * 3,
            self._action,
            self._slide,
            self._resize,
        )

    def act(self) -> str:
        """Do something; returns what it was."""
        done = self._random.choice(self._kinds)()
        QApplication.processEvents()
        return done

    def stop(self) -> None:
        self._closing.stop()
        close_popups()

    def _visible(self, kind: type[QWidget]) -> list[QWidget]:
        found = self._window.findChildren(kind)
        return [w for w in found if w.isVisible() and w.isEnabled() and not w.size().isEmpty()]

    def _widget(self) -> QWidget | None:
        views = list(self._window.views.slices.values())
        choices = views * 3 + self._visible(QWidget)
        return self._random.choice(choices) if choices else None

    def _point(self, widget: QWidget) -> QPoint:
        return QPoint(
            self._random.randrange(max(1, widget.width())),
            self._random.randrange(max(1, widget.height())),
        )

    def _key(self) -> str:
        key, modifier = self._random.choice(KEYS), self._random.choice(MODIFIERS)
        if modifier == Qt.KeyboardModifier.ControlModifier and key in (Qt.Key.Key_Q, Qt.Key.Key_W):
            return "nothing"
        QTest.keyClick(QApplication.focusWidget() or self._window, key, modifier)
        return f"key {key.name} {modifier.name}"

    def _click(self) -> str:
        widget = self._widget()
        if widget is None:
            return "nothing"
        name, button = _name(widget), self._random.choice(BUTTONS)
        click = QTest.mouseDClick if self._random.random() < 0.1 else QTest.mouseClick
        click(widget, button, Qt.KeyboardModifier.NoModifier, self._point(widget))
        return f"{button.name} on {name}"

    def _wheel(self) -> str:
        widget = self._widget()
        if widget is None:
            return "nothing"
        name, point = _name(widget), self._point(widget)
        turn = QPoint(0, self._random.choice((-240, -120, 120, 240)))
        event = QWheelEvent(
            QPointF(point),
            QPointF(widget.mapToGlobal(point)),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            self._random.choice(MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)
        return f"wheel on {name}"

    def _drag(self) -> str:
        widget = self._random.choice(list(self._window.views.slices.values()))
        button, none = self._random.choice(BUTTONS), Qt.KeyboardModifier.NoModifier
        QTest.mousePress(widget, button, none, self._point(widget))
        for _ in range(3):
            QTest.mouseMove(widget, self._point(widget))
        QTest.mouseRelease(widget, button, none, self._point(widget))
        return f"drag with {button.name} on {_name(widget)}"

    def _button(self) -> str:
        buttons = self._visible(QAbstractButton)
        if not buttons:
            return "nothing"
        button = self._random.choice(buttons)
        name = _name(button)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        return f"button {name}"

    def _action(self) -> str:
        actions = [
            action
            for action in self._window.findChildren(QAction)
            if action.isEnabled()
            and action.isVisible()
            and not any(word in action.text().lower().replace("&", "") for word in LEAVES)
        ]
        if not actions:
            return "nothing"
        action = self._random.choice(actions)
        name = action.text() or action.objectName()
        action.trigger()
        return f"action {name}"

    def _slide(self) -> str:
        movable = [*self._visible(QAbstractSlider), *self._visible(QTabBar)]
        movable += self._visible(QComboBox)
        if not movable:
            return "nothing"
        widget = self._random.choice(movable)
        if isinstance(widget, QAbstractSlider):
            widget.setValue(self._random.randint(widget.minimum(), widget.maximum()))
        elif isinstance(widget, QTabBar | QComboBox) and widget.count():
            widget.setCurrentIndex(self._random.randrange(widget.count()))
        return f"value of {_name(widget)}" if shiboken6.isValid(widget) else "value"

    def _resize(self) -> str:
        self._window.resize(self._random.choice(SIZES))
        return "size"


def close_popups() -> None:
    """Close what would keep the window from being used."""
    for _ in range(5):
        top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if top is None:
            return
        top.close()


def _name(widget: QWidget) -> str:
    return widget.objectName() or type(widget).__name__
