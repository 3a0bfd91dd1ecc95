"""Paths in the repository."""

from pathlib import Path

CLIENT = Path(__file__).resolve().parents[1]
REPOSITORY = CLIENT.parents[1]
GOLDEN = REPOSITORY / "wire/src/test/resources/golden"
JAVA_SCRIPTS = REPOSITORY / "redis/src/main/resources/framebuffer/redis"
SCRIPTS = CLIENT / "src/detektor/processor/scripts"
