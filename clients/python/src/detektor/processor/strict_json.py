"""Strict JSON, as the wire requires: one value, no duplicate member, no text after it, no NaN."""

from __future__ import annotations

import json
from typing import Any

_DEEPEST = 100


def read_object(text: bytes | str) -> dict[str, Any] | None:
    """The JSON object in this text; None when the text is anything else."""
    value = read_value(text)
    return value if isinstance(value, dict) else None


def read_value(text: bytes | str) -> Any:
    """The JSON value in this text; None when the text is not valid JSON, or is ``null``."""
    try:
        return _DECODER.decode(text.decode() if isinstance(text, bytes) else text)
    except (ValueError, RecursionError):
        return None


def is_one_value(text: str) -> bool:
    """Whether this text is exactly one JSON value."""
    try:
        _DECODER.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def write(value: Any) -> str:
    """The value as JSON. numpy numbers and arrays, sets and tuples are converted.

    Raises ValueError for NaN and infinity, and TypeError for a value that JSON cannot hold.
    """
    return _ENCODER.encode(value)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _other(value: Any) -> Any:
    # Converts numpy values by their method, without importing numpy.
    as_list = getattr(value, "tolist", None)
    if callable(as_list):
        return as_list()
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError(f"JSON cannot hold a value of type {type(value).__name__}")


class _Decoder(json.JSONDecoder):
    def decode(self, s: str, *args: Any) -> Any:
        value = super().decode(s, *args)
        _check_depth(value, _DEEPEST)
        return value


def _check_depth(value: Any, left: int) -> None:
    if not isinstance(value, (dict, list)):
        return
    if left == 0:
        raise ValueError("nested too deeply")
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            _check_depth(inner, left - 1)


# Numbers of any size are read; the code that uses a number checks its bounds.
_DECODER = _Decoder(object_pairs_hook=_members, parse_constant=_refuse)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_other)
