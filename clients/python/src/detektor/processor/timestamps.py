"""Forms of a moment on the wire: ISO 8601 (without a zone: UTC), or seconds or milliseconds since 1970."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
LATEST_MILLIS = 253_402_300_799_999
# Larger numbers are milliseconds: as seconds they would be after the year 5138.
_MILLIS_FROM = 100_000_000_000
_LATEST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc)

_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_NUMBER = re.compile(r"([0-9]{1,18})(?:\.([0-9]+))?")


def parse(text: str) -> datetime | None:
    """Parses a moment from the year 1970 to 9999, truncated to microseconds; None when the text is not a moment."""
    if len(text) > 40:
        return None
    try:
        moment = _iso(text) if text[4:5] == "-" else _epoch(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment is not None and EPOCH <= moment <= _LATEST else None


def of_millis(millis: int) -> datetime:
    """The moment this many milliseconds after the start of 1970."""
    return EPOCH + timedelta(milliseconds=millis)


def micros(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds: ``2026-11-23T12:00:00.000000Z``."""
    utc = moment if moment.tzinfo is timezone.utc else moment.astimezone(timezone.utc)
    return utc.isoformat(timespec="microseconds")[:26] + "Z"


def after(moment: datetime, millis: int) -> datetime:
    """This many milliseconds after the moment, at most the end of the year 9999."""
    try:
        return moment + timedelta(milliseconds=millis)
    except OverflowError:
        return _LATEST


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    there = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), microsecond)
    return (there - _offset(zone)).replace(tzinfo=timezone.utc)


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta()
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if minutes > 59 or hours * 60 + minutes > 18 * 60:
        raise ValueError("invalid zone")
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if zone[0] == "-" else offset


def _epoch(text: str) -> datetime | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    number, fraction = int(found[1]), (found[2] or "").ljust(9, "0")[:9]
    nanos = int(fraction)
    if number >= _MILLIS_FROM:
        return EPOCH + timedelta(milliseconds=number, microseconds=nanos // 1_000_000)
    return EPOCH + timedelta(seconds=number, microseconds=nanos // 1_000)
