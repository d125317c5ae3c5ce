"""One warm `suyuan` for the many commands of the pages: importing it takes longer than most commands.

    suyuan (a script on PATH) ──words, directory, environment, three files──▶ server ──fork──▶ suyuan.cli.run

Every command is a process of its own with its own directory, environment and standard files, as if typed.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from tests.plans import planned

ROOT = Path(__file__).parents[2]
CLIENT = """#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [len(told).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(told)
    code = server.recv(1)
sys.exit(code[0] if code else 70)
"""

NO_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""Libraries that start threads when they are imported: what is forked must have none, or a lock may be held by nobody."""


@contextmanager
def suyuan_on_path(directory: Path) -> Iterator[Path]:
    """A directory to put on PATH; its `suyuan` is served as long as the block lasts."""
    directory.mkdir()
    address = str(directory / "s")
    script = directory / "suyuan"
    script.write_text(CLIENT.format(python=sys.executable, address=address), encoding="utf-8")
    script.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        # a program of its own: forked from a process of tests, it would have locks and pools of threads that are not there
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.docs.warm", str(listening.fileno())],
            cwd=ROOT, pass_fds=[listening.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            env={**os.environ, **NO_THREADS},
        )  # fmt: skip
        try:
            assert server.stdout is not None
            assert server.stdout.read(1) == b"."  # no page waits for it
            yield directory
        finally:
            server.kill()
            server.communicate()


def _serve(listening: socket.socket) -> NoReturn:
    # what takes the time: imports, and putting views, rules and accounts into words (kept for whoever asks again)
    import suyuan.cli
    import suyuan.store.columns  # noqa: F401  # so that it is there already
    from suyuan.rules import judging, reckoned
    from suyuan.views import run

    run.plan()
    judging.planned = planned
    judging.planned()
    reckoned.planned()
    tasks = Path("/proc/self/task")
    assert not tasks.is_dir() or len(list(tasks.iterdir())) == 1, "a process with threads is not forked"
    os.write(1, b".")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        caller, _ = listening.accept()
        if not os.fork():
            listening.close()
            _run(caller)
        caller.close()


def _run(caller: socket.socket) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, files, _, _ = socket.recv_fds(caller, 4, 3)
    told = b""
    while len(told) < int.from_bytes(length, "big"):
        told += caller.recv(1 << 16)
    words, directory, environment = json.loads(told)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    for standard, given in enumerate(files):
        os.dup2(given, standard)
        os.close(given)
    caller.send(bytes([_answer(words)]))
    os._exit(0)


def _answer(words: list[str]) -> int:
    from suyuan.cli import run

    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # the process's own
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # the process's own
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # the process's own
    try:
        code = run(words)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 70
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
