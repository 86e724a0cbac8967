"""A volume in millilitres as text; a small volume is `<0.1`, not 0."""


def ml_text(volume_ml: float) -> str:
    """Millilitres with one digit, without the unit.

    >>> ml_text(0.0), ml_text(0.02), ml_text(12.34)
    ('0.0', '<0.1', '12.3')
    """
    return "<0.1" if 0 < volume_ml < 0.05 else f"{volume_ml:.1f}"
