"""Damage: what happens to bytes, to JSON and TOML, and to names of files.

Inputs begin as valid ones, so that readers are reached behind their first check.
"""

import copy
import json
from typing import Any

from hypothesis import strategies as st

LARGE = 1 << 16
NUMBERS = (0, -1, 1, 3, 255, 256, 2**15, 2**31, 2**32 - 1, 2**63, -(2**63), 10**40)
FLOATS = (0.0, -0.0, 1e-320, 1e39, 1e308, float("inf"), float("-inf"), float("nan"))
TEXTS = (
    "",
    " ",
    "a",
    "FLAIR",
    "labels",
    "../../etc",
    "/",
    "a\nb",
    "\0",
    "\ud800",
    "ß\u202e",
    "1e400",
    "x" * 5000,
    "C:\\p",
    "nan",
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.sampled_from(FLOATS),
    st.sampled_from(TEXTS),
    st.text(max_size=8),
)
JUNK = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(st.sampled_from(TEXTS), SCALARS, max_size=3),
)
DEEP = st.sampled_from(("[" * 200_000, '{"a":' * 100_000, "[" * 3000 + "]" * 3000, "9" * 10_000))
"""Nested beyond any reader's recursion, and a number beyond Python's limit of digits."""


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Bytes with a few changes: set, cut out, cut off, repeated, put in."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(0, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        match draw(st.integers(0, 6)):
            case 0:
                data[at] = draw(st.integers(0, 255))
            case 1:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case 2:
                del data[at:]
            case 3:
                del data[at : at + draw(st.integers(1, 64))]
            case 4:
                piece = draw(st.sampled_from((b"\0", b"\xff", b"\x7f\x80"))) * draw(
                    st.integers(1, 8)
                )
                data[at : at + len(piece)] = piece
            case 5:
                data[at:at] = draw(st.binary(max_size=16))
            case _:
                data[at:at] = data[at : at + draw(st.integers(1, 200))]
    return bytes(data)


@st.composite
def edited(draw: st.DrawFn, whole: Any) -> Any:
    """A JSON value with a few values replaced, left out, renamed or wrapped."""
    value = copy.deepcopy(whole)
    for _ in range(draw(st.integers(0, 3))):
        value = _edit(draw, value)
    return value


def _edit(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict | list) and value and draw(st.integers(0, 5)):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = draw(st.sampled_from(keys))
        match draw(st.integers(0, 7)):
            case 0:
                del value[key]
            case 1 if isinstance(value, dict):
                value[draw(st.sampled_from(TEXTS))] = value.pop(key)
            case 2 if isinstance(value, list):
                value.append(copy.deepcopy(value[key]))
            case _:
                value[key] = _edit(draw, value[key])
        return value
    return draw(st.one_of(JUNK, st.just([value]), st.just({"a": value}), st.just(str(value))))


def json_bytes(whole: Any) -> st.SearchStrategy[bytes]:
    """The bytes of a JSON document, damaged in its values, its text, or beyond reading."""
    texts = edited(whole).map(lambda value: json.dumps(value).encode())
    return st.one_of(
        texts,
        texts,
        texts,
        damaged(json.dumps(whole).encode()),
        st.one_of(DEEP, st.text(max_size=20)).map(lambda t: t.encode(errors="surrogatepass")),
    )


def toml_bytes(whole: Any) -> st.SearchStrategy[bytes]:
    """The bytes of a TOML document, damaged like JSON."""
    texts = edited(whole).map(lambda value: toml_text(value).encode(errors="replace"))
    deep = st.sampled_from(("a = " + "[" * 5000, "a" + ".a" * 5000 + " = 1", "a = " + "9" * 9999))
    return st.one_of(
        texts,
        texts,
        texts,
        damaged(toml_text(whole).encode()),
        st.one_of(deep, st.text(max_size=20)).map(lambda t: t.encode(errors="surrogatepass")),
    )


def toml_text(value: Any) -> str:
    """A value as TOML; what TOML has no form for is written as text."""
    if not isinstance(value, dict):
        return f"value = {_toml(value)}\n"
    flat = {k: v for k, v in value.items() if not isinstance(v, dict)}
    lines = [f"{json.dumps(k)} = {_toml(v)}" for k, v in flat.items()]
    for name, table in value.items():
        if isinstance(table, dict):
            lines += [f"[{json.dumps(name)}]"]
            lines += [f"{json.dumps(k)} = {_toml(v)}" for k, v in table.items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


WORDS = (
    *("flair", "t1", "t1ce", "t2", "seg", "t1c", "t1n", "t2f", "t2w", "+C", "KM", "labels"),
    *("mask", "brain", "BraTS2021_00001", "P1", "P2", "Timepoint_1", "_0000", "_0001", "week-3"),
    *("imagesTr", "labelsTr", "anat", "MRI", "BRATS_001", "ü", "\udcff", "\udc80x", " ", "..."),
)
ENDINGS = (".nii.gz", ".nii", ".nrrd", ".mha", ".dcm", ".json", ".txt", ".hdr", ".img", ".zip", "")
NAMES = st.builds(
    lambda words, joint, ending: (joint.join(words) + ending)[:80],
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    st.sampled_from(("_", "-", " ", "", ".")),
    st.sampled_from(ENDINGS),
).filter(lambda name: name not in (".", "..") and "/" not in name and "\0" not in name)
