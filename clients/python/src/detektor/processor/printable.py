"""Text from outside, such as an id, as it may appear in a log line or on a terminal."""

from __future__ import annotations

import logging
import unicodedata

# Control characters, invisible ones and those that turn the direction of the text, halves of surrogate pairs, line and paragraph ends.
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def printable(text: str) -> str:
    """The text in one line, with a question mark for each character that is not printable."""
    if text.isprintable():
        return text
    return "".join("?" if unicodedata.category(c) in _UNSAFE else c for c in text)


class PrintableFilter(logging.Filter):
    """Keeps ids in the client's own messages from beginning a line of their own or moving the cursor."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Accepts every record, with a printable message."""
        message = record.getMessage()
        if not message.isprintable():
            record.msg, record.args = printable(message), ()
        return True


logging.getLogger("detektor.processor").addFilter(PrintableFilter())
