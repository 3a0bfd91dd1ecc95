"""Reads the values of an entry one by one and collects what is wrong with them, so that all mistakes are join_problems at once."""

from __future__ import annotations

import re
from datetime import datetime

from detektor.processor import timestamps

_MAX_PROBLEMS = 32
_MAX_QUOTED = 60
_INTEGER = re.compile(rb"[+-]?[0-9]+")
_LARGEST = 2**63 - 1


class FieldReader:
    """For one entry."""

    __slots__ = ("problems",)

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def problem(self, field: str, reason: str) -> None:
        """Notes that a field breaks its form."""
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append((field, reason))

    def required(self, field: str, value: bytes | None) -> str:
        """Text of 1 to 256 characters; a problem and an empty text when it is absent or breaks the form."""
        if value is None:
            self.problem(field, "is missing")
            return ""
        text = self.text(field, value)
        if text is not None and not 1 <= len(text) <= 256:
            self.problem(field, "must have 1 to 256 characters")
        return text or ""

    def text(self, field: str, value: bytes) -> str | None:
        """The value as text; None and a problem when it is no UTF-8."""
        try:
            return value.decode()
        except UnicodeDecodeError:
            self.problem(field, "is not UTF-8")
            return None

    def integer(self, field: str, value: bytes | None, least: int, most: int = _LARGEST) -> int | None:
        """An integer within bounds; None when there is none, also after a problem."""
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
        """A moment; None when there is none, also after a problem."""
        if value is None:
            return None
        moment = timestamps.parse(value.decode(errors="replace"))
        if moment is None:
            self.problem(field, f"must be ISO 8601 or epoch seconds or milliseconds, not {quoted(value)}")
        return moment


def quoted(value: bytes) -> str:
    """The value for people: its beginning, without control characters."""
    text = value.decode(errors="replace")
    clean = "".join(c if c.isprintable() else "?" for c in text[:_MAX_QUOTED])
    return f'"{clean}…"' if len(text) > _MAX_QUOTED else f'"{clean}"'


def join_problems(problems: list[tuple[str, str]]) -> str:
    """All problems in one line."""
    return "; ".join(f"{field} {reason}" for field, reason in problems)
