"""All clients answer a frame with the same scripts."""

import hashlib

import pytest

from detektor.processor import script
from tests.paths import JAVA_SCRIPTS, SCRIPTS


@pytest.mark.skipif(not JAVA_SCRIPTS.exists(), reason="only in the repository")
@pytest.mark.parametrize("packaged", sorted(SCRIPTS.glob("*.lua")), ids=lambda path: path.name)
def test_packaged_scripts_equal_those_of_the_service_byte_for_byte(packaged):
    assert packaged.read_bytes() == (JAVA_SCRIPTS / packaged.name).read_bytes()


def test_comments_are_not_sent_and_the_digest_is_of_the_sent_text():
    assert script.FINISH.source.startswith(b"#!lua flags=allow-oom\n")
    assert b"\n--" not in script.FINISH.source
    assert script.FINISH.digest.decode() == hashlib.sha1(script.FINISH.source).hexdigest()


def test_a_read_only_script_has_the_flag_no_writes():
    assert script.CHECK_RIGHTS.source.startswith(b"#!lua flags=no-writes\n")
