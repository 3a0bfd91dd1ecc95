"""Reads the fields of an entry and collects all problems, so that one error names them all."""

from __future__ import annotations

import re
from datetime import datetime

from detektor.processor import timestamps

_MAX_PROBLEMS = 32
_MAX_QUOTED = 60
_INTEGER = re.compile(rb"[+-]?[0-9]+")
_LARGEST = 2**63 - 1


class FieldReader:
    """Reads the fields of one entry."""

    __slots__ = ("problems",)

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def problem(self, field: str, reason: str) -> None:
        """Records that a field is invalid."""
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append((field, reason))

    def required(self, field: str, value: bytes | None) -> str:
        """Text of 1 to 256 characters. Records a problem and returns an empty text when the field is missing or invalid."""
        if value is None:
            self.problem(field, "is missing")
            return ""
        text = self.text(field, value)
        if text is not None and not 1 <= len(text) <= 256:
            self.problem(field, "must have 1 to 256 characters")
        return text or ""

    def text(self, field: str, value: bytes) -> str | None:
        """The value as text. Records a problem and returns None when the value is not UTF-8."""
        try:
            return value.decode()
        except UnicodeDecodeError:
            self.problem(field, "is not UTF-8")
            return None

    def integer(self, field: str, value: bytes | None, least: int, most: int = _LARGEST) -> int | None:
        """An integer within bounds. Returns None when the field is missing; records a problem and returns None when it is invalid."""
        if value is None:
            return None
        if len(value) < 400 and _INTEGER.fullmatch(value):
            number = int(value)
            if least <= number <= most:
                return number
        bounds = f"of at least {least}" if most == _LARGEST else f"from {least} to {most}"
        self.problem(field, f"must be an integer {bounds}, not {quoted(value)}")
        return None

    def moment(self, field: str, value: bytes | None) -> datetime | None:
        """A moment. Returns None when the field is missing; records a problem and returns None when it is invalid."""
        if value is None:
            return None
        moment = timestamps.parse(value.decode(errors="replace"))
        if moment is None:
            self.problem(field, f"must be ISO 8601 or epoch seconds or milliseconds, not {quoted(value)}")
        return moment


def quoted(value: bytes) -> str:
    """The beginning of the value in quotes, without control characters, for messages."""
    text = value.decode(errors="replace")
    clean = "".join(c if c.isprintable() else "?" for c in text[:_MAX_QUOTED])
    return f'"{clean}…"' if len(text) > _MAX_QUOTED else f'"{clean}"'


def join_problems(problems: list[tuple[str, str]]) -> str:
    """All problems in one line."""
    return "; ".join(f"{field} {reason}" for field, reason in problems)
