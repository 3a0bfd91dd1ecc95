"""A processor as others write them: an HTTP client, a Redis client, and nothing of ours.

It registers, makes a group of a name of its own, reads new entries only, acknowledges what it has done, deletes nothing. When
processing fails it logs that, never acknowledges the entry, and goes on; after a crash it never looks at its pending entries.

Usage: processor.py ORCHESTRATOR_URL REDIS_URL PROCESSOR_ID [--heartbeat SECONDS] [--timeout SECONDS] [--gives-back]
"""
import argparse
import datetime
import json
import socket
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request


class Redis:
    """As much of the protocol as it takes."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.replies = socket.create_connection((parts.hostname, parts.port)).makefile("rwb")
        if parts.password:
            self.call("AUTH", parts.password)

    def call(self, *words):
        raw = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.replies.write(b"*%d\r\n" % len(raw) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in raw))
        self.replies.flush()
        return self.reply()

    def reply(self):
        line = self.replies.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"$":
            return None if rest == b"-1" else self.replies.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.reply() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest


class Processor:
    def __init__(self, url, redis_url, name, options):
        self.url, self.name, self.options = url, name, options
        self.queue = f"frames:ready:{name}"
        self.redis = Redis(redis_url)

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status

    def register(self):
        body = {"id": self.name, "capabilities": ["face_detection"], "capacity": 50, "queue": self.queue,
                "heartbeat_interval": self.options.heartbeat, "processing_timeout": self.options.timeout,
                "endpoint": "http://127.0.0.1:9", "model": "something of theirs"}
        for _ in range(3):
            try:
                return self.post("/api/v1/processors/register", body)
            except urllib.error.HTTPError as refused:
                if b"already registered" not in refused.read():
                    raise
                time.sleep(5)
        sys.exit("cannot register")

    def beat(self):
        while True:
            time.sleep(self.options.heartbeat)
            self.post("/api/v1/processors/heartbeat",
                      {"processor_id": self.name, "status": "healthy", "frames_processed": 1,
                       "timestamp": datetime.datetime.now().isoformat()})

    def process(self, fields):
        if b"crash" in fields[b"frame_id"] and fields[b"attempt"] == b"1":
            print("crashing", flush=True)
            sys.exit(9)
        if b"bad" in fields[b"frame_id"] and fields[b"attempt"] == b"1":
            raise ValueError("cannot process this")

    def answer(self, entry, fields):
        try:
            self.process(fields)
        except ValueError as failure:
            print("failed", fields[b"frame_id"].decode(), failure, flush=True)
            if self.options.gives_back:
                self.give_back(entry, fields, str(failure))
            return
        self.redis.call("XADD", "frames:results", "*", "frame_id", fields[b"frame_id"], "camera_id", fields[b"camera_id"],
                        "processor_id", self.name, "status", "success", "result", "{}", "attempt", fields[b"attempt"])
        self.redis.call("XACK", self.queue, "frame-processors", entry)

    def give_back(self, entry, fields, why):
        """Given back, acknowledged and removed in one step (docs/protocol.md 3.4)."""
        flat = [word for pair in fields.items() for word in pair]
        self.redis.call("MULTI")
        self.redis.call("XADD", "frames:returned", "*", *flat, "return_kind", "failed", "return_detail", why,
                        "retry_after_ms", "0", "processor_id", self.name)
        self.redis.call("XACK", self.queue, "frame-processors", entry)
        self.redis.call("XDEL", self.queue, entry)
        self.redis.call("EXEC")

    def run(self):
        print("registered", self.register(), flush=True)
        try:
            self.redis.call("XGROUP", "CREATE", self.queue, "frame-processors", "0")
        except RuntimeError as there:
            if "BUSYGROUP" not in str(there):
                raise
        threading.Thread(target=self.beat, daemon=True).start()
        while True:
            read = self.redis.call("XREADGROUP", "GROUP", "frame-processors", self.name, "COUNT", 10, "BLOCK", 1000,
                                   "STREAMS", self.queue, ">")
            for entry, flat in read[0][1] if read else []:
                self.answer(entry, dict(zip(flat[::2], flat[1::2])))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("redis_url")
    parser.add_argument("id")
    parser.add_argument("--heartbeat", type=float, default=30)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--gives-back", action="store_true")
    arguments = parser.parse_args()
    Processor(arguments.url, arguments.redis_url, arguments.id, arguments).run()
