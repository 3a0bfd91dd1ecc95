"""Registration: first registration, heartbeats, registration after the service forgot the processor, and drain."""

import asyncio
import threading
import time

import pytest

from detektor.processor import Processor, RegistrationRefused, StartFailed
from detektor.processor.backoff import Backoff
from detektor.processor.counters import FrameCounters
from detektor.processor.orchestrator_api import OrchestratorApi
from detektor.processor.registration import Membership
from tests.queue_in_redis import QueueInRedis
from tests.recording_orchestrator import RecordingOrchestrator
from tests.running import Running
from tests.waiting import until

REGISTER = "POST /processors/register"
BEAT = "POST /processors/face-1/heartbeat"


@pytest.fixture
def orchestrator():
    recording = RecordingOrchestrator()
    yield recording
    recording.close()


@pytest.fixture
def member(orchestrator):
    """Creates memberships; the test sends their heartbeats itself."""
    made = []

    def make(url=None, token=None, on_end=lambda: None, report=lambda: {"processor_id": "face-1"}, interval=3600.0):
        registration = {"id": "face-1", "heartbeat_interval": interval}
        membership = Membership(OrchestratorApi(url or orchestrator.url, token), registration, report, on_end)
        made.append(membership)
        return membership

    yield make
    for membership in made:
        membership.leave(unregister=False)


def test_each_call_sends_the_api_token(member, orchestrator):
    joined = member(token="secret")
    joined.join()
    joined.send_heartbeat()
    joined.leave()
    assert [headers["Authorization"] for headers in orchestrator.headers] == ["Bearer secret"] * 3


def test_a_registered_processor_updates_its_registration(member, orchestrator):
    orchestrator.answers(REGISTER, 409, {"detail": "processor face-1 is already registered"})
    member().join()
    assert orchestrator.called == [REGISTER, "PUT /processors/face-1"]


@pytest.mark.parametrize(
    ("status", "hint"),
    [(401, "API_TOKEN"), (403, "API_TOKEN"), (404, "ORCHESTRATOR_URL"), (409, "choose another id or queue"), (422, "(422)")],
)
def test_a_refusal_has_a_one_line_reason_and_a_hint(member, orchestrator, status, hint):
    orchestrator.answers(REGISTER, status, {"detail": "it has\n its reasons"})
    with pytest.raises(RegistrationRefused, match="^[^\n]*it has its reasons[^\n]*$") as refused:
        member().join()
    assert hint in str(refused.value)


def test_join_waits_for_an_orchestrator_that_starts_later(member):
    port = RecordingOrchestrator()
    port.close()
    joining = member(url=port.url)
    thread = threading.Thread(target=joining.join)
    thread.start()
    time.sleep(0.2)
    assert thread.is_alive()
    late = RecordingOrchestrator(port.port)
    thread.join(20)
    assert not thread.is_alive()
    assert late.called == [REGISTER]
    late.close()


def test_join_retries_after_temporary_errors(member, orchestrator):
    orchestrator.answers(REGISTER, 503, {"detail": "Redis is away"})
    orchestrator.answers(REGISTER, 429)
    member().join()
    assert orchestrator.count(REGISTER) == 3


def test_an_unhealthy_service_is_named_with_the_check_that_fails(orchestrator):
    checks = [{"name": "redis", "status": "unhealthy", "detail": "not connected"}, {"name": "alerts", "status": "healthy"}]
    orchestrator.answers("GET /health", 503, {"status": "unhealthy", "checks": checks})
    assert "answers 503: redis: not connected" in OrchestratorApi(orchestrator.url, None).request("GET", "/health", None).reason


def test_join_can_be_stopped(member, orchestrator):
    orchestrator.always[REGISTER] = (503, {})
    joining = member()
    thread = threading.Thread(target=joining.join)
    thread.start()
    until(lambda: orchestrator.called, "a registration attempt")
    joining.stop_joining()
    thread.join(20)
    assert not thread.is_alive()


def test_leaving_during_a_registration_unregisters_after_its_response(member, orchestrator):
    go, answer = threading.Event(), orchestrator._answer
    orchestrator._answer = lambda call: (call == REGISTER and go.wait(20), answer(call))[1]
    joining = member()
    threads = [threading.Thread(target=joining.join), threading.Thread(target=joining.leave)]
    threads[0].start()
    until(lambda: orchestrator.called, "the registration is under way")
    threads[1].start()
    threads[1].join(0.3)
    go.set()
    for thread in threads:
        thread.join(20)
    assert orchestrator.called == [REGISTER, "DELETE /processors/face-1"]


def test_a_forgotten_processor_registers_again(member, orchestrator):
    joined = member()
    joined.join()
    orchestrator.answers(BEAT, 404, {"detail": "not found"})
    joined.send_heartbeat()
    assert orchestrator.called == [REGISTER, BEAT, REGISTER]
    assert joined.registered


def test_a_drained_and_removed_processor_ends(member, orchestrator):
    on_end = threading.Event()
    joined = member(on_end=on_end.set)
    joined.join()
    orchestrator.answers(BEAT, 200, {"draining": True})
    joined.send_heartbeat()
    assert not on_end.is_set()
    orchestrator.answers(BEAT, 404)
    joined.send_heartbeat()
    assert on_end.is_set()
    joined.leave()
    assert orchestrator.called == [REGISTER, BEAT, BEAT]


def test_a_processor_ends_when_the_partitions_change(member, orchestrator):
    on_end = threading.Event()
    joined = member(on_end=on_end.set)
    orchestrator.answers(REGISTER, 201, {"key_prefixes": ["{p0}"]})
    assert joined.join() == ("{p0}",)
    orchestrator.answers(BEAT, 404)
    orchestrator.answers(REGISTER, 201, {"key_prefixes": ["{p0}", "{p1}"]})
    joined.send_heartbeat()
    assert on_end.is_set()
    assert orchestrator.called[-1] == "DELETE /processors/face-1"


def test_heartbeats_continue_after_errors(member, orchestrator):
    reports = iter([RuntimeError("cannot be made")])

    def report():
        for problem in reports:
            raise problem
        return {"processor_id": "face-1"}

    joined = member(report=report)
    joined.join()
    for status in (500, 401, 200):
        orchestrator.answers(BEAT, status)
    for _ in range(4):
        joined.send_heartbeat()
    assert orchestrator.count(BEAT) == 3


def test_leaving_unregisters_once(member, orchestrator):
    joined = member()
    joined.join()
    joined.leave()
    joined.leave()
    assert orchestrator.called == [REGISTER, "DELETE /processors/face-1"]


def test_leave_without_join_does_nothing(member, orchestrator):
    member().leave()
    assert orchestrator.called == []


def test_backoff_doubles_up_to_five_seconds_with_jitter_up_to_one_half():
    longest, shortest = Backoff(lambda: 0.0), Backoff(lambda: 0.999999)
    assert [longest.next() for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert shortest.next() == pytest.approx(0.05, abs=1e-3)
    longest.reset()
    assert longest.next() == 0.1


def test_errors_are_counted_for_a_minute():
    now = [1_000.0]
    counters = FrameCounters(lambda: now[0])
    for word in ("success", "error", "failed", "retry", "rejected"):
        counters.ended(word, 0.25)
    counts = counters.counts()
    assert (counts.processed, counts.failed, counts.returned, counts.mean_ms) == (2, 1, 2, 250.0)
    assert counts.errors_last_minute == 2
    now[0] += 59
    counters.ended("failed", 0)
    assert counters.counts().errors_last_minute == 3
    now[0] += 1
    assert counters.counts().errors_last_minute == 1
    now[0] += 1_000
    assert counters.counts().errors_last_minute == 0


def _processor(orchestrator, **settings):
    processor = Processor("face-1", capabilities=["face"], orchestrator_url=orchestrator.url, redis_url="redis://127.0.0.1:1", **settings)
    processor.handler(lambda _: None)
    return processor


def test_a_failed_start_names_the_function_and_does_not_register(orchestrator):
    processor = _processor(orchestrator)

    @processor.on_start
    def load_model():
        raise OSError("no such file")

    with pytest.raises(StartFailed, match="on_start function load_model failed: OSError: no such file"):
        Running(processor).start()
    assert orchestrator.called == []


def test_a_slow_start_succeeds_and_a_stuck_start_fails(orchestrator):
    slow, release = _processor(orchestrator, start_timeout=20), threading.Event()
    slow.on_start(lambda: release.wait(20))
    running = Running(slow).start(working=False)
    time.sleep(0.2)
    assert orchestrator.called == []
    release.set()
    until(lambda: slow.is_working, "the processor works after its start")
    running.end()

    stuck, never = _processor(orchestrator, start_timeout=0.3), threading.Event()

    @stuck.on_start
    def load_model():
        never.wait(60)

    with pytest.raises(
        StartFailed, match=r"load_model did not end within 0.3 s; raise start_timeout .* Current line: .*threading.py:\d+, in wait"
    ):
        Running(stuck).start()
    never.set()


def test_a_processor_can_be_stopped_during_its_start(orchestrator):
    processor, never = _processor(orchestrator), threading.Event()
    processor.on_start(lambda: never.wait(60))
    running = Running(processor).start(working=False)
    until(lambda: processor._runtime, "the processor starts")
    running.end()
    never.set()
    assert orchestrator.called == []


def test_a_stop_during_the_first_start_function_begins_no_other(orchestrator):
    processor, go, called = _processor(orchestrator), threading.Event(), []
    processor.on_start(lambda: (called.append("first"), go.wait(60)))
    processor.on_start(lambda: called.append("second"))
    processor.on_stop(lambda: called.append("stop"))
    running = Running(processor).start(working=False)
    until(lambda: called, "the first function is running")
    running.end()
    go.set()
    assert called == ["first"]


def test_a_second_cancel_does_not_abort_the_end(orchestrator, redis_server):
    processor = Processor("face-1", capabilities=["face"], orchestrator_url=orchestrator.url, redis_url=redis_server.url, grace=60)
    hung, stopped = threading.Event(), []

    @processor.handler
    def detect(frame):
        hung.wait(60)

    processor.on_stop(lambda: stopped.append(True))

    async def scenario():
        serving = asyncio.create_task(processor.serve())
        QueueInRedis(redis_server.client).add("f-1")
        await _until(lambda: processor.in_progress)
        serving.cancel()
        await _until(lambda: not processor.is_working)
        assert not serving.done()
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        return asyncio.all_tasks() - {asyncio.current_task()}

    try:
        assert asyncio.run(scenario()) == set()
    finally:
        hung.set()
    assert orchestrator.called[-1] == "DELETE /processors/face-1"
    assert stopped == [True]
    assert not [thread for thread in threading.enumerate() if thread.name == "face-1-heartbeat"]


async def _until(holds):
    await asyncio.to_thread(until, holds, "the state of the processor")


def test_a_processor_can_be_stopped_while_redis_is_unavailable(orchestrator):
    running = Running(_processor(orchestrator)).start()
    running.end()
    assert orchestrator.called[-1] == "DELETE /processors/face-1"
