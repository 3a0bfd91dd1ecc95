"""Producers: published frames, their keys, and backpressure."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from detektor.processor import FrameProducer, NotPublished, wire
from detektor.processor.backpressure import Backpressure
from detektor.processor.keys import partition_of
from detektor.processor.testing import TestRedis
from tests.paths import GOLDEN


@pytest.fixture
def producer(redis_server):
    with FrameProducer(redis_server.url, pixels_ttl=30) as made:
        yield made


def published_entries(redis_server, key="frames:capture"):
    return [(entry.decode(), [part for pair in fields.items() for part in pair]) for entry, fields in redis_server.client.xrange(key)]


def test_a_frame_is_published_and_its_pixels_get_a_time_to_live(producer, redis_server):
    at = datetime(2026, 11, 23, 12, 0, 0, 250_000, timezone.utc)
    frame_id = producer.publish(
        "yard", b"\xff\xd8\xff rest", capabilities=["face"], priority=3, ttl=1.5, timestamp=at, metadata={"fps": 30}
    )
    [(entry, fields)] = published_entries(redis_server)
    event = wire.decode_event(entry, fields)
    assert (event.frame_id, event.camera_id, event.timestamp, event.priority) == (frame_id, "yard", at, 3)
    assert (event.capabilities, event.expires_at, event.size_bytes, event.format) == (("face",), at + timedelta(seconds=1.5), 8, "jpeg")
    assert event.trace is not None
    assert json.loads(wire.as_dict(fields)[b"metadata"]) == {"fps": 30}
    assert redis_server.client.get(f"frame:{frame_id}") == b"\xff\xd8\xff rest"
    assert 29_000 < redis_server.client.pttl(f"frame:{frame_id}") <= 30_000


def test_pixels_live_at_least_as_long_as_their_frame(redis_server):
    with FrameProducer(redis_server.url) as producer:
        usual, long = producer.publish("yard", b"p", ttl=5), producer.publish("yard", b"p", ttl=3_600)
    assert 59_000 < redis_server.client.pttl(f"frame:{usual}") <= 60_000
    assert 3_590_000 < redis_server.client.pttl(f"frame:{long}") <= 3_600_000


def test_a_frame_says_how_long_its_pixels_may_stay_after_its_end(redis_server):
    for keep, said in ((5.0, b"5000"), (0, b"0"), (None, None)):
        with FrameProducer(redis_server.url, pixels_keep=keep) as producer:
            producer.publish("yard", b"p")
        _, fields = published_entries(redis_server)[-1]
        assert wire.as_dict(fields).get(b"pixels_keep_ms") == said
    with pytest.raises(ValueError, match="pixels_keep must be at least 0 s"):
        FrameProducer(redis_server.url, pixels_keep=-1)


def test_pixels_of_others_are_not_shortened(producer, redis_server):
    producer.publish("yard", key="mine:1")
    [(_, fields)] = published_entries(redis_server)
    assert b"pixels_keep_ms" not in wire.as_dict(fields)


def test_pixels_may_be_in_a_redis_of_their_own(redis_server, monkeypatch):
    with TestRedis() as other:
        monkeypatch.setenv("PIXELS_REDIS_URL", other.url)
        with FrameProducer(redis_server.url) as producer:
            frame_id = producer.publish("yard", b"p")
        assert other.client.get(f"frame:{frame_id}") == b"p"
        assert 59_000 < other.client.pttl(f"frame:{frame_id}") <= 60_000
        assert not redis_server.client.exists(f"frame:{frame_id}")
        assert len(published_entries(redis_server)) == 1


def test_an_array_becomes_a_jpeg_of_its_size(producer, redis_server):
    cv2 = pytest.importorskip("cv2")
    import numpy

    frame_id = producer.publish("yard", numpy.zeros((120, 160, 3), numpy.uint8), capabilities=["face", "car"])
    [(entry, fields)] = published_entries(redis_server)
    event = wire.decode_event(entry, fields)
    assert (event.width, event.height, event.format, event.capabilities) == (160, 120, "jpeg", ("face", "car"))
    data = numpy.frombuffer(redis_server.client.get(f"frame:{frame_id}"), numpy.uint8)
    assert cv2.imdecode(data, cv2.IMREAD_COLOR).shape == (120, 160, 3)


def test_pixels_may_be_under_another_key_or_in_the_frame(producer, redis_server):
    producer.publish("yard", key="mine:1", frame_id="f-1")
    producer.publish("yard", b"small", inline=True, frame_id="f-2")
    first, second = (wire.as_dict(fields) for _, fields in published_entries(redis_server))
    assert first[b"frame_buffer_key"] == b"mine:1"
    assert second[b"data"] == b"small"
    assert not redis_server.client.keys("frame:f-*")


def test_a_camera_is_in_its_partition(redis_server):
    redis_server.client.set("x:{p0}frame-buffer:partitions", 4)
    with FrameProducer(redis_server.url, key_prefix="x:") as producer:
        for camera in ("door", "hall/1/north", "camera-1"):
            producer.publish(camera, b"p", frame_id=f"of-{camera}")
            prefix = f"x:{{p{partition_of(camera, 4)}}}"
            cameras = [
                wire.as_dict(fields)[b"camera_id"].decode() for _, fields in published_entries(redis_server, f"{prefix}frames:capture")
            ]
            assert camera in cameras
            assert redis_server.client.get(f"{prefix}frame:of-{camera}") == b"p"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"camera_id": ""}, "camera_id must have"),
        ({"picture": None}, "pass either a picture or the key"),
        ({"key": "k"}, "pass either a picture or the key"),
        ({"capabilities": [" a"]}, "capabilities must be"),
        ({"capabilities": [f"c{i}" for i in range(33)]}, "capabilities must be at most 32"),
        ({"priority": 11}, "priority must be 0 to 10"),
        ({"ttl": -1}, "ttl must be at least 0 s"),
        ({"timestamp": datetime(2026, 11, 23)}, "timestamp has no zone"),
    ],
)
def test_an_invalid_frame_is_not_published(producer, redis_server, given, said):
    with pytest.raises(ValueError, match=said):
        producer.publish(**{"camera_id": "yard", "picture": b"p", **given})
    assert published_entries(redis_server) == []


def test_publish_without_redis_raises():
    with FrameProducer("redis://127.0.0.1:1") as producer, pytest.raises(NotPublished, match="may not have been published"):
        producer.publish("yard", b"p")


def _set_backpressure(redis_server, level, **more):
    now = datetime.now(timezone.utc).isoformat()
    said = {"level": level, "updated_at": now, "capability:face": json.dumps({"level": level, **more})}
    redis_server.client.hset("frame-buffer:backpressure", mapping=said)


@pytest.mark.parametrize(("level", "sent"), [("NORMAL", 100), ("MODERATE", 80), ("HIGH", 50), ("CRITICAL", 0)])
def test_the_producer_sends_the_requested_share(producer, redis_server, level, sent):
    _set_backpressure(redis_server, level)
    published = [producer.publish("yard", b"p", capabilities=["face"]) for _ in range(100)]
    assert abs(sum(one is not None for one in published) - sent) <= 1
    assert len(published_entries(redis_server)) == sum(one is not None for one in published)
    # Full face detectors do not reduce the frames for other capabilities.
    assert producer.publish("yard", b"p", capabilities=["car"]) is not None


def test_a_camera_may_always_send_its_guaranteed_rate(redis_server):
    now = [0.0]
    _set_backpressure(redis_server, "CRITICAL", camera_rate=2.0)
    with FrameProducer(redis_server.url, clock=lambda: now[0]) as producer:
        sent = 0
        for _ in range(40):
            now[0] += 0.1
            _set_backpressure(redis_server, "CRITICAL", camera_rate=2.0)
            sent += producer.publish("yard", b"p", capabilities=["face"]) is not None
    assert 6 <= sent <= 10


def test_without_obey_the_producer_sends_all_and_reports_the_share(redis_server):
    _set_backpressure(redis_server, "HIGH")
    with FrameProducer(redis_server.url, obey=False) as producer:
        assert producer.share(["face"]) == 0.5
        assert producer.share() == 0.5
        assert all(producer.publish("yard", b"p", capabilities=["face"]) for _ in range(10))


def test_old_backpressure_is_ignored(producer, redis_server):
    _set_backpressure(redis_server, "CRITICAL")
    old = (datetime.now(timezone.utc) - timedelta(seconds=6)).isoformat()
    redis_server.client.hset("frame-buffer:backpressure", "updated_at", old)
    assert producer.publish("yard", b"p", capabilities=["face"]) is not None


@pytest.mark.parametrize("hours", [-1, 1])
def test_backpressure_is_obeyed_when_the_clock_of_the_camera_is_wrong(producer, redis_server, monkeypatch, hours):
    class WrongClock(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.now(zone) + timedelta(hours=hours)

    _set_backpressure(redis_server, "CRITICAL")
    monkeypatch.setattr("detektor.processor.producer.datetime", WrongClock)
    assert producer.publish("yard", b"p", capabilities=["face"]) is None


def test_a_producer_that_may_not_ask_the_time_obeys_by_its_own_clock(redis_server):
    redis_server.client.execute_command("ACL", "SETUSER", "narrow", "on", ">pw", "~*", "+@all", "-time")
    _set_backpressure(redis_server, "CRITICAL")
    with FrameProducer(f"redis://narrow:pw@127.0.0.1:{redis_server.port}") as producer:
        assert producer.publish("yard", b"p", capabilities=["face"]) is None
        assert producer.publish("yard", b"p", capabilities=["car"]) is not None


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["name"]) for v in json.loads((GOLDEN / "backpressure.json").read_text("utf-8"))])
def test_backpressure_is_decoded_like_the_golden_vectors(vector):
    told = Backpressure.decode({name: value.encode() for name, value in vector["fields"].items()})
    assert (told.level, told.paused_by_operator) == (vector["level"], vector["operator_paused"])
    assert dict(told.capabilities) == vector["capabilities"]
    for needs, rate in vector["rates"].items():
        assert told.share([need for need in needs.split(",") if need]) == rate
