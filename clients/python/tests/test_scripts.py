"""Both clients answer a frame with the same text."""

import hashlib

import pytest

from detektor.processor import script
from tests.paths import JAVA_SCRIPTS, SCRIPTS


@pytest.mark.skipif(not JAVA_SCRIPTS.exists(), reason="only in the repository")
@pytest.mark.parametrize("packaged", sorted(SCRIPTS.glob("*.lua")), ids=lambda path: path.name)
def test_a_packaged_script_is_that_of_the_service_byte_for_byte(packaged):
    assert packaged.read_bytes() == (JAVA_SCRIPTS / packaged.name).read_bytes()


def test_comments_are_not_sent_and_the_digest_is_of_what_is_sent():
    assert script.FINISH.source.startswith(b"#!lua flags=allow-oom\n")
    assert b"\n--" not in script.FINISH.source
    assert script.FINISH.digest.decode() == hashlib.sha1(script.FINISH.source).hexdigest()


def test_a_script_that_writes_nothing_says_so():
    assert script.CHECK_RIGHTS.source.startswith(b"#!lua flags=no-writes\n")
