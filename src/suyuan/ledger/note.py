"""Signed notes: a text and, below it, signatures that anybody with the public key can check.

    example.org/log          the text, each line ended
    12
    …
                             an empty line
    — example.org/log x08go/Zj…   who signed, and base64 of key id (4 bytes) and signature

Source: C2SP signed-note (Ed25519, type 1; key encodings) and tlog-cosignature v1 (witnesses, type 4).

>>> key = Signer.from_seed("example.org/log", bytes(32))
>>> note = sign("hello\\n", key)
>>> key.verifier().signed(parse(note.show()))
True
"""

import base64
import binascii
import re
from dataclasses import dataclass, replace
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from suyuan.terms.errors import SuyuanError

ED25519, COSIGNATURE = 1, 4
SIGNATURES_MAX = 64
_NAME = re.compile(r"[^\s+]+")


class NotANote(SuyuanError):
    """A text that is no signed note."""


class NotAKey(SuyuanError):
    """A text that is no key of a signed note."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, its id, and the signature's own bytes."""

    name: str
    key_id: bytes
    value: bytes

    def show(self) -> str:
        """The line as it stands in a note."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (ending in a newline) and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def show(self) -> str:
        """The note as it is stored and sent."""
        return self.text + "\n" + "".join(signature.show() for signature in self.signatures)


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name: checks signatures."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of the key's hash: tells keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def show(self) -> str:
        """The key as it is handed out (vkey)."""
        material = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    def signed(self, note: Note) -> bool:
        """Whether the note bears a signature of this key, and every such signature holds."""
        mine = [s for s in note.signatures if s.name == self.name and s.key_id == self.key_id]
        return bool(mine) and all(self._holds(note.text, signature.value) for signature in mine)

    def _holds(self, text: str, value: bytes) -> bool:
        message = text.encode()
        if self.kind == COSIGNATURE:
            if len(value) != 72:
                return False
            message = _cosigned(int.from_bytes(value[:8], "big"), message)
            value = value[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key with its name: signs notes; never shown by accident."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> "Signer":
        """A new key."""
        return cls(_named(name), Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> "Signer":
        """The key that 32 bytes of chance make."""
        return cls(_named(name), Ed25519PrivateKey.from_private_bytes(seed))

    def verifier(self, kind: int = ED25519) -> Verifier:
        """The public half, for the log's own signatures or for those of a witness."""
        return Verifier(self.name, kind, self.private.public_key().public_bytes_raw())

    def secret(self) -> str:
        """The key as it is kept in a file (skey)."""
        material = base64.b64encode(bytes([ED25519]) + self.private.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier().key_id.hex()}+{material}"


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise NotAKey(
            f"{name!r} cannot name a key; use something like example.org/ledger, without blanks and +",
            f"{name!r} 不能作密钥名；请用 example.org/ledger 之类，不含空格和 +",
        )
    return name


def sign(text: str, signer: Signer) -> Note:
    """The text, signed."""
    return add_signature(Note(text, ()), signer)


def add_signature(note: Note, signer: Signer) -> Note:
    """The note with one more signature."""
    key_id = signer.verifier().key_id
    added = Signature(signer.name, key_id, signer.private.sign(note.text.encode()))
    return replace(note, signatures=(*note.signatures, added))


def cosign(note: Note, witness: Signer, posix_time: int) -> Note:
    """The note with the signature of a witness, who says when it was seen."""
    message = _cosigned(posix_time, note.text.encode())
    value = posix_time.to_bytes(8, "big") + witness.private.sign(message)
    added = Signature(witness.name, witness.verifier(COSIGNATURE).key_id, value)
    return replace(note, signatures=(*note.signatures, added))


def _cosigned(posix_time: int, message: bytes) -> bytes:
    return b"cosignature/v1\ntime %d\n" % posix_time + message


def parse(note: str) -> Note:
    """The text and signatures of a note. Raises NotANote; says nothing about who signed."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise NotANote(
            "not a signed note: signature lines must follow an empty line",
            "不是签名文本：空行之后应有签名行",
        )
    if any(character < " " and character != "\n" for character in note):
        raise NotANote("not a signed note: it holds control characters", "不是签名文本：含控制字符")
    signatures = lines[:-1].split("\n")
    if len(signatures) > SIGNATURES_MAX:
        raise NotANote("not a signed note: too many signatures", "不是签名文本：签名过多")
    return Note(text + "\n", tuple(_signature(line) for line in signatures))


def _signature(line: str) -> Signature:
    mark, _, rest = line.partition(" ")
    name, _, value = rest.partition(" ")
    data = decode_base64(value)
    if mark != "—" or not _NAME.fullmatch(name) or data is None or len(data) < 5:
        raise NotANote(f"not a signature line: {line!r}", f"不是签名行：{line!r}")
    return Signature(name, data[:4], data[4:])


def verifier(text: str) -> Verifier:
    """The public key that a vkey writes down. Raises NotAKey."""
    name, key_id, data = _key_parts(text.strip())
    made = Verifier(name, data[0], data[1:])
    if data[0] not in (ED25519, COSIGNATURE) or len(data) != 33 or made.key_id.hex() != key_id:
        raise NotAKey("this key is not an Ed25519 key of that name and id", "密钥与名称或编号不符")
    return made


def signer(text: str) -> Signer:
    """The private key that a skey writes down. Raises NotAKey; the message never shows it."""
    bare = text.strip().removeprefix("PRIVATE+KEY+")
    name, key_id, data = _key_parts(bare)
    if bare == text.strip() or data[0] != ED25519 or len(data) != 33:
        raise NotAKey("this is not a private key of a signed note", "不是签名文本的私钥")
    made = Signer.from_seed(name, data[1:])
    if made.verifier().key_id.hex() != key_id:
        raise NotAKey("this private key does not belong to its name and id", "私钥与名称或编号不符")
    return made


def _key_parts(text: str) -> tuple[str, str, bytes]:
    name, _, rest = text.partition("+")
    key_id, _, material = rest.partition("+")
    data = decode_base64(material)
    if not _NAME.fullmatch(name) or not data:
        raise NotAKey("a key looks like name+12345678+base64", "密钥应形如 名称+12345678+base64")
    return name, key_id, data


def decode_base64(text: str) -> bytes | None:
    """Bytes of standard base64 in its one canonical spelling; None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None
