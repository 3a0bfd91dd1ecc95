"""Detectors that tests run as programs (``python -m tests.detectors NAME``), and handlers for worker processes."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

from detektor.processor import Processor


def steady(frame):
    """Takes as many seconds as the variable TAKES says."""
    time.sleep(float(os.environ.get("TAKES", "0")))
    return {"id": frame.frame_id, "pid": os.getpid()}


def crashing(frame):
    """Ends its process if the frame has a field ``crash``."""
    if "crash" in frame:
        if frame["crash"] == "realtime":
            os.kill(os.getpid(), signal.SIGRTMIN + 5)
        os._exit(7) if frame["crash"] == "exit" else ctypes.string_at(0)
    return os.getpid()


def crashing_batch(frames):
    """Like `crashing`, for a batch."""
    return [crashing(frame) for frame in frames]


def holding_the_lock(frame):
    """Holds Python's global lock, as a C extension may: no other thread of the process can run."""
    ctypes.PyDLL(None).usleep(int(frame.get("hold_us", "0")))
    return "done"


def leaving(frame):
    """Calls sys.exit if the frame has a field ``leave``."""
    if "leave" in frame:
        sys.exit(4)
    return len(frame.bytes)


_model = None


def load_model():
    """Simulates a model that is loaded once in each process."""
    global _model
    _model = os.getpid()
    if os.environ.get("NO_MODEL"):
        raise OSError("no such file")


def with_model(_):
    """Returns the loaded model."""
    return _model


async def load_model_in_a_loop():
    """Like `load_model`."""
    await asyncio.sleep(0)
    load_model()


async def unload_model():
    """Records that it ran."""
    await asyncio.to_thread(Path(os.environ["UNLOADED"]).touch)


def stuck(_):
    """Never returns."""
    Path(os.environ["BEGUN"]).touch()
    while True:
        time.sleep(3600)


def load_slowly():
    """The first start takes no time; each later one waits for the file ``go``."""
    folder = Path(os.environ["FOLDER"])
    if (folder / "started").exists():
        (folder / "again").touch()
        while not (folder / "go").exists():
            time.sleep(0.02)
    (folder / "started").touch()


def recorded(frame):
    """Records its calls; ends its process or hangs if the frame has such a field."""
    Path(os.environ["FOLDER"], frame.frame_id).touch()
    if "crash" in frame:
        os._exit(7)
    while "hang" in frame:
        time.sleep(3600)
    return os.getpid()


if __name__ == "__main__":
    settings = {"capacity": int(os.environ.get("CAPACITY", "10")), "concurrency": int(os.environ.get("CONCURRENCY", "2"))}
    processor = Processor(sys.argv[1], capabilities=["face"], heartbeat_interval=1, **settings)
    processor.handler(steady)
    processor.run()
