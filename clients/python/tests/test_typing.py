"""Types as authors see them."""

import dataclasses
import subprocess
import sys

from detektor.processor import ProcessorConfig
from detektor.processor.settings import ConfigSettings
from tests.paths import CLIENT


def test_mypy_accepts_overrides_of_both_kinds_and_finds_misspelt_settings():
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "tests/typed_detectors.py"], cwd=CLIENT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_type_checkers_know_exactly_the_settings_of_the_configuration():
    assert set(ConfigSettings.__annotations__) == {one.name for one in dataclasses.fields(ProcessorConfig)}
