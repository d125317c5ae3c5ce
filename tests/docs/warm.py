"""One warm `suyuan` for the many commands of the pages: importing it takes longer than most commands.

    suyuan (a script on PATH) ──words, directory, environment, three files──▶ server ──fork──▶ suyuan.cli.run

Every command is a process of its own with its own directory, environment and standard files, as if typed.
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

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
        warm, told = os.pipe()
        server = os.fork()
        if not server:
            _serve(listening, told)
        os.close(told)
        os.read(warm, 1)  # no page waits for it
        os.close(warm)
        try:
            yield directory
        finally:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)


def _serve(listening: socket.socket, told: int) -> NoReturn:
    # what takes the time: imports, and putting views, rules and accounts into words (kept for whoever asks again)
    import suyuan.cli
    import suyuan.store.columns  # noqa: F401  # so that it is there already
    from suyuan.rules import judging, reckoned
    from suyuan.views import run

    run.plan()
    judging.planned()
    reckoned.planned()
    os.write(told, b".")
    os.close(told)
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
