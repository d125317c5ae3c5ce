"""A line to a PostgreSQL server that can be cut: when its client says a word, before or after the server heard it.

client ──socket──▶ this thread ──socket──▶ server
"""

import select
import socket
from pathlib import Path
from threading import Thread

NAME = ".s.PGSQL.5432"


class Line:
    """Listens in `directory` as a server would, and hands on to the one in `to`."""

    def __init__(self, directory: Path, to: Path) -> None:
        self.cut_at: bytes | None = None
        self.heard = True
        """Whether the server hears the word before the line is cut."""
        self._to = str(to / NAME)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(directory / NAME))
        self._listening.listen()
        self._open = True
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while self._open:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._to)
            while True:
                for end in select.select([client, server], [], [])[0]:
                    data = end.recv(1 << 16)
                    cut = end is client and self.cut_at is not None and self.cut_at in data
                    if cut:
                        self.cut_at = None
                    if data and (not cut or self.heard):
                        (server if end is client else client).sendall(data)
                    if cut and self.heard:
                        server.recv(1 << 16)  # the answer, which nobody hears
                    if cut or not data:
                        return

    def close(self) -> None:
        self._open = False
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
