"""A processor of a chaos run that uses the Python client. Obeys commands on standard input, and ends with it."""

import argparse
import os
import sys
import threading
import time

from detektor.processor import Processor, retry

KILLED = 137
PUT_OFF_SECONDS = 2
# Longer than the processing timeout of a run.
HANG_SECONDS = 15
USUAL_MILLIS = 1

arguments = argparse.ArgumentParser(description=__doc__)
for name in ("id", "redis", "orchestrator", "capability"):
    arguments.add_argument("--" + name, required=True)
for name in ("capacity", "concurrency"):
    arguments.add_argument("--" + name, required=True, type=int)
given = arguments.parse_args()

millis = USUAL_MILLIS
puts_off = False


def obey():
    global millis, puts_off
    for line in sys.stdin:
        command, _, value = line.strip().partition(" ")
        if command == "slow":
            millis = max(USUAL_MILLIS, int(value))
        elif command == "put-off":
            puts_off = value == "true"
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
    if puts_off:
        return retry("everything is put off", after=PUT_OFF_SECONDS)
    time.sleep(millis / 1000)
    return {}


threading.Thread(target=obey, daemon=True).start()
processor.run()
