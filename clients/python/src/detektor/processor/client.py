"""The class-based API: a processor as a subclass with a ``process_frame`` method."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from detektor.processor.config import ProcessorConfig
from detektor.processor.errors import ProcessorError
from detektor.processor.frames import Frame
from detektor.processor.processor import Processor
from detektor.processor.settings import ClientSettings

if sys.version_info >= (3, 11):
    from typing import Unpack
elif TYPE_CHECKING:
    from typing_extensions import Unpack


class ProcessorClient:
    """Subclass it and implement ``process_frame``::

        class FaceDetector(ProcessorClient):
            async def process_frame(self, frame):
                return {"faces": await self.count(await frame.load())}

        FaceDetector(processor_id="face-1", capabilities=["face_detection"]).run()

    `process_frame` returns the same values as a handler of `Processor`. An ``async def`` runs in the event loop, a ``def`` in a
    thread. `setup` runs before the processor registers, `cleanup` at the end; each may be ``def`` or ``async def``.
    """

    def __init__(
        self,
        processor_id: str | None = None,
        capabilities: Sequence[str] | None = None,
        orchestrator_url: str | None = None,
        *,
        config: ProcessorConfig | None = None,
        **settings: Unpack[ClientSettings],
    ) -> None:
        """Takes the settings of `ProcessorConfig`, one by one or as one ``config``. Missing settings come from the environment.

        Raises ValueError when a setting is invalid.
        """
        if config is not None:
            if settings or processor_id or capabilities or orchestrator_url:
                raise TypeError("pass either config or single settings, not both")
            self._processor = Processor.of(config)
        else:
            self._processor = Processor(processor_id, capabilities=capabilities, orchestrator_url=orchestrator_url, **settings)
        if self.config.executor == "process":
            raise ProcessorError("executor='process' needs a Processor with a handler function: processes cannot share this object")
        self._processor.handler_of(self.process_frame)
        for hook, kept in ((self.setup, self._processor.on_start), (self.cleanup, self._processor.on_stop)):
            kept(hook)

    def process_frame(self, frame: Frame) -> Any:
        """Override, with ``def`` or ``async def``: processes one frame and returns its answer. ``frame["camera_id"]`` reads a field."""
        raise NotImplementedError(f"{type(self).__name__} must implement process_frame(frame)")

    def setup(self) -> Any:
        """Optional override: runs before the processor registers, for example to load a model."""

    def cleanup(self) -> Any:
        """Optional override: runs at the end, after all frames are answered."""

    @property
    def config(self) -> ProcessorConfig:
        """The settings."""
        return self._processor.config

    @property
    def processor_id(self) -> str:
        """The id of the processor."""
        return self.config.processor_id

    @property
    def capabilities(self) -> list[str]:
        """The capabilities that the processor offers."""
        return list(self.config.capabilities)

    @property
    def queue_name(self) -> str:
        """The name of the work queue, without key prefix."""
        return self.config.queue

    @property
    def processor(self) -> Processor:
        """The `Processor` that runs this object's methods."""
        return self._processor

    def run(self) -> None:
        """Runs until SIGTERM or Ctrl-C, like `Processor.run`."""
        self._processor.run()

    async def start(self) -> None:
        """Runs in the caller's event loop until `stop`, like `Processor.serve`."""
        await self._processor.serve()

    async def stop(self) -> None:
        """Requests a graceful stop and returns at once."""
        self._processor.stop()

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        parameters = list(inspect.signature(cls.process_frame).parameters)
        if len(parameters) != 2:
            raise TypeError(f"{cls.__name__}.process_frame must take self and a frame, and nothing else")
