"""Errors that the author of a detector can act on. Each has a one-line message."""

from __future__ import annotations


class ProcessorError(Exception):
    """Base class of these errors."""


class RegistrationRefused(ProcessorError):
    """The orchestrator refused the registration; the message says why, and what to do."""


class StartFailed(ProcessorError):
    """An ``on_start`` function failed or timed out, or the worker processes or the health server did not start."""


class PixelsGone(ProcessorError):
    """The frame's pixels no longer exist, so no processor can process it. If a handler does not catch it, the frame is rejected."""


class PixelsAway(ProcessorError):
    """Redis is unavailable, so the pixels cannot be fetched now. If a handler does not catch it, the frame is retried, uncharged."""


class NoPicture(ProcessorError):
    """OpenCV cannot decode the frame's pixels. If a handler does not catch it, the frame is rejected."""


class WorkerCrashed(ProcessorError):
    """A worker process ended while it was processing a frame."""
