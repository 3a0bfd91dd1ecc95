"""Runs a processor in a thread of the test."""

import asyncio
import threading

from detektor.processor import Processor
from tests.waiting import until


class Running:
    """``with Running(processor):`` runs the processor until the block ends."""

    def __init__(self, processor: Processor):
        self.processor = processor
        self.raised: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="a running processor")

    def _run(self):
        try:
            asyncio.run(self.processor.serve())
        except BaseException as e:  # noqa: BLE001
            self.raised = e

    def start(self, working: bool = True):
        self._thread.start()
        if working:
            until(lambda: self.processor.is_working or self.raised, "the processor works")
            if self.raised:
                raise self.raised
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.end()

    def end(self):
        self.processor.stop()
        self.join()

    def join(self, within: float = 30):
        self._thread.join(within)
        assert not self._thread.is_alive(), "the processor did not end"

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()
