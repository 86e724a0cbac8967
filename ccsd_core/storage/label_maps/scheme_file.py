"""A label scheme by name, or a user-defined one in a TOML file.

# mine.toml
necrosis = 1
oedema = [2, 6]                    # several integers are read as one tissue; the first is written
enhancing = 3
ignored = { "resection cavity" = 4, "radiation change" = 5 }     # in no region; optional
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ccsd_core.domain.region import LabelScheme
from ccsd_core.errors import LabelSchemeError
from ccsd_core.storage.documents import parsed_toml

_TISSUES = ("necrosis", "oedema", "enhancing")
LARGEST_LABEL = 255


def scheme_from(text: str) -> LabelScheme:
    """The scheme that a command line or a configuration names: `brats2023`, or `mine.toml`.

    Raises:
        LabelSchemeError: If there is no such scheme, or the file has mistakes.
    """
    if not text.strip().lower().endswith(".toml"):
        return LabelScheme.parse(text)
    path = Path(text.strip())
    try:
        stated = parsed_toml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabelSchemeError(f"{path} does not exist: check the path") from None
    except (OSError, ValueError) as error:
        raise LabelSchemeError(f"{path} is not a readable TOML file ({error})") from error
    return _checked(path, stated)


def _checked(path: Path, stated: Mapping[str, Any]) -> LabelScheme:
    unknown = sorted(set(stated) - {*_TISSUES, "ignored"})
    absent = [name for name in _TISSUES if name not in stated]
    if unknown or absent:
        what = f"lacks {', '.join(absent)}" if absent else f"has the unknown {', '.join(unknown)}"
        raise LabelSchemeError(
            f"{path} {what}: state necrosis, oedema and enhancing, each as an integer or a list, "
            'and the others as ignored = { "name" = integer }'
        )
    ignored = stated.get("ignored", {})
    others = cast("dict[str, object]", ignored) if isinstance(ignored, dict) else {"ignored": None}
    values = {
        **{name: _several(stated[name]) for name in _TISSUES},
        **{name: [value] for name, value in others.items()},
    }
    for name, several in values.items():
        for value in several or [None]:
            if type(value) is not int or not 0 < value <= LARGEST_LABEL:
                raise LabelSchemeError(
                    f"{path} states {name} = {stated.get(name, value)!r}: a label is an integer "
                    f"from 1 to {LARGEST_LABEL}"
                )
    integers = [int(str(value)) for several in values.values() for value in several]
    if len(set(integers)) != len(integers):
        raise LabelSchemeError(f"{path} assigns one integer to two names: {dict(stated)}")
    necrosis, oedema, enhancing, *rest = (
        [int(str(value)) for value in several] for several in values.values()
    )
    return LabelScheme(
        path.stem,
        oedema[0],
        necrosis[0],
        enhancing[0],
        ignored=tuple(one for several in rest for one in several),
        merged=tuple(
            (one, first) for first, *more in (necrosis, oedema, enhancing) for one in more
        ),
    )


def _several(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]
