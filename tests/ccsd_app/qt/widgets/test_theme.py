"""The themes: every text can be read on everything it stands on."""

import pytest
from PySide6.QtGui import QColor

from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.theme import THEMES, Theme, ThemeName, style_sheet

READABLE = 4.5
"""WCAG 2.2, level AA."""
ON = {
    "text": ("window", "panel", "raised", "chosen", "wanted", "selection"),
    "dim": ("window", "panel", "raised", "chosen", "wanted"),
    "faint": ("window", "panel", "raised"),
    "accent": ("window", "panel", "raised"),
    "warning": ("window", "panel", "raised"),
    "banner_text": ("banner",),
}
"""What each colour of text is drawn on."""


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    parts = QColor(colour).getRgbF()
    return sum(k * linear(v) for k, v in zip((0.2126, 0.7152, 0.0722), parts[:3], strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", ThemeName, ids=lambda name: name.name)
def test_every_text_can_be_read_on_whatever_it_stands_on(name):
    colours = THEMES[name]
    poor = {
        (text, ground): round(contrast(getattr(colours, text), getattr(colours, ground)), 2)
        for text, grounds in ON.items()
        for ground in grounds
        if contrast(getattr(colours, text), getattr(colours, ground)) < READABLE
    }
    assert poor == {}
    assert contrast(colours.accent, colours.panel) >= 3  # the frame of what has the focus


@pytest.mark.parametrize("name", ThemeName, ids=lambda name: name.name)
def test_the_style_sheet_has_colours_of_its_theme_alone(name):
    others = {
        getattr(other, field) for other in THEMES.values() for field in Theme.__dataclass_fields__
    } - {getattr(THEMES[name], field) for field in Theme.__dataclass_fields__}
    sheet = style_sheet(THEMES[name])
    assert not [colour for colour in others if colour in sheet]


def test_colours_are_those_of_the_theme_in_use(qapp):
    try:
        theme.apply_theme(qapp, ThemeName.LIGHT)
        assert THEMES[ThemeName.LIGHT].text == theme.TEXT
        assert qapp.palette().windowText().color() == QColor(theme.TEXT)
    finally:
        theme.apply_theme(qapp)
    assert THEMES[ThemeName.DARK].text == theme.TEXT
    with pytest.raises(AttributeError):
        _ = theme.NONSENSE
