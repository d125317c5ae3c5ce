"""The wording of the plan of all rules, once for all processes that run tests: seconds of work, the same for all of them.

Kept beside other temporary files under its fingerprint, so that a changed rule is worded anew.
"""

import os
import tempfile
from functools import cache
from pathlib import Path

import msgspec

from suyuan.rules import judging

KEPT = Path(tempfile.gettempdir()) / f"suyuan-plans-of-tests-{os.getuid()}"
_word = judging.planned


@cache
def planned() -> judging.Judging:
    """`judging.planned`, read back where another process worded it already."""
    kept = KEPT / f"{judging.fingerprint()}.json"
    try:
        return msgspec.json.decode(kept.read_bytes(), type=judging.Judging)
    except OSError:
        pass  # nobody yet
    found = _word()
    KEPT.mkdir(mode=0o700, exist_ok=True)
    for old in KEPT.iterdir():
        old.unlink(missing_ok=True)
    draft = kept.with_suffix(f".{os.getpid()}")
    draft.write_bytes(msgspec.json.encode(found))
    draft.replace(kept)
    return found
