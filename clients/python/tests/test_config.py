"""Settings: defaults, bounds and sources."""

import pytest

from detektor.processor import Processor, ProcessorConfig, ProcessorError
from detektor.processor.redis_address import RedisAddress


def make(**given):
    return ProcessorConfig(**{"processor_id": "face-1", "capabilities": ("face",), **given})


def test_the_registration_contains_the_settings():
    config = make(capacity=7, concurrency=3, heartbeat_interval=2, processing_timeout=60, metadata={"gpu": True}, batch=2)
    assert config.registration("http://127.0.0.1:9/health") == {
        "id": "face-1",
        "capabilities": ["face"],
        "capacity": 7,
        "queue": "frames:ready:face-1",
        "heartbeat_interval": 2,
        "concurrency": 6,
        "metadata": {"gpu": True},
        "partition": "all",
        "health_endpoint": "http://127.0.0.1:9/health",
        "processing_timeout": 60,
    }


def test_the_default_capacity_is_ten_or_the_number_of_slots():
    assert make().capacity == 10
    assert make(concurrency=4, batch=16).capacity == 64


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"processor_id": "a b"}, "processor_id must have 1 to 128 of"),
        ({"capabilities": ()}, "capabilities must have 1 to 128 names"),
        ({"capabilities": (" a",)}, "a capability must have 1 to 128 characters"),
        ({"capacity": 0}, "capacity must be 1 to 1000000, not 0"),
        ({"capacity": 1_000_001}, "capacity must be 1 to 1000000"),
        ({"concurrency": 0}, "concurrency must be at least 1"),
        ({"capacity": 2, "concurrency": 3}, "raise capacity"),
        ({"batch": 0}, "batch must be 1 to 10000"),
        ({"queue": "elsewhere"}, "begin with frames:ready:"),
        ({"queue": "frames:ready:"}, "begin with frames:ready:"),
        ({"result_stream": "a b"}, "result_stream must have"),
        ({"results_kept": 0}, "results_kept must be"),
        ({"heartbeat_interval": 0.5}, "heartbeat_interval must be 1 to 3600 s"),
        ({"processing_timeout": 0.5}, "processing_timeout must be 1 to 3600 s"),
        ({"grace": -1}, "grace must be at least 0 s"),
        ({"executor": "fork"}, "executor must be 'thread' or 'process'"),
        ({"token": "a b"}, "token must not contain spaces"),
        ({"orchestrator_url": "ftp://there"}, "orchestrator_url must be http://host:port"),
        ({"redis_url": "http://there"}, "a Redis URL must begin with redis://"),
        ({"pixels_redis_url": "redis+cluster://there"}, "pixels_redis_url must name one server, or sentinels, not a cluster"),
    ],
)
def test_a_setting_out_of_bounds_is_refused_in_one_line(given, said):
    with pytest.raises(ValueError, match="^[^\n]*$") as refused:
        make(**given)
    assert said in str(refused.value)


def test_secrets_are_not_shown():
    shown = repr(make(token="s3cret", redis_url="redis://:s3cret@localhost", pixels_redis_url="redis://:s3cret@there"))
    assert "s3cret" not in shown
    with pytest.raises(ValueError, match="must be http") as refused:
        make(orchestrator_url="http://user:s3cret@host")
    assert "s3cret" not in str(refused.value)


def test_missing_settings_come_from_the_environment():
    environment = {
        "PROCESSOR_ID": "car-1",
        "PROCESSOR_CAPABILITIES": "vehicle, plate",
        "MAX_CONCURRENT_FRAMES": "20",
        "ORCHESTRATOR_URL": "http://there:8002",
        "REDIS_URL": "redis://there:7000",
        "PIXELS_REDIS_URL": "redis://there:7001",
        "API_TOKEN": "t",
    }
    config = ProcessorConfig.from_env(environment, capacity=5)
    assert (config.processor_id, config.capabilities, config.capacity) == ("car-1", ("vehicle", "plate"), 5)
    assert (config.orchestrator_url, config.redis_url, config.token) == ("http://there:8002", "redis://there:7000", "t")
    assert str(config.pixels_redis) == "redis://there:7001"
    assert str(make().pixels_redis) == "redis://localhost:6379"
    assert ProcessorConfig.from_env(environment).capacity == 20


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "set PROCESSOR_ID"),
        ({"PROCESSOR_ID": "a"}, "or set PROCESSOR_CAPABILITIES"),
        ({"PROCESSOR_ID": "a", "MAX_CONCURRENT_FRAMES": "many"}, "MAX_CONCURRENT_FRAMES: must be a whole number"),
        ({"PROCESSOR_ID": "a", "REDIS_URL": "x://y"}, "REDIS_URL: a Redis URL must begin with"),
    ],
)
def test_the_error_names_the_invalid_variable(environment, said):
    with pytest.raises(ValueError, match="^[^\n]*$") as refused:
        ProcessorConfig.from_env(environment)
    assert said in str(refused.value)


def test_the_error_of_an_unknown_setting_lists_the_known_ones():
    with pytest.raises(TypeError, match="unknown settings: concurency; known settings: .*concurrency"):
        Processor("face-1", capabilities=["face"], concurency=2)


def test_a_processor_without_a_handler_says_so():
    with pytest.raises(ProcessorError, match="has no handler; decorate a function with"):
        _ = Processor("face-1", capabilities=["face"]).functions


def test_a_second_handler_is_refused():
    faces = Processor("face-1", capabilities=["face"])
    faces.handler(lambda _: None)
    with pytest.raises(ValueError, match="already has a handler"):
        faces.handler(lambda _: None)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("localhost", "redis://localhost:6379"),
        ("redis://user:p%40ss@host:7000/3", "redis://host:7000/3"),
        ("rediss://host", "rediss://host:6379"),
        ("redis://[::1]:7", "redis://[::1]:7"),
        ("redis+sentinel://:secret@a,b:1/main/2", "redis+sentinel://a:26379,b:1/main/2"),
        ("rediss+cluster://a:1,b", "rediss+cluster://a:1,b:6379"),
    ],
)
def test_a_redis_url_is_read_and_shown_without_secrets(url, shown):
    assert str(RedisAddress.parse(url)) == shown


def test_user_and_password_of_a_redis_url():
    address = RedisAddress.parse("redis://us%3Aer:p@ss:w%2Fd@host")
    assert (address.user, address.password, address.places) == ("us:er", "p@ss:w/d", (("host", 6379),))
    assert RedisAddress.parse("redis://:secret@host").user is None


@pytest.mark.parametrize("url", ["redis://", "redis://host:0", "redis://host:70000", "redis+other://host", "redis+sentinel://host"])
def test_an_invalid_redis_url_is_refused(url):
    with pytest.raises(ValueError, match="Redis URL|redis://"):
        RedisAddress.parse(url)
