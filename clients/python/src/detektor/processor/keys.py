"""Names of Redis keys (docs/protocol.md 2.1), rules for ids and capabilities, and the partition of a camera."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

READY = "frames:ready:"
ID_FORM = "must have 1 to 128 of the characters A-Z a-z 0-9 . _ : -"
_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True)
class Keys:
    """The keys of one partition. All keys have its prefix; ``{p0}`` keeps them in one slot of a Redis Cluster."""

    prefix: str = ""

    def named(self, name: str) -> str:
        """The key with this name: prefix and name."""
        return self.prefix + name

    @property
    def capture(self) -> str:
        """Stream: captured frames, written by producers."""
        return self.prefix + "frames:capture"

    @property
    def results(self) -> str:
        """Stream: results, unless the processor names another stream."""
        return self.prefix + "frames:results"

    @property
    def returned(self) -> str:
        """Stream: frames that processors return."""
        return self.prefix + "frames:returned"

    @property
    def backpressure(self) -> str:
        """Hash: the share of frames that producers should send."""
        return self.prefix + "frame-buffer:backpressure"

    def pixels(self, frame_id: str) -> str:
        """String: the pixels of a frame that does not carry them itself."""
        return f"{self.prefix}frame:{frame_id}"


def partition_of(camera_id: str, count: int) -> int:
    """The partition number of a camera: the CRC-32 of its id in UTF-8, modulo the number of partitions."""
    return zlib.crc32(camera_id.encode()) % count


def is_id(text: str) -> bool:
    """Whether this text is a valid processor id or queue name."""
    return _ID.fullmatch(text) is not None


def is_capability(text: str) -> bool:
    """Whether this text is a valid capability: 1 to 128 characters, no control character, no space at either end."""
    return 0 < len(text) <= 128 and text == text.strip() and not any(_unprintable(ord(c)) for c in text)


def _unprintable(code: int) -> bool:
    # The last range is half of a surrogate pair: JSON can escape it, but UTF-8 cannot encode it.
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code <= 0xDFFF
