"""Lua scripts: copies of the service's own files, so that all clients answer a frame in the same way."""

from __future__ import annotations

import hashlib
from importlib import resources

_FOLDER = resources.files("detektor.processor") / "scripts"


class Script:
    """A script, concatenated from files in this order. Called by its digest; sent in full when Redis does not know it yet."""

    def __init__(self, *names: str, flags: str = "allow-oom") -> None:
        self.source = f"#!lua flags={flags}\n{''.join(_stripped(name) for name in names)}".encode()
        self.digest = hashlib.sha1(self.source, usedforsecurity=False).hexdigest().encode()


def _stripped(name: str) -> str:
    # Comments and indentation are for readers only.
    lines = (line.strip() for line in (_FOLDER / name).read_text("utf-8").splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("--"))


FINISH = Script("rights.lua", "ids.lua", "ledger.lua", "circuits.lua", "finish_frame.lua")
# For a user who may not write the ledger: the service counts what was acknowledged.
ANSWER = Script("rights.lua", "answer_frame.lua")
ENSURE_GROUP = Script("ensure_group.lua")
CHECK_RIGHTS = Script("check_rights.lua", flags="no-writes")
HAND_OFF = Script("rights.lua", "ids.lua", "ledger.lua", "room.lua", "circuits.lua", "steady.lua", "hand_off.lua")
