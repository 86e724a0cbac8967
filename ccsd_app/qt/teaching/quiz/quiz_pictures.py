"""The pictures of a question side by side, with their slice, background and overlay."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from ccsd_app.qt.teaching.quiz.quiz_picture import QuizPicture
from ccsd_app.qt.widgets.flat_button import choice_buttons, flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.scene.palette import region_colours
from ccsd_app.session.state import State
from ccsd_app.viewmodel.teaching.quiz.picture_scene import Look, picture_scene
from ccsd_app.viewmodel.teaching.quiz.question import Question
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region

PICTURES = 2


class QuizPictures(QWidget):
    """Up to two pictures that show the same slice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question: Question | None = None
        self._revealed = False
        self._state: State | None = None
        self._look = Look(Modality.FLAIR, 0)
        self.pictures = [QuizPicture(f"quiz_picture_{n}") for n in range(PICTURES)]
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("quiz_slice")
        self._slider.setAccessibleName("Axial slice")
        self._slider.setToolTip("Axial slice (wheel, PgUp, PgDn)")
        self._slider.setMaximumWidth(320)
        self._slider.valueChanged.connect(self._on_slid)
        self._backgrounds = choice_buttons(
            [
                (m, m.label, f"quiz_background_{m.name}", f"Show {m.label} as background")
                for m in Modality
            ],
            self._show_background,
            self,
        )
        self._overlay = flat_button(
            "Overlay",
            "quiz_overlay",
            "Show or hide regions and outlines (S)",
            self.toggle_overlay,
            checkable=True,
        )
        self._legend = {region: label(name=f"quiz_legend_{region.name}") for region in Region}
        self._expert = label("white outline: expert", role="small", name="quiz_legend_expert")
        row = QHBoxLayout()
        row.setSpacing(8)
        for picture in self.pictures:
            row.addWidget(picture, 1)
            picture.stepped.connect(self.step)
        bar = QFrame()
        bar.setObjectName("panel")
        below = QHBoxLayout(bar)
        below.setContentsMargins(8, 2, 8, 2)
        below.setSpacing(4)
        below.addWidget(label("Background", role="small"))
        for button in self._backgrounds.values():
            below.addWidget(button)
        below.addWidget(self._overlay)
        below.addWidget(self._slider, 1)
        below.addStretch(1)
        for entry in self._legend.values():
            entry.setTextFormat(Qt.TextFormat.RichText)
            below.addWidget(entry)
        below.addWidget(self._expert)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row, 1)
        layout.addWidget(bar)

    def show_question(self, question: Question, state: State, *, revealed: bool) -> None:
        """Show the pictures of a question, or those of its explanation."""
        if state.case is None:
            return
        if question is not self._question:
            self._look = Look(question.background, question.voxel[2])
            for modality, button in self._backgrounds.items():
                button.setVisible(modality in state.available)
                button.setChecked(modality is question.background)
            with QSignalBlocker(self._slider):
                self._slider.setRange(0, state.case.grid.shape[2] - 1)
        elif revealed and not self._revealed:
            self._look = replace(self._look, slice_voxel=question.revealed_voxel[2], overlay=True)
        self._question, self._state, self._revealed = question, state, revealed
        colours = region_colours(state.colours)
        for region, entry in self._legend.items():
            red, green, blue = colours[region]
            entry.setText(f'<span style="color: rgb({red},{green},{blue})">■</span> {region.name}')
            entry.setToolTip(region.title)
            entry.setVisible(region in question.regions)
        self._draw()

    def toggle_overlay(self) -> None:
        """Show or hide regions and outlines."""
        self._look = replace(self._look, overlay=not self._look.overlay)
        self._draw()

    def step(self, slices: int) -> None:
        """Go to another slice."""
        self._slider.setValue(self._slider.value() + slices)

    def _on_slid(self, value: int) -> None:
        self._look = replace(self._look, slice_voxel=value)
        self._draw()

    def _show_background(self, modality: Modality) -> None:
        self._look = replace(self._look, background=modality)
        self._draw()

    def _draw(self) -> None:
        question, state = self._question, self._state
        if question is None or state is None:
            return
        shown = question.revealed if self._revealed else question.pictures
        with QSignalBlocker(self._slider):
            self._slider.setValue(self._look.slice_voxel)
        self._overlay.setChecked(self._look.overlay)
        self._expert.setVisible(any(picture.expert for picture in shown))
        for index, widget in enumerate(self.pictures):
            widget.setVisible(index < len(shown))
            if index < len(shown):
                picture = shown[index]
                scene = picture_scene(state, question, picture, self._look)
                widget.show_scene(scene, picture.title)
