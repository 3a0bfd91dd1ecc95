"""Ways to reach Redis: through sentinels, on a cluster, and with TLS."""

import asyncio
import os
import shutil
import ssl
import subprocess
import sys
import threading

import pytest
import redis

from detektor.processor import FrameProducer, NotPublished, Processor, ProcessorConfig, redis_link, wire
from detektor.processor.errors import PixelsAway
from detektor.processor.frames import PixelStore
from detektor.processor.keys import Keys
from detektor.processor.orchestrator_api import Accepted, OrchestratorApi, Unavailable
from detektor.processor.redis_address import RedisAddress
from detektor.processor.redis_for_tests import free_port
from detektor.processor.testing import TestRedis
from tests.paths import CLIENT
from tests.queue_in_redis import QueueInRedis
from tests.real_service import RealService
from tests.recording_orchestrator import RecordingOrchestrator
from tests.running import Running
from tests.waiting import until


@pytest.fixture
def orchestrator():
    recording = RecordingOrchestrator()
    yield recording
    recording.close()


def _processor(url, orchestrator, **settings):
    processor = Processor("face-1", capabilities=["face"], redis_url=url, orchestrator_url=orchestrator.url, **settings)
    processor.handler(lambda frame: frame.bytes.decode())
    return processor


def test_a_master_named_by_sentinels_is_found_again_after_a_failover(redis_server, orchestrator, tmp_path):
    first = redis_server
    with TestRedis("--replicaof", "127.0.0.1", str(first.port)) as second:
        until(lambda: second.client.info("replication")["master_link_status"] == "up", "the replica follows")
        conf = tmp_path / "sentinel.conf"
        sentinel_port = second.port + 1 if second.port < 65_000 else second.port - 1
        lines = f"sentinel monitor main 127.0.0.1 {first.port} 1\nsentinel down-after-milliseconds main 500\n"
        conf.write_text(f"port {sentinel_port}\nbind 127.0.0.1\ndir {tmp_path}\n{lines}sentinel failover-timeout main 2000\n")
        sentinel = subprocess.Popen(
            [shutil.which("redis-server"), str(conf), "--sentinel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            asked = redis.Redis(port=sentinel_port)
            until(lambda: _answers(asked), "the sentinel answers")
            until(lambda: len(asked.sentinel_slaves("main")) == 1, "the sentinel knows the replica")
            with Running(_processor(f"redis+sentinel://127.0.0.1:{sentinel_port}/main", orchestrator)):
                QueueInRedis(first.client).add("f-1", data="before")
                QueueInRedis(first.client).until_results(1)
                until(lambda: second.client.xlen("frames:results") == 1, "the replica has the result")
                first.kill()
                until(lambda: second.client.info("replication")["role"] == "master", "the replica takes over", within=30)
                after = QueueInRedis(second.client)
                second.client.set("frame:f-2", "after")
                after.add("f-2")
                assert {one["result"] for one in after.until_results(2)} == {'"before"', '"after"'}
        finally:
            sentinel.terminate()
            sentinel.wait(20)


def test_sentinels_with_a_password_name_the_master(redis_server, tmp_path):
    port = free_port()
    conf = tmp_path / "sentinel.conf"
    lines = f"sentinel monitor main 127.0.0.1 {redis_server.port} 1\nsentinel auth-pass main secret\n"
    conf.write_text(f"port {port}\nbind 127.0.0.1\ndir {tmp_path}\nrequirepass secret\n{lines}")
    redis_server.client.config_set("requirepass", "secret")
    sentinel = subprocess.Popen(
        [shutil.which("redis-server"), str(conf), "--sentinel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        asked = redis.Redis(port=port, password="secret")
        until(lambda: _answers(asked), "the sentinel answers")
        client = redis_link.client(RedisAddress.parse(f"redis+sentinel://:secret@127.0.0.1:{port}/main"))
        assert client.ping()
    finally:
        sentinel.terminate()
        sentinel.wait(20)


def _answers(client):
    try:
        return client.ping()
    except redis.RedisError:
        return False


def _is_ready(node):
    said = node.client.execute_command("CLUSTER", "INFO")
    return b"cluster_state:ok" in said and b"cluster_known_nodes:2" in said


@pytest.fixture
def cluster():
    """A cluster of two nodes."""
    with TestRedis("--cluster-enabled", "yes") as one, TestRedis("--cluster-enabled", "yes") as other:
        one.client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 8_191)
        other.client.execute_command("CLUSTER", "ADDSLOTSRANGE", 8_192, 16_383)
        one.client.execute_command("CLUSTER", "MEET", "127.0.0.1", other.port)
        until(lambda: all(_is_ready(node) for node in (one, other)), "the cluster is ready")
        yield one, other


@pytest.mark.service
def test_on_a_cluster_frames_of_all_partitions_become_results(cluster, tmp_path):
    url = f"redis+cluster://127.0.0.1:{cluster[0].port}"
    service = RealService(tmp_path, url, "--partitions", "4").start()
    try:
        processor = Processor("face-1", capabilities=["face"], redis_url=url, orchestrator_url=service.url, concurrency=4)
        processor.handler(lambda frame: len(frame.bytes))
        with Running(processor), FrameProducer(url, obey=False) as producer:
            for i in range(80):
                assert producer.publish(f"cam-{i % 16}", b"pixels", capabilities=["face"])
            total = service.until_accounted_for(80)
            assert (total["done"], total["lost"]) == (80, 0)
    finally:
        service.stop()


def _owner(nodes, key):
    slot = nodes[0].client.execute_command("CLUSTER", "KEYSLOT", key)
    return slot, *((nodes[0], nodes[1]) if slot <= 8_191 else (nodes[1], nodes[0]))


def _move_slot(slot, old, new):
    old_id, new_id = (node.client.execute_command("CLUSTER", "MYID") for node in (old, new))
    new.client.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", old_id)
    old.client.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", new_id)
    keys = old.client.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 1_000)
    old.client.execute_command("MIGRATE", "127.0.0.1", new.port, "", 0, 5_000, "KEYS", *keys)
    for node in (new, old):
        node.client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", new_id)


def test_an_answer_follows_its_work_queue_to_another_node_of_the_cluster(cluster, orchestrator):
    slot, old, new = _owner(cluster, "{p0}")
    orchestrator.answers("POST /processors/register", 201, {"key_prefixes": ["{p0}"]})
    begun, go = threading.Event(), threading.Event()
    processor = Processor(
        "face-1", capabilities=["face"], redis_url=f"redis+cluster://127.0.0.1:{cluster[0].port}", orchestrator_url=orchestrator.url
    )
    processor.handler(lambda _: begun.set() or go.wait(20))
    with Running(processor):
        QueueInRedis(old.client, prefix="{p0}").add("f-1", data="pixels")
        assert begun.wait(20)
        _move_slot(slot, old, new)
        go.set()
        [result] = QueueInRedis(new.client, prefix="{p0}").until_results(1)
        assert result["frame_id"] == "f-1"


def test_a_processor_starts_before_its_cluster(orchestrator, caplog):
    orchestrator.answers("POST /processors/register", 201, {"key_prefixes": ["{p0}"]})
    port = free_port()
    with Running(_processor(f"redis+cluster://127.0.0.1:{port}", orchestrator)) as running:
        until(lambda: running.processor._runtime.health()["trouble"], "Redis is unavailable")
        with TestRedis("--cluster-enabled", "yes", port=port) as node:
            node.client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16_383)
            until(lambda: b"cluster_state:ok" in node.client.execute_command("CLUSTER", "INFO"), "the cluster is ready")
            until(lambda: not running.processor._runtime.health()["trouble"], "Redis is available")
    assert "Traceback" not in caplog.text


def test_without_a_node_of_the_cluster_pixels_are_away_and_frames_are_not_published():
    url = f"redis+cluster://127.0.0.1:{free_port()}"
    store = PixelStore(RedisAddress.parse(url), Keys("{p0}"))
    with pytest.raises(PixelsAway, match="Redis is unavailable"):
        store.find(wire.decode_queued("5-1", wire.flat(frame_id="f", camera_id="c", capability="face", capture_id="3-4")))
    store.close()
    with FrameProducer(url) as producer, pytest.raises(NotPublished, match="may not have been published"):
        producer.publish("yard", b"p")


def _certificate(folder, host, *others):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(
        [*command, "-subj", f"/CN={host}", "-addext", f"subjectAltName={','.join([f'DNS:{host}', *others])}"],
        check=True,
        capture_output=True,
    )
    return key, certificate


def _serve_tls(server, key, certificate):
    """Returns the port."""
    port = free_port()
    for name, value in (("tls-cert-file", certificate), ("tls-key-file", key), ("tls-ca-cert-file", certificate)):
        server.client.config_set(name, str(value))
    server.client.config_set("tls-auth-clients", "no")
    server.client.config_set("tls-port", port)
    return port


def test_a_certificate_of_another_host_is_refused(redis_server, tmp_path, monkeypatch):
    key, certificate = _certificate(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    address = RedisAddress.parse(f"rediss://localhost:{_serve_tls(redis_server, key, certificate)}")
    with pytest.raises((OSError, redis.ConnectionError), match="[Hh]ostname mismatch"):
        redis_link.client(address).ping()
    with pytest.raises((OSError, redis.ConnectionError), match=r"[Hh]ostname mismatch|connecting to localhost"):
        asyncio.run(redis_link.Link.open(address, "k"))


def test_tls_is_checked_against_the_authorities_of_the_machine(orchestrator, tmp_path):
    key, certificate = _certificate(tmp_path, "localhost")
    with TestRedis() as plain:
        tls_port = _serve_tls(plain, key, certificate)
        queue = QueueInRedis(plain.client)
        plain.client.set("frame:f-1", "pixels")
        queue.add("f-1")
        url = f"rediss://localhost:{tls_port}"
        given = {**os.environ, "REDIS_URL": url, "ORCHESTRATOR_URL": orchestrator.url}
        distrusting = subprocess.Popen([sys.executable, "-m", "tests.detectors", "face-1"], cwd=CLIENT, env=given)
        until(lambda: orchestrator.called, "the processor is registered")
        assert queue.pending == 0
        distrusting.terminate()
        distrusting.wait(20)
        given["SSL_CERT_FILE"] = str(certificate)
        trusting = subprocess.Popen([sys.executable, "-m", "tests.detectors", "face-1"], cwd=CLIENT, env=given)
        try:
            queue.until_results(1)
        finally:
            trusting.terminate()
            trusting.wait(20)


def test_an_authority_of_ones_own_is_trusted_in_every_way_to_reach_redis(tmp_path):
    # On a cluster, redis-py calls localhost by its address.
    key, certificate = _certificate(tmp_path, "localhost", "IP:127.0.0.1")
    node_port = free_port()
    files = ("--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate)
    tls = ("--tls-port", node_port, *files, "--tls-auth-clients", "no", "--tls-cluster", "yes")
    with TestRedis() as server, TestRedis("--cluster-enabled", "yes", "--cluster-port", str(free_port()), *map(str, tls)) as node:
        node.client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16_383)
        until(lambda: b"cluster_state:ok" in node.client.execute_command("CLUSTER", "INFO"), "the cluster is ready")
        ports = {"rediss": _serve_tls(server, key, certificate), "rediss+cluster": node_port}
        for scheme, port in ports.items():
            url = f"{scheme}://localhost:{port}"
            with pytest.raises(redis_link.UNAVAILABLE):
                redis_link.client(RedisAddress.parse(url)).ping()
            trusting = RedisAddress.parse(url, str(certificate))
            assert redis_link.client(trusting).ping()
            assert asyncio.run(_asked(trusting)) == b"PONG"


def test_an_authority_of_ones_own_is_trusted_for_sentinels_too(tmp_path):
    key, certificate = _certificate(tmp_path, "localhost")
    with TestRedis() as server:
        port, sentinel_port = _serve_tls(server, key, certificate), free_port()
        tls = f"tls-cert-file {certificate}\ntls-key-file {key}\ntls-ca-cert-file {certificate}\ntls-auth-clients no\ntls-replication yes\n"
        conf = tmp_path / "sentinel.conf"
        names = "sentinel resolve-hostnames yes\nsentinel announce-hostnames yes\n"
        lines = f"{tls}{names}sentinel monitor main localhost {port} 1\n"
        conf.write_text(f"port 0\ntls-port {sentinel_port}\nbind 127.0.0.1\ndir {tmp_path}\n{lines}")
        sentinel = subprocess.Popen(
            [shutil.which("redis-server"), str(conf), "--sentinel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            url = f"rediss+sentinel://localhost:{sentinel_port}/main"
            until(lambda: _answers(redis_link.client(RedisAddress.parse(url, str(certificate)))), "the sentinel names the master")
            assert asyncio.run(_asked(RedisAddress.parse(url, str(certificate)))) == b"PONG"
            with pytest.raises(redis_link.UNAVAILABLE):
                redis_link.client(RedisAddress.parse(url)).ping()
        finally:
            sentinel.terminate()
            sentinel.wait(20)


async def _asked(address):
    link = await redis_link.Link.open(address, "k")
    try:
        return await link.call("PING")
    finally:
        await link.close()


def test_a_service_with_an_authority_of_ones_own_is_trusted(orchestrator, tmp_path):
    key, certificate = _certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    orchestrator.serve_tls(context)
    url = f"https://localhost:{orchestrator.port}"
    assert isinstance(OrchestratorApi(url, None).request("GET", "/health", None), Unavailable)
    assert isinstance(OrchestratorApi(url, None, str(certificate)).request("GET", "/health", None), Accepted)


def test_a_file_without_certificates_is_no_ca_file(tmp_path):
    (tmp_path / "empty.pem").write_text("no certificate")
    for path in (tmp_path / "empty.pem", tmp_path / "missing.pem"):
        with pytest.raises(ValueError, match=f"ca_file {path}: no certificates"):
            ProcessorConfig.from_env({"CA_FILE": str(path)}, processor_id="a", capabilities=["b"])
        with pytest.raises(ValueError, match="no certificates"):
            FrameProducer(ca_file=str(path))
