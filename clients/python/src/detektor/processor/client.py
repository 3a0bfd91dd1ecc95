"""The class face: a processor as a subclass that processes frames."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from detektor.processor.config import ProcessorConfig
from detektor.processor.errors import ProcessorError
from detektor.processor.frames import Frame
from detektor.processor.processor import Processor


class ProcessorClient:
    """Subclass it and process frames::

        class FaceDetector(ProcessorClient):
            async def process_frame(self, frame):
                return {"faces": await self.count(await frame.load())}

        FaceDetector(processor_id="face-1", capabilities=["face_detection"]).run()

    `process_frame` answers as a handler of `Processor` does. It may be ``async def``, and runs in the event loop then, or ``def``,
    and runs in a thread. `setup` runs before the processor registers, `cleanup` in the end; both may be either, too.
    """

    def __init__(
        self,
        processor_id: str | None = None,
        capabilities: Sequence[str] | None = None,
        orchestrator_url: str | None = None,
        *,
        config: ProcessorConfig | None = None,
        **settings: Any,
    ) -> None:
        """The settings are those of `ProcessorConfig`; what is not given comes from the environment. Or all in one ``config``.

        Raises ValueError when one breaks its form.
        """
        if config is not None:
            if settings or processor_id or capabilities or orchestrator_url:
                raise TypeError("give a config, or the settings one by one, not both")
            self._processor = Processor.of(config)
        else:
            self._processor = Processor(processor_id, capabilities=capabilities, orchestrator_url=orchestrator_url, **settings)
        if self.config.executor == "process":
            raise ProcessorError("executor='process' is for a handler of a Processor: worker processes cannot share this object")
        self._processor.handler_of(self.process_frame)
        for hook, kept in ((self.setup, self._processor.on_start), (self.cleanup, self._processor.on_stop)):
            kept(hook)

    async def process_frame(self, frame: Frame) -> Any:
        """Yours: answers for a frame. ``frame["camera_id"]`` reads a field as from a dict."""
        raise NotImplementedError(f"{type(self).__name__} needs a process_frame(frame)")

    def setup(self) -> Any:
        """Yours, if wanted: runs before the processor registers, such as loading a model."""

    def cleanup(self) -> Any:
        """Yours, if wanted: runs in the end, when all frames are answered."""

    @property
    def config(self) -> ProcessorConfig:
        """Its settings."""
        return self._processor.config

    @property
    def processor_id(self) -> str:
        """Its id."""
        return self.config.processor_id

    @property
    def capabilities(self) -> list[str]:
        """What it finds in frames."""
        return list(self.config.capabilities)

    @property
    def queue_name(self) -> str:
        """The name of its work queue."""
        return self.config.queue

    @property
    def processor(self) -> Processor:
        """The processor that it is."""
        return self._processor

    def run(self) -> None:
        """Runs it until SIGTERM or Ctrl-C, like `Processor.run`."""
        self._processor.run()

    async def start(self) -> None:
        """Runs it within an event loop of yours until `stop`, like `Processor.serve`."""
        await self._processor.serve()

    async def stop(self) -> None:
        """Asks it to end in peace, and returns at once."""
        self._processor.stop()

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        parameters = list(inspect.signature(cls.process_frame).parameters)
        if len(parameters) != 2:
            raise TypeError(f"{cls.__name__}.process_frame takes a frame, and nothing else beside self")
