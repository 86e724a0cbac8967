"""Changes as text: with a sign, a typographic minus, and no sign on a rounded zero."""


def signed(number: float, *, digits: int = 1) -> str:
    """A change, rounded.

    >>> signed(1.34), signed(-0.318, digits=2), signed(-0.01)
    ('+1.3', '−0.32', '0.0')
    """
    text = f"{abs(number):.{digits}f}"
    return text if not float(text) else f"{'+' if number > 0 else '−'}{text}"


def signed_change(number: float, before: float, *, digits: int = 1) -> str:
    """The change between two numbers as they are printed, so that what is read adds up.

    >>> signed_change(0.94, 0.76)  # printed as 0.9 and 0.8
    '+0.1'
    """
    return signed(round(number, digits) - round(before, digits), digits=digits)
