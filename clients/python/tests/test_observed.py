"""Observability: health, metrics, traces and log records."""

import json
import logging
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer

import pytest

from detektor.processor import FrameContextFilter, Processor, ProcessorConfig, error, health, reader, reject, retry, slots
from detektor.processor.metrics import ProcessorMetrics
from tests.queue_in_redis import QueueInRedis
from tests.recording_orchestrator import RecordingOrchestrator
from tests.running import Running
from tests.waiting import until


@pytest.fixture
def orchestrator():
    recording = RecordingOrchestrator()
    yield recording
    recording.close()


@pytest.fixture
def queue(redis_server):
    return QueueInRedis(redis_server.client)


@pytest.fixture
def make(redis_server, orchestrator):
    def made(handler, **settings):
        given = {"capabilities": ["face"], "redis_url": redis_server.url, "orchestrator_url": orchestrator.url, **settings}
        processor = Processor("face-1", **given)
        processor.handler(handler)
        return processor

    return made


def _get(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.headers["Content-Type"], e.read().decode()


def _answer_of(frame):
    return {"success": 1, "error": error("dark"), "retry": retry("busy"), "rejected": reject("small")}[frame["kind"]]


def test_health_and_metrics_use_the_names_of_the_protocol(make, queue, orchestrator, redis_server):
    for kind in ("success", "success", "error", "retry", "rejected", "failed"):
        queue.add(f"f-{kind}", kind=kind)
    with Running(make(_answer_of, health_port=0)) as running:
        queue.until_results(3)
        queue.until_returned(3)
        url = running.processor.health_url
        assert orchestrator.body_of("POST /processors/register")["health_endpoint"] == f"{url}/health"
        assert url.startswith("http://127.0.0.1:")
        status, _, said = _get(f"{url}/health")
        assert (status, json.loads(said)["status"], json.loads(said)["frames_processed"]) == (200, "healthy", 3)
        _, kind, metrics = _get(f"{url}/metrics")
        assert kind.startswith("text/plain; version=0.0.4")
        assert 'processor_frames_processed_total{processor_id="face-1",result="success"} 2\n' in metrics
        for result in ("error", "retry", "rejected", "failed"):
            assert f'processor_frames_processed_total{{processor_id="face-1",result="{result}"}} 1\n' in metrics
        assert 'processor_processing_duration_seconds_count{processor_id="face-1"} 6\n' in metrics
        assert 'processor_processing_duration_seconds_bucket{processor_id="face-1",le="+Inf"} 6\n' in metrics
        assert _get(f"{url}/elsewhere")[0] == 404
        redis_server.stop()
        until(lambda: json.loads(_get(f"{url}/health")[2])["status"] == "degraded", "the health report is degraded")
        redis_server.start()


@pytest.mark.parametrize(
    ("orchestrator_url", "host", "announced"),
    [
        ("http://localhost:8002", "127.0.0.1", True),
        ("http://[::1]:8002", "localhost", True),
        ("http://service.example:8002", "127.0.0.1", False),
        ("http://service.example:8002", "localhost", False),
        ("http://service.example:8002", "0.0.0.0", False),
        ("http://localhost:8002", "0.0.0.0", False),
        ("http://service.example:8002", "10.1.2.3", True),
        ("http://localhost:8002", "10.1.2.3", True),
    ],
)
def test_the_health_endpoint_is_announced_where_the_orchestrator_can_reach_it(orchestrator_url, host, announced, monkeypatch):
    # The test listens on loopback, whatever the address: the machine may not have it.
    monkeypatch.setattr(health, "ThreadingHTTPServer", lambda _, handler: ThreadingHTTPServer(("127.0.0.1", 0), handler))
    config = ProcessorConfig(
        processor_id="face-1", capabilities=("face",), orchestrator_url=orchestrator_url, health_port=0, health_host=host
    )
    server = health.HealthServer.open(config, dict, str)
    server.close()
    assert (server.endpoint is not None) == announced


def test_health_reports_the_start(make):
    go = threading.Event()
    processor = make(lambda _: None, health_port=0)
    processor.on_start(lambda: go.wait(20))
    running = Running(processor).start(working=False)
    url = until(lambda: processor.health_url, "the health server runs")
    status, _, said = _get(f"{url}/health")
    assert (status, json.loads(said)["status"]) == (200, "starting")
    go.set()
    until(lambda: processor.is_working, "the processor works")
    running.end()


def test_a_processor_whose_handlers_all_hang_is_unhealthy_and_says_why(make, queue, orchestrator, monkeypatch, caplog):
    monkeypatch.setattr(slots, "_MAX_ABANDONED_PER_SLOT", 1)
    monkeypatch.setattr(reader, "_PENDING_CHECK_INTERVAL", 0.1)
    called, go = [], threading.Event()
    beat = "POST /processors/face-1/heartbeat"

    def handler(frame):
        called.append(frame.frame_id)
        go.wait(60)

    def beats(status):
        return lambda: orchestrator.count(beat) and orchestrator.body_of(beat)["status"] == status

    reason = "all slots are occupied by handlers that do not return, although the service took their frames away; restart the processor"
    with Running(make(handler, health_port=0, heartbeat_interval=1)) as running:
        try:
            for i in range(2):
                entry = queue.add(f"f-{i}")
                until(lambda i=i: f"f-{i}" in called, "the handler is running")
                queue.client.xack(queue.key, queue.group, entry)
            until(beats("unhealthy"), "the service learns it")
            status, _, body = _get(f"{running.processor.health_url}/health")
            assert (status, json.loads(body)["status"], json.loads(body)["trouble"]) == (503, "unhealthy", [reason])
            until(lambda: reason in caplog.text, "the log has the reason")
        finally:
            go.set()
        until(beats("healthy"), "the handlers have returned")
        queue.add("f-2")
        queue.until_results(1)
    assert caplog.text.count("do not return") == 1


def test_prometheus_client_collects_the_same():
    pytest.importorskip("prometheus_client")
    from prometheus_client import CollectorRegistry, generate_latest

    metrics = ProcessorMetrics("face-1")
    metrics.processed("success", 0.02)
    registry = CollectorRegistry()
    registry.register(metrics.collector())
    theirs = {line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")}
    assert 'processor_frames_processed_total{processor_id="face-1",result="success"} 1.0' in theirs
    assert 'processor_processing_duration_seconds_bucket{le="0.025",processor_id="face-1"} 1.0' in theirs


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_the_processing_span_is_a_child_of_the_dispatch_span(make, queue):
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider, inner = InMemorySpanExporter(), TracerProvider(), []
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    def handler(frame):
        inner.append(trace.get_current_span().get_span_context().span_id)
        return 1 / 0 if "fail" in frame else None

    queue.add("f-1", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01", tracestate="a=b")
    queue.add("f-2", traceparent=f"00-{TRACE}-00f067aa0ba902b8-01", fail="1")
    with Running(make(handler, tracing=provider)):
        [result] = queue.until_results(1)
        queue.until_returned(1)
    spans = {span.attributes["frame.id"]: span for span in exporter.get_finished_spans()}
    span = spans["f-1"]
    assert (span.name, f"{span.parent.span_id:016x}", f"{span.context.trace_id:032x}") == ("process_frame", "00f067aa0ba902b7", TRACE)
    assert (span.attributes["processor.id"], span.attributes["frame.camera_id"]) == ("face-1", "cam-1")
    assert result["traceparent"] == f"00-{TRACE}-{span.context.span_id:016x}-01"
    assert inner[0] == span.context.span_id
    assert not spans["f-2"].status.is_ok


def test_without_an_sdk_a_result_is_in_the_trace_of_its_frame(make, queue):
    queue.add("f-1", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
    queue.add("f-2", traceparent="broken")
    with Running(make(lambda _: None)):
        first, second = queue.until_results(2)
    assert first["traceparent"].startswith(f"00-{TRACE}-")
    assert first["traceparent"].split("-")[2] != "00f067aa0ba902b7"
    assert len(second["traceparent"]) == 55


def test_a_failure_of_tracing_fails_no_frame(make, queue, caplog):
    pytest.importorskip("opentelemetry")

    class Broken:
        def get_tracer(self, *_, **__):
            return self

        def start_span(self, *_, **__):
            raise RuntimeError("no tracing today")

    queue.add("f-1")
    queue.add("f-2")
    with Running(make(lambda _: None, tracing=Broken())):
        queue.until_results(2)
    assert sum("tracing fails" in record.message for record in caplog.records) == 1


@pytest.mark.parametrize("kind", ["thread", "loop"])
def test_log_records_of_a_handler_contain_its_frame(make, queue, kind):
    lines = []

    class Kept(logging.Handler):
        def emit(self, record):
            lines.append((record.getMessage(), record.frame_id, record.camera_id, record.trace_id, record.frame_context))

    log, kept = logging.getLogger("my.detector"), Kept()
    kept.addFilter(FrameContextFilter())
    log.addHandler(kept)

    def handler(_):
        log.warning("dark")

    async def in_loop(frame):
        handler(frame)

    queue.add("f-1", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
    with Running(make(handler if kind == "thread" else in_loop)):
        queue.until_results(1)
    log.warning("outside")
    log.removeHandler(kept)
    assert lines == [
        ("dark", "f-1", "cam-1", TRACE, f" [frame=f-1 camera=cam-1 trace={TRACE}]"),
        ("outside", "", "", "", ""),
    ]


_LOGGING = """
import logging
{configured}
from detektor.processor import log_context
before = (list(logging.getLogger().handlers), logging.getLogger().level)
log_context.show_unless_configured()
assert (list(logging.getLogger().handlers), logging.getLogger().level) == before
logging.getLogger("detektor.processor").info("ours")
{after}
logging.getLogger("detektor.processor").warning("later")
"""


@pytest.mark.parametrize(
    ("configured", "after", "printed"),
    [
        ("", "", ["INFO    detektor.processor - ours", "WARNING detektor.processor - later"]),
        ("logging.basicConfig(format='mine %(message)s', level=logging.INFO)", "", ["mine ours", "mine later"]),
        ("", "logging.basicConfig(format='mine %(message)s')", ["INFO    detektor.processor - ours", "mine later"]),
    ],
    ids=["not configured", "configured", "configured later"],
)
def test_the_authors_logging_configuration_is_not_changed(configured, after, printed):
    program = _LOGGING.format(configured=configured, after=after)
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr
    assert [line.split(" ", 2)[-1] if line[:1].isdigit() else line for line in said.splitlines()] == printed
