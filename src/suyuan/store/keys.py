"""The ledger's key: a private key file that only its owner may read, and the public key beside it.

ledger.key   PRIVATE+KEY+example.org/ledger+c74f20a3+AYEK…   (mode 0600)
ledger.pub   example.org/ledger+c74f20a3+ARpc…               (to be handed out)
"""

import os
from pathlib import Path

from suyuan.ledger.note import Signer, Verifier, signer, verifier
from suyuan.store.failures import told
from suyuan.terms.errors import SuyuanError

PRIVATE, PUBLIC = "ledger.key", "ledger.pub"


class KeyExposed(SuyuanError):
    """The private key can be read by others."""


class NoKey(SuyuanError):
    """The workspace holds no such key."""


def create(workspace: Path, origin: str) -> Signer:
    """Make the key of a new ledger; `origin` is its name in every checkpoint. Raises NotAKey for a bad name."""
    made = Signer.generate(origin)
    with told(PRIVATE):
        _write(workspace / PRIVATE, made.secret(), 0o600)
        _write(workspace / PUBLIC, made.verifier().show(), 0o644)
    return made


def put_back(workspace: Path, key: Signer) -> None:
    """Put the private key of a restored ledger where it is looked for."""
    with told(PRIVATE):
        _write(workspace / PRIVATE, key.secret(), 0o600)


def _write(path: Path, text: str, mode: int) -> None:
    # O_EXCL: a key is never overwritten, whoever asks
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def forget(workspace: Path) -> None:
    """Take away a key that was just made and has signed nothing."""
    for name in (PRIVATE, PUBLIC):
        (workspace / name).unlink(missing_ok=True)


def private_key(workspace: Path) -> Signer:
    """The key to sign with. Raises NoKey, KeyExposed, NotAKey."""
    path = workspace / PRIVATE
    text = _read(path)
    if path.stat().st_mode & 0o077:
        raise KeyExposed(
            f"{path} can be read by others; run: chmod 600 {path}",
            f"{path} 可被他人读取；请运行：chmod 600 {path}",
        )
    return signer(text)


def public_key(workspace: Path) -> Verifier:
    """The key to check signatures with. Raises NoKey, NotAKey."""
    return verifier(_read(workspace / PUBLIC))


def _read(path: Path) -> str:
    try:
        with told(path.name):
            return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise no_key(path) from None


def no_key(path: Path) -> NoKey:
    """The key that should stand there does not."""
    return NoKey(
        f"{path} is missing; restore it from the backup of the workspace",
        f"缺少 {path}；请从工作区备份恢复",
    )
