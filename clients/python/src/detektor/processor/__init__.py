"""Write a detector for frame-buffer: it gets frames, answers for each one, and loses none.

Begin with `Processor`; ``README.md`` shows the fifteen lines.
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
