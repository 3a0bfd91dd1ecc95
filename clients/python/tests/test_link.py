"""One connection to Redis."""

import asyncio

import pytest
from redis.exceptions import TimeoutError as RedisTimeoutError

from detektor.processor import redis_link
from detektor.processor.redis_address import RedisAddress
from detektor.processor.redis_link import Link


def test_a_command_that_cannot_be_sent_has_a_timeout(redis_server, monkeypatch):
    async def scenario():
        link = await Link.open(RedisAddress.parse(redis_server.url), "k")
        monkeypatch.setattr(redis_link, "TIMEOUT", 0.1)
        redis_server.suspend()
        try:
            with pytest.raises(RedisTimeoutError, match=r"no reply within 0\.1 s"):
                # More than the socket buffers hold.
                await asyncio.wait_for(link.call("SET", "k", bytes(32 << 20)), 5)
        finally:
            redis_server.resume()
            await link.close()

    asyncio.run(scenario())
