"""Compares the throughput of a no-op processor with a plain redis-py loop (XREADGROUP, XADD, XACK), in alternating rounds.

    clients/python/.venv/bin/python clients/python/bench/no_op.py [--frames 20000] [--rounds 7]

Each program is one process, and empties a queue that was filled before, on its own Redis. The rate is measured from the first
result to the last. With ``--latency`` a producer adds 200 frames per second instead; the program measures the time from the
addition of a frame to its handler. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import redis

from detektor.processor.testing import TestRedis

QUEUE, GROUP, RESULTS = "frames:ready:bench", "bench-group", "frames:results"
CAPTURED = 1_763_899_200_000


class _Orchestrator(BaseHTTPRequestHandler):
    """A fake orchestrator that accepts every request."""

    protocol_version = "HTTP/1.1"

    def _do(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(201 if self.path.endswith("register") else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_PUT = do_DELETE = _do  # noqa: N815

    def log_message(self, *_):
        pass


def frame(number):
    """A typical entry of a work queue."""
    return {
        "frame_id": f"frame-{number}",
        "camera_id": f"cam-{number % 20}",
        "timestamp": "2026-11-23T12:00:00.000000",
        "size_bytes": "204800",
        "width": "1920",
        "height": "1080",
        "format": "jpeg",
        "priority": "3",
        "detection_type": "face",
        "metadata": '{"detection_type":"face","fps":30,"location":"front_door"}',
        "capability": "face",
        "attempt": "1",
        "capture_id": f"{CAPTURED + number}-0",
        "enqueued_at": "2026-11-23T12:00:00.250000Z",
        "traceparent": f"00-4bf92f3577b34da6a3ce929d0e0e4736-{number + 1:016x}-01",
        "trace_context": f'{{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"{number + 1:016x}","trace_flags":"01"}}',
        "sent": repr(time.time()),
    }


def client(concurrency, handler_kind):
    """Runs the processor, in a child process."""
    from detektor.processor import Processor

    latencies = []
    measured = bool(os.environ.get("LATENCY"))
    bench = Processor("bench", capabilities=["face"], capacity=max(10, 2 * concurrency), concurrency=concurrency, unregister_on_stop=False)

    def no_op(frame):
        if measured:
            latencies.append(time.time() - float(frame["sent"]))

    async def no_op_in_loop(frame):
        no_op(frame)

    bench.handler(no_op_in_loop if handler_kind == "async" else no_op)
    bench.run()
    print(json.dumps(latencies))


def bare():
    """Runs the plain redis-py loop, in a child process."""
    connection = redis.from_url(os.environ["REDIS_URL"], protocol=2)
    latencies = []
    measured = bool(os.environ.get("LATENCY"))
    wanted = int(os.environ["FRAMES"])
    done = 0
    while done < wanted:
        for _, entries in connection.xreadgroup(GROUP, "bench-1", {QUEUE: ">"}, count=32, block=250):
            for entry, fields in entries:
                if measured:
                    latencies.append(time.time() - float(fields[b"sent"]))
                result = {
                    "frame_id": fields[b"frame_id"],
                    "camera_id": fields[b"camera_id"],
                    "processor_id": "bench",
                    "capability": fields[b"capability"],
                    "status": "success",
                    "result": "null",
                    "processed_at": "2026-11-23T12:00:00.250000Z",
                    "processing_ms": "0.001",
                    "attempt": fields[b"attempt"],
                    "traceparent": fields[b"traceparent"],
                }
                connection.xadd(RESULTS, result, maxlen=100_000, approximate=True)
                connection.xack(QUEUE, GROUP, entry)
                done += 1
    print(json.dumps(latencies))


def _start(kind, environment, options):
    command = [sys.executable, __file__, "--as", kind, "--concurrency", str(options.concurrency)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def round_of(kind, options, url):
    """Runs one round. Returns frames per second, or with ``--latency`` the 99th percentile in milliseconds."""
    with TestRedis() as server:
        environment = {**os.environ, "REDIS_URL": server.url, "ORCHESTRATOR_URL": url, "FRAMES": str(options.frames)}
        server.client.xgroup_create(QUEUE, GROUP, "0", mkstream=True)
        if options.latency:
            environment["LATENCY"] = "1"
            return _latency(kind, options, server, environment)
        pipeline = server.client.pipeline(transaction=False)
        for number in range(options.frames):
            pipeline.xadd(QUEUE, frame(number))
        pipeline.execute()
        running = _start(kind, environment, options)
        deadline = time.monotonic() + 120
        while server.client.xlen(RESULTS) == 0 and time.monotonic() < deadline:
            time.sleep(0.001)
        begun, first = time.perf_counter(), server.client.xlen(RESULTS)
        while server.client.xinfo_groups(QUEUE)[0]["lag"] or server.client.xinfo_groups(QUEUE)[0]["pending"]:
            time.sleep(0.01)
            assert time.monotonic() < deadline, "the round did not end within 120 s"
        took = time.perf_counter() - begun
        running.terminate()
        running.communicate(timeout=30)
        return (options.frames - first) / took


def _latency(kind, options, server, environment):
    running = _start(kind, environment, options)
    time.sleep(2)
    begun = time.perf_counter()
    for number in range(options.frames):
        due = begun + number / 200
        time.sleep(max(0.0, due - time.perf_counter()))
        server.client.xadd(QUEUE, frame(number))
    time.sleep(0.5)
    if kind != "bare":
        running.terminate()
    said, _ = running.communicate(timeout=30)
    return statistics.quantiles(json.loads(said), n=100)[98] * 1_000


def main():
    """Prints the figures of all rounds, their medians, and the ratios to the plain loop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=20_000, help="frames in a round; with --latency 2000 frames take 10 s")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each kind")
    parser.add_argument("--concurrency", type=int, default=32, help="parallel handler calls")
    parser.add_argument("--latency", action="store_true", help="measure latency instead of throughput")
    parser.add_argument("--kinds", default="thread,async,bare", help="programs to compare, separated by commas")
    parser.add_argument("--as", dest="program", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.program:
        bare() if options.program == "bare" else client(options.concurrency, options.program)
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Orchestrator)
    Thread(target=server.serve_forever, daemon=True).start()
    kinds = options.kinds.split(",")
    rounds = {kind: [] for kind in kinds}
    for _ in range(options.rounds):
        for kind in kinds:
            rounds[kind].append(round(round_of(kind, options, f"http://127.0.0.1:{server.server_address[1]}"), 3))
    medians = {kind: statistics.median(figures) for kind, figures in rounds.items()}
    report = {"unit": "p99 in ms" if options.latency else "frames per second", "rounds": rounds, "medians": medians}
    if "bare" in medians:
        report["to_bare"] = {kind: round(median / medians["bare"], 3) for kind, median in medians.items() if kind != "bare"}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
