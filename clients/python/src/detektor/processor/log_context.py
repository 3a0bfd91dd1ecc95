"""Log lines that name the frame and the trace they belong to. Nothing of the author's logging is changed."""

from __future__ import annotations

import logging
from contextvars import ContextVar

from detektor.processor import wire

_current: ContextVar[tuple[wire.QueuedFrame, ...]] = ContextVar("detektor_frames", default=())
FORMAT = "%(asctime)s %(levelname)-7s %(name)s - %(message)s%(frame_context)s"


def enter(*frames: wire.QueuedFrame) -> None:
    """In this thread or task, these frames are processed from now on."""
    _current.set(frames)


class FrameContextFilter(logging.Filter):
    """Adds to each record ``frame_id``, ``camera_id`` and ``trace_id``, empty outside of a handler; in a batch, with a comma
    between them. And ``frame_context``: the same as words for the end of a line.

    ``handler.addFilter(FrameContextFilter())`` on a handler of your logging; then name them in its format.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record pass."""
        frames = _current.get()
        frame_id = ",".join(one.event.frame_id for one in frames)
        camera_id = ",".join(one.event.camera_id for one in frames)
        trace_id = ",".join(one.event.trace.trace_id for one in frames if one.event.trace)
        record.frame_id, record.camera_id, record.trace_id = frame_id, camera_id, trace_id
        record.frame_context = f" [frame={frame_id} camera={camera_id} trace={trace_id}]" if frames else ""
        return True


def show_unless_configured(level: int = logging.INFO) -> None:
    """Prints the client's own lines, as long as the author has not configured logging; from then on theirs alone counts."""
    ours = logging.getLogger("detektor")
    root = logging.getLogger()
    if ours.handlers or root.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(FrameContextFilter())
    handler.addFilter(lambda _: not root.handlers)
    ours.addHandler(handler)
    if ours.level == logging.NOTSET:
        ours.setLevel(level)
