"""The worker's side of `suyuan.capture.workers`: answers requests until its parent closes the pipe.

    <8 bytes: length><marshalled arguments>  →  <8 bytes: length><marshalled (worked, result or traceback)>

`marshal` because it is four times as fast as pickle for tuples, text and bytes; both ends are the same
interpreter. A parent that dies closes the pipe, and the worker ends with it.
"""

import gc
import marshal
import os
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

from suyuan.terms.memory import give_back_large_pieces

LENGTH = struct.Struct("<Q")


def function(target: str) -> Callable[..., Any]:
    """The function that `module:name` says."""
    module, _, name = target.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def serve(target: str) -> None:
    """Answer requests from standard input on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and closes the pipe
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever prints must not print into the answers
    try:
        work = function(target)
        gc.freeze()  # a block leaves no circles behind; what it makes dies by reference count
        gc.disable()
        give_back_large_pieces()
        while (arguments := _read(requests)) is not None:
            _answer(work, arguments, answers)
            del arguments
    except (BrokenPipeError, EOFError):
        sys.exit(1)  # the parent is gone


def _read(requests: BinaryIO) -> list[Any] | None:
    head = requests.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return list(marshal.loads(requests.read(LENGTH.unpack(head)[0])))


def _answer(work: Callable[..., Any], arguments: list[Any], answers: BinaryIO) -> None:
    try:
        answer = marshal.dumps((True, work(*arguments)))
    except Exception:  # whatever it is, the parent raises it, with the traceback
        answer = marshal.dumps((False, traceback.format_exc()))
    for part in (LENGTH.pack(len(answer)), answer):
        unsent = memoryview(part)
        while unsent:
            unsent = unsent[answers.write(unsent) :]
