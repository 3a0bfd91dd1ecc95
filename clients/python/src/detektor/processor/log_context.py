"""Adds frame and trace to log records. Does not change the author's logging configuration."""

from __future__ import annotations

import logging
from contextvars import ContextVar

from detektor.processor import wire
from detektor.processor.printable import printable

_current: ContextVar[tuple[wire.QueuedFrame, ...]] = ContextVar("detektor_frames", default=())
FORMAT = "%(asctime)s %(levelname)-7s %(name)s - %(message)s%(frame_context)s"


def enter(*frames: wire.QueuedFrame) -> None:
    """Sets the frames that the current thread or task is processing."""
    _current.set(frames)


class FrameContextFilter(logging.Filter):
    """Adds ``frame_id``, ``camera_id`` and ``trace_id`` to each record; empty outside of a handler, separated by commas in a batch.
    Also adds ``frame_context``, the same values as text for the end of a line.

    Add it to a handler of your logging with ``handler.addFilter(FrameContextFilter())``, and use the names in its format.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Accepts every record."""
        frames = _current.get()
        frame_id = printable(",".join(one.event.frame_id for one in frames))
        camera_id = printable(",".join(one.event.camera_id for one in frames))
        trace_id = ",".join(one.event.trace.trace_id for one in frames if one.event.trace)
        record.frame_id, record.camera_id, record.trace_id = frame_id, camera_id, trace_id
        record.frame_context = f" [frame={frame_id} camera={camera_id} trace={trace_id}]" if frames else ""
        return True


def show_unless_configured(level: int = logging.INFO) -> None:
    """Prints the client's log lines to standard error until the author configures logging."""
    client_logger = logging.getLogger("detektor")
    root = logging.getLogger()
    if client_logger.handlers or root.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(FrameContextFilter())
    handler.addFilter(lambda _: not root.handlers)
    client_logger.addHandler(handler)
    if client_logger.level == logging.NOTSET:
        client_logger.setLevel(level)
