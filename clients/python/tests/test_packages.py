"""Wheel and sdist are complete: the client runs in an empty environment."""

import subprocess
import sys
import tarfile
import zipfile

import pytest

from tests.paths import CLIENT, SCRIPTS
from tests.test_fifteen_lines import prove


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """The wheel and the sdist."""
    folder = tmp_path_factory.mktemp("packages")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(CLIENT)], check=True, capture_output=True, text=True
    )
    return {"wheel": next(folder.glob("*.whl")), "sdist": next(folder.glob("*.tar.gz"))}


def test_the_wheel_holds_the_scripts_and_its_types(packages):
    names = set(zipfile.ZipFile(packages["wheel"]).namelist())
    assert "detektor/processor/py.typed" in names
    assert {f"detektor/processor/scripts/{script.name}" for script in SCRIPTS.glob("*.lua")} <= names
    # A namespace package: other distributions may add modules to it.
    assert "detektor/__init__.py" not in names
    assert not any(name.startswith(("tests/", "examples/", "bench/")) for name in names)


def test_the_sdist_holds_the_readme_and_the_scripts(packages):
    with tarfile.open(packages["sdist"]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"README.md", "pyproject.toml", "src/detektor/processor/scripts/finish_frame.lua"} <= names


@pytest.mark.service
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_the_fifteen_lines_run_in_an_empty_environment(packages, kind, tmp_path, service, redis_server):
    python = tmp_path / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", f"{packages[kind]}[image]"]
    subprocess.run(install, check=True, cwd=tmp_path)
    listed = subprocess.run([str(python), "-m", "pip", "list", "--format=freeze"], check=True, capture_output=True, text=True).stdout
    names = {line.partition("==")[0].lower() for line in listed.splitlines()}
    allowed = {"detektor-processor-client", "redis", "urllib3", "numpy", "opencv-python-headless", "pip", "setuptools", "async-timeout"}
    assert names <= allowed, "unexpected dependency"
    prove(service, redis_server, str(python))
