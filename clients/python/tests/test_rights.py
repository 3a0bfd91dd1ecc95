"""The permissions of the Redis user, and the ACL rules that the client prints."""

import asyncio
import re

import pytest
from redis.exceptions import ResponseError

from detektor.processor import Processor, rights
from detektor.processor.config import ProcessorConfig
from detektor.processor.doctor import _check_redis
from detektor.processor.keys import Keys
from detektor.processor.redis_address import RedisAddress
from detektor.processor.redis_link import Link
from tests.queue_in_redis import QueueInRedis
from tests.recording_orchestrator import RecordingOrchestrator
from tests.running import Running
from tests.waiting import until


async def _printed_rules(url):
    keys = Keys("{p0}")
    needs = rights.needs_of_processor(keys, keys.named("frames:ready:face-1"), keys.named("frames:results"), 2)
    link = await Link.open(RedisAddress.parse(url), "k")
    try:
        with pytest.raises(ResponseError) as refused:
            await rights.check(link, "narrow", needs)
    finally:
        await link.close()
    return re.search(r"ACL SETUSER narrow (.*) grants it", str(refused.value))[1].split()


def test_the_printed_rules_suffice_for_a_processor(redis_server, caplog):
    client = redis_server.client
    client.execute_command("ACL", "SETUSER", "narrow", "on", ">pw", "+client", "+eval", "+evalsha", "+script|load")
    url = f"redis://narrow:pw@127.0.0.1:{redis_server.port}"
    client.execute_command("ACL", "SETUSER", "narrow", *asyncio.run(_printed_rules(url)))
    orchestrator = RecordingOrchestrator()
    orchestrator.answers("POST /processors/register", 201, {"key_prefixes": ["{p0}", "{p1}"]})
    queue = QueueInRedis(client, prefix="{p0}")
    client.xgroup_create(queue.key, queue.group, "0", mkstream=True)
    processor = Processor("face-1", capabilities=["face"], redis_url=url, orchestrator_url=orchestrator.url)
    processor.handler(lambda frame: frame.bytes.decode())
    try:
        with Running(processor):
            client.set("{p0}frame:f-1", "pixels")
            queue.add("f-1")
            [result] = queue.until_results(1, within=5)
            queue.add("f-2")
            [returned] = queue.until_returned(1, within=5)
            until(lambda: queue.pending == 0, "both are answered", within=5)
    finally:
        orchestrator.close()
    assert result["result"] == '"pixels"'
    assert returned["return_kind"] == "rejected"
    assert queue.ledger("done:cam-1") == 0
    assert "NOPERM" not in "".join(line for line in caplog.messages if "{p1}" not in line)


def test_the_doctor_examines_the_permissions_of_each_partition(redis_server):
    client = redis_server.client
    client.set("{p0}frame-buffer:partitions", 2)
    client.execute_command("ACL", "SETUSER", "narrow", "on", ">pw", "~{p0}*", "+@all")
    url = f"redis://narrow:pw@127.0.0.1:{redis_server.port}"
    found = asyncio.run(_check_redis(ProcessorConfig(processor_id="face-1", capabilities=("face",), redis_url=url)))
    by_name = {what: (good, said) for good, what, said in found}
    assert by_name["rights of {p0}"][0]
    assert not by_name["rights of {p1}"][0]
    assert "~{p1}frames:ready:face-1" in by_name["rights of {p1}"][1]
