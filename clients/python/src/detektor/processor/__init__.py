"""Client for detectors of frame-buffer: your handler gets frames and answers each one; no frame is lost.

Begin with `Processor`; ``README.md`` has an example of fifteen lines.
"""

from detektor.processor.answers import Answer, error, reject, retry
from detektor.processor.client import ProcessorClient
from detektor.processor.config import ProcessorConfig
from detektor.processor.errors import (
    NoPicture,
    PixelsAway,
    PixelsGone,
    ProcessorError,
    RegistrationRefused,
    StartFailed,
)
from detektor.processor.frames import Frame
from detektor.processor.log_context import FrameContextFilter
from detektor.processor.processor import Processor
from detektor.processor.producer import FrameProducer, NotPublished

__version__ = "2.0.0"

__all__ = [
    "Answer",
    "Frame",
    "FrameContextFilter",
    "FrameProducer",
    "NoPicture",
    "NotPublished",
    "PixelsAway",
    "PixelsGone",
    "Processor",
    "ProcessorClient",
    "ProcessorConfig",
    "ProcessorError",
    "RegistrationRefused",
    "StartFailed",
    "error",
    "reject",
    "retry",
]
