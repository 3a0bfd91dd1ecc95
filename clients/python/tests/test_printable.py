"""Ids from outside cannot forge a line of the log."""

import logging

import pytest

from detektor.processor import FrameContextFilter, log_context, wire
from detektor.processor.printable import printable

FORGED = "cam\n2026-12-01 ERROR forged\r\x1b[31m\x9b2J\u202e\u2066\u2028\t\0"


@pytest.mark.parametrize("text", ["Küche ? 😀", "a b"])
def test_printable_text_stays(text):
    assert printable(text) == text


def test_an_id_cannot_begin_a_line(caplog):
    logging.getLogger("detektor.processor").warning("frame %s was taken away", FORGED)
    assert caplog.messages == ["frame cam?2026-12-01 ERROR forged??[31m?2J????? was taken away"]


def test_the_context_of_a_record_is_printable():
    queued = wire.decode_queued("5-1", wire.flat(frame_id=FORGED, camera_id="c\x1b", capability="face", capture_id="3-4"))
    log_context.enter(queued)
    record = logging.LogRecord("n", logging.INFO, "p", 1, "m", (), None)
    FrameContextFilter().filter(record)
    log_context.enter()
    assert record.frame_context.startswith(" [frame=cam?2026")
    assert (record.frame_context + record.frame_id + record.camera_id).isprintable()
