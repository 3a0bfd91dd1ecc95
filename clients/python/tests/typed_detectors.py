"""Detectors as authors type them. A test checks this file with mypy: a comment that ignores no error is an error."""

from typing import Any

from detektor.processor import Answer, Frame, Processor, ProcessorClient, ProcessorConfig, reject


class Waiting(ProcessorClient):
    async def process_frame(self, frame: Frame) -> dict[str, str]:
        return {"camera": frame.camera_id}


class Computing(ProcessorClient):
    def __init__(self, **settings: Any) -> None:
        super().__init__("face-1", ["face"], **settings)

    def process_frame(self, frame: Frame) -> "list[int] | Answer":
        return [frame.width] if frame.attempt == 1 else reject("again")


Waiting("face-1", ["face"], "http://localhost:8002", capacity=10, redis_url=None)
Waiting("face-1", ["face"], capcity=10)  # type: ignore[call-arg]
Waiting("face-1", ["face"], concurrency="2")  # type: ignore[arg-type]

faces = Processor("face-1", capabilities=["face"], batch=16, batch_wait=1, metadata={"model": 5}, tracing=None)
Processor("face-1", capabilites=["face"])  # type: ignore[call-arg]
Processor("face-1", capabilities=["face"], capacity="10")  # type: ignore[arg-type]

ProcessorConfig.from_env(processor_id="face-1", capabilities=("face",), grace=1)
ProcessorConfig.from_env(processor="face-1")  # type: ignore[call-arg]


@faces.handler
async def detect(frames: list[Frame]) -> list[str]:
    return [frame.frame_id for frame in frames]
