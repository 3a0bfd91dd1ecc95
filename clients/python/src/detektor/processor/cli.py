"""The command ``detektor-processor``: runs a processor, tries it on a picture, or finds out why it gets no frames."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detektor.processor import doctor, log_context, processor
from detektor.processor.client import ProcessorClient
from detektor.processor.processor import Processor
from detektor.processor.testing import ProcessorTest

_POLL_INTERVAL = 0.5
_MAX_WATCHED = 5_000


class UsageError(Exception):
    """The arguments are wrong; the message shows the correct form."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 success, 1 a problem was found, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="detektor-processor", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run a processor until SIGTERM or Ctrl-C")
    run.add_argument("target", metavar="MODULE:PROCESSOR", help="for example detector:faces, where detector.py has faces = Processor(…)")
    run.add_argument("--reload", action="store_true", help="restart the processor whenever a .py file below the current folder changes")
    run.add_argument("--dry-run", metavar="FILE", help="run the handler on this picture, print its answer, and exit")
    run.add_argument("--field", metavar="NAME=VALUE", action="append", default=[], help="set a field of the --dry-run frame")
    check = commands.add_parser("doctor", help="check service, Redis, permissions and clock, and show which frames would arrive")
    check.add_argument("target", metavar="MODULE:PROCESSOR", nargs="?", help="default: the settings in the environment, PROCESSOR_ID, …")
    given = parser.parse_args(arguments)
    try:
        if given.command == "doctor":
            return doctor.examine(_load_processor(given.target).config if given.target else None)
        return _run(given)
    except (UsageError, ValueError) as e:
        print(f"detektor-processor: {e}", file=sys.stderr)  # noqa: T201 - a command prints
        return 2


def _run(given: argparse.Namespace) -> int:
    if given.dry_run is not None:
        return _dry_run(_load_processor(given.target), Path(given.dry_run), given.field)
    if given.reload:
        return _run_with_reload(given.target)
    log_context.show_unless_configured()
    _load_processor(given.target).run()
    return 0


def _load_processor(target: str) -> Processor:
    """Imports the module and returns its processor. A ``….run()`` in the module does nothing during the import."""
    module_name, colon, name = target.partition(":")
    if not colon or not module_name or not name:
        raise UsageError(f"name the processor as MODULE:PROCESSOR, for example detector:faces, not {target!r}")
    sys.path.insert(0, str(Path.cwd()))
    with processor.import_only():
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError as e:
            raise UsageError(f"no module {e.name!r} in the current folder or on the Python path") from e
    found: Any = getattr(module, name, None)
    if isinstance(found, type) and issubclass(found, ProcessorClient):
        found = found()
    if isinstance(found, ProcessorClient):
        found = found.processor
    if not isinstance(found, Processor):
        there = [known for known, value in vars(module).items() if isinstance(value, (Processor, ProcessorClient))]
        raise UsageError(f"{module_name} has no processor {name!r}" + (f"; it has {', '.join(there)}" if there else ""))
    return found


def _dry_run(tried: Processor, file: Path, fields: Sequence[str]) -> int:
    if not file.is_file():
        raise UsageError(f"no file {file}")
    given = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            raise UsageError(f"write --field as NAME=VALUE, not {field!r}")
        given[name] = value
    with ProcessorTest(tried) as test:
        outcome = test.send(file, **given)
    said = {"answer": outcome.kind}
    said.update({"result": outcome.result} if outcome.kind in {"success", "error"} else {"detail": outcome.detail})
    print(json.dumps(said, ensure_ascii=False, indent=2))  # noqa: T201
    return 0 if outcome.kind == "success" else 1


def _run_with_reload(target: str) -> int:
    """Runs the processor as a child process, and restarts it after each change of a file."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        before = _modification_times()
        running = subprocess.Popen([sys.executable, "-m", "detektor.processor.cli", "run", target], start_new_session=True)
        while not stop.wait(_POLL_INTERVAL) and _modification_times() == before:
            pass
        running.send_signal(signal.SIGTERM)
        running.wait()
        if not stop.is_set():
            print("detektor-processor: a file changed; restarting", file=sys.stderr)  # noqa: T201
    return 0


def _modification_times() -> dict[str, float]:
    """The modification times of the Python files below the current folder, without hidden folders and virtual environments."""
    state: dict[str, float] = {}
    for folder, folders, files in os.walk("."):
        folders[:] = [one for one in folders if not one.startswith(".") and one not in {"__pycache__", "node_modules", "venv"}]
        for file in files:
            path = Path(folder, file)
            if file.endswith(".py") and len(state) < _MAX_WATCHED and path.exists():
                state[str(path)] = path.stat().st_mtime
    return state


if __name__ == "__main__":
    sys.exit(main())
