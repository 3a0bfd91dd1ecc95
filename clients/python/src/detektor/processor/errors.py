"""What can go wrong and its author can do something about. Each says so in one line."""

from __future__ import annotations


class ProcessorError(Exception):
    """Any of these."""


class RegistrationRefused(ProcessorError):
    """The orchestrator does not take this processor as it is; the message says why, and what to do."""


class StartFailed(ProcessorError):
    """A function of ``on_start`` failed or did not end in time, or the workers did not start."""


class PixelsGone(ProcessorError):
    """A frame's pixels are no longer there, so it can never be processed. A handler lets it pass; the frame is then rejected."""


class PixelsAway(ProcessorError):
    """Redis is away, so the pixels cannot be fetched now. A handler lets it pass; the frame is then sent again, uncharged."""


class NoPicture(ProcessorError):
    """A frame's pixels are no picture that OpenCV reads. A handler lets it pass; the frame is then rejected."""


class WorkerCrashed(ProcessorError):
    """A worker process ended while it held a frame."""
