"""Messages of the engine as the window shows them: sentence case, no command-line options."""

from ccsd_core.errors import without_command_line


def sentence(text: str) -> str:
    """The text with a capital first letter; unchanged if it begins with a name.

    A name is recognised by digits, dots or capitals.

    >>> sentence("no case is open"), sentence("t1.nii.gz is empty"), sentence("pT2 of it")
    ('No case is open', 't1.nii.gz is empty', 'pT2 of it')
    """
    first = text.partition(" ")[0].rstrip(",:;…").replace("-", "")
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


def message(text: str) -> str:
    """A note or an error of the engine as the window shows it.

    >>> message("choose a model (command line: --model)")
    'Choose a model'
    """
    return sentence(without_command_line(text))
