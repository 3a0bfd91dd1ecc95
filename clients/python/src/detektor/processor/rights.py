"""Checks the permissions of the Redis user on each new connection, before the first write.

A script without a permission fails in the middle, and would leave its work half done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from detektor.processor import script
from detektor.processor.keys import Keys
from detektor.processor.redis_link import Link, ResponseError, error_text, is_code

_MOST_RULES = 60


@dataclass(frozen=True)
class Need:
    """Commands that are needed on a key, separated by commas, with ``@`` for the key. An empty key: commands without a key.

    ``optional``: the processor works without them, except for what some frames need.
    """

    key: str
    commands: str
    optional: bool = False


def needs_of_processor(keys: Keys, queue: str, results: str, partitions: int = 1, pixels: bool = True) -> list[Need]:
    """The permissions of a processor that reads and answers. ``queue`` and ``results`` are keys. ``pixels``: whether pixels are there."""
    return [
        Need("", "EVAL s 0,EVALSHA s 0,SCRIPT LOAD s"),
        Need(queue, "XREADGROUP GROUP g c STREAMS @ >,XACK @ g 0,XDEL @ 0,XPENDING @ g,XINFO STREAM @,XGROUP CREATE @ g 0"),
        Need(results, "XADD @ * f v"),
        Need(keys.returned, "XADD @ * f v"),
        # The reader of one of several partitions waits with XREAD.
        Need(queue, "XREAD STREAMS @ 0", optional=partitions == 1),
        *(needs_of_pixels(keys) if pixels else []),
    ]


def needs_of_counting(keys: Keys, queue: str, results: str) -> list[Need]:
    """The permissions of a processor that counts its answers in the ledger itself. Without them, the service counts them."""
    write = "TYPE @,XADD @ * f v,XDEL @ 0"
    return [
        Need(queue, "XINFO GROUPS @"),
        Need(results, write),
        Need(keys.returned, write),
        Need(keys.named("frame-buffer:ledger"), "TYPE @,HEXISTS @ f,HINCRBY @ f 1"),
        Need(keys.named("frame-buffer:parts"), "TYPE @,HGET @ f,HSET @ f v,HDEL @ f"),
        Need(keys.named("frame-buffer:completed"), "TYPE @,HINCRBY @ f 1"),
        Need(keys.named("frame-buffer:given-back"), "TYPE @,HINCRBY @ f 1"),
        Need(keys.named("frame-buffer:taken"), "TYPE @,HINCRBY @ f 1"),
        Need(keys.named("frame-buffer:accepted"), "TYPE @,HSET @ f v"),
        Need(keys.named("frame-buffer:circuits"), "HGET @ f,HSET @ f v,HDEL @ f"),
    ]


async def has(link: Link, needs: list[Need]) -> bool:
    """Whether the user of this connection has all these permissions."""
    return not await _missing(link, needs)


async def _missing(link: Link, needs: list[Need]) -> list[Any]:
    arguments = [part for need in needs for part in (need.key, need.commands)]
    return cast("list[Any]", await link.run(script.CHECK_RIGHTS, (), arguments))


def needs_of_pixels(keys: Keys) -> list[Need]:
    """The permissions for pixels, unless the frames carry them. The key of the rule stands for all frames."""
    return [Need(keys.pixels("*"), "GET @,PEXPIRE @ 1", optional=True)]


async def check(link: Link, user: str, needs: list[Need], optional: bool = False) -> None:
    """Checks all permissions without executing the commands.

    Raises ResponseError that names the first missing permission, and the ACL rules that grant all missing ones. ``optional``: whether
    a missing optional permission is an error too; if not, it only appears in the rules.
    """
    if not needs:
        return
    try:
        missing = await _missing(link, needs)
    except ResponseError as e:
        if is_code(e, "NOPERM"):
            raise ResponseError(f"NOPERM {error_text(e)}; ACL SETUSER {user} +eval +evalsha +script grants it") from e
        raise
    missing.sort(key=lambda one: needs[one[0] - 1].optional)
    if missing and (optional or not needs[missing[0][0] - 1].optional):
        rules = dict.fromkeys(rule for one in missing for rule in _rules(needs, one))
        first = needs[missing[0][0] - 1]
        where = f" on {first.key}" if first.key else ""
        effect = "some frames need it" if first.optional else "the processor waits for the permission"
        raise ResponseError(
            f"NOPERM the Redis user {user} may not run {_name(missing[0][1]).upper()}{where}; {effect}. "
            f"ACL SETUSER {user} {' '.join(list(rules)[:_MOST_RULES])} grants it"
        )


def _rules(needs: list[Need], missing: list[object]) -> list[str]:
    # If the command is allowed on other keys, the key rule is missing. If other commands are allowed on the key, the command is.
    number, command, elsewhere, other_commands = missing
    assert isinstance(number, int)  # noqa: S101 - the script returns an integer
    key, by_command, by_key = needs[number - 1].key, f"+{_name(command)}", f"~{needs[number - 1].key}"
    if not key or other_commands:
        return [by_command]
    return [by_key] if elsewhere else [by_command, by_key]


def _name(command: object) -> str:
    """The command with its subcommand, if it has one: ``xgroup|create``."""
    words = bytes(command).decode().lower().split() if isinstance(command, bytes) else [str(command)]
    return "|".join(words[:2]) if words[0] in {"xgroup", "xinfo", "script"} else words[0]
