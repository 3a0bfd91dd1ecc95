"""Reads of one work queue, step by step."""

import asyncio

import pytest

from detektor.processor.keys import Keys
from detektor.processor.reader import QueueReader, ReadLimit, WorkQueue
from detektor.processor.redis_address import RedisAddress
from detektor.processor.redis_link import Link
from detektor.processor.slots import InFlight, Slots
from tests.queue_in_redis import QueueInRedis


class Received:
    """Remembers the entries that a reader read."""

    def __init__(self):
        self.new: list[str] = []
        self.earlier: list[str] = []

    def received(self, entry, fields, execution):
        self.new.append(entry.decode())

    def recovered(self, entry, fields):
        self.earlier.append(entry.decode())


def _steps(server, exclusive, scenario):
    """Runs the scenario with a connected reader and the receiver of its entries."""

    async def run():
        link = await Link.open(RedisAddress.parse(server.url), "frames:ready:face-1")
        got = Received()
        queue = WorkQueue("frames:ready:face-1", "face-1-group", "face-1-1", Keys(""))
        reader = QueueReader(queue, ReadLimit(2, exclusive), InFlight(Slots(2)), got)
        try:
            await reader.connected(link)
            await scenario(reader, link, got)
        finally:
            await link.close()

    asyncio.run(run())


@pytest.mark.parametrize("exclusive", [True, False])
def test_an_entry_that_the_earlier_connection_still_took_is_read(redis_server, exclusive):
    queue = QueueInRedis(redis_server.client)

    async def scenario(reader, link, got):
        await reader.run_once(link)
        taken = queue.add("f-1")
        queue.client.xreadgroup(queue.group, "face-1-1", {queue.key: ">"})
        for _ in range(3):
            await reader.run_once(link)
        assert (got.new, got.earlier) == ([taken], [])

    _steps(redis_server, exclusive, scenario)
