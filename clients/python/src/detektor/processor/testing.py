"""For tests of detectors: `TestRedis` is a real Redis."""

from detektor.processor.redis_for_tests import TestRedis

__all__ = ["TestRedis"]
