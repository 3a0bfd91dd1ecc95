"""The names of Redis keys (docs/protocol.md 2.1), the forms of names, and in which partition a camera is."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

READY = "frames:ready:"
ID_FORM = "must be 1 to 128 of A-Z a-z 0-9 . _ : -"
_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True)
class Keys:
    """The keys of one partition: all begin with its prefix, so that ``{p0}`` keeps them in one slot of a Redis Cluster."""

    prefix: str = ""

    def named(self, name: str) -> str:
        """The key with this name."""
        return self.prefix + name

    @property
    def capture(self) -> str:
        """Stream: frames as captured, written by producers."""
        return self.prefix + "frames:capture"

    @property
    def results(self) -> str:
        """Stream: results, unless a processor names its own."""
        return self.prefix + "frames:results"

    @property
    def returned(self) -> str:
        """Stream: frames that processors give back."""
        return self.prefix + "frames:returned"

    @property
    def backpressure(self) -> str:
        """Hash: how much producers are to send."""
        return self.prefix + "frame-buffer:backpressure"

    def pixels(self, frame_id: str) -> str:
        """String: the pixels of a frame that does not carry them inline."""
        return f"{self.prefix}frame:{frame_id}"


def partition_of(camera_id: str, count: int) -> int:
    """The number of the partition in which a camera is: the CRC-32 of its id's UTF-8 bytes, modulo how many there are."""
    return zlib.crc32(camera_id.encode()) % count


def is_id(text: str) -> bool:
    """Whether this may be a processor's id or the name of its queue."""
    return _ID.fullmatch(text) is not None


def is_capability(text: str) -> bool:
    """Whether this may name a capability: 1 to 128 characters, no control character and no space around it."""
    return 0 < len(text) <= 128 and text == text.strip() and not any(_unprintable(ord(c)) for c in text)


def _unprintable(code: int) -> bool:
    # Half of a surrogate pair: JSON can escape one alone, UTF-8 cannot hold it.
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code <= 0xDFFF
