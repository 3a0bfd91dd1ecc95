"""A processor with the Python client for chaos runs. Reads commands from standard input, and exits when it closes."""

import argparse
import os
import sys
import threading
import time

from detektor.processor import Processor, retry

KILLED = 137
RETRY_AFTER_SECONDS = 2
# Longer than the processing timeout of a chaos run.
HANG_SECONDS = 15
DEFAULT_MILLIS = 1

arguments = argparse.ArgumentParser(description=__doc__)
for name in ("id", "redis", "orchestrator", "capability"):
    arguments.add_argument("--" + name, required=True)
for name in ("capacity", "concurrency"):
    arguments.add_argument("--" + name, required=True, type=int)
given = arguments.parse_args()

millis = DEFAULT_MILLIS
retries_all = False


def read_commands():
    global millis, retries_all
    for line in sys.stdin:
        command, _, value = line.strip().partition(" ")
        if command == "slow":
            millis = max(DEFAULT_MILLIS, int(value))
        elif command == "put-off":
            retries_all = value == "true"
    os._exit(KILLED)


processor = Processor(
    given.id,
    capabilities=[given.capability],
    orchestrator_url=given.orchestrator,
    redis_url=given.redis,
    capacity=given.capacity,
    concurrency=given.concurrency,
    heartbeat_interval=2,
    grace=3,
)


@processor.handler
def handle(frame):
    poison = frame.get("chaos_poison")
    if poison == "exit":
        os._exit(KILLED)
    if poison == "hang":
        time.sleep(HANG_SECONDS)
    if poison in ("fail", "hang"):
        raise RuntimeError("this frame is poison")
    if retries_all:
        return retry("all frames are retried", after=RETRY_AFTER_SECONDS)
    time.sleep(millis / 1000)
    return {}


threading.Thread(target=read_commands, daemon=True).start()
processor.run()
