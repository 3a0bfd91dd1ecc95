"""JSON as the wire has it: one value, no member twice, nothing behind it, no NaN."""

from __future__ import annotations

import json
from typing import Any

_DEEPEST = 100


def read_object(text: bytes | str) -> dict[str, Any] | None:
    """The JSON object in this text; None when it holds anything else."""
    value = read_value(text)
    return value if isinstance(value, dict) else None


def read_value(text: bytes | str) -> Any:
    """The JSON value in this text; None when it holds none, or null."""
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
    """The value as JSON. numpy numbers and arrays, sets, tuples and bytes-free dataclasses of such are written as JSON has them.

    Raises ValueError for NaN and infinity, and TypeError for what has no form in JSON.
    """
    return _ENCODER.encode(value)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member twice")
    return members


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _other(value: Any) -> Any:
    # numpy is not imported for this: whatever has its methods is written by them.
    as_list = getattr(value, "tolist", None)
    if callable(as_list):
        return as_list()
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError(f"a result is what JSON can hold, not {type(value).__name__}")


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


# Any number is read: only what it is needed for decides whether it is in bounds.
_DECODER = _Decoder(object_pairs_hook=_members, parse_constant=_refuse)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_other)
