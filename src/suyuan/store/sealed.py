"""A sealed blob: a zstd frame behind its CRC-32, so that a changed byte is told before it is unpacked.

    crc32 (4 bytes, big-endian) ‖ zstd frame

A frame has bits that mean nothing (a flipped one unpacks to the same bytes); the sum covers those too. What
the bytes *should* say is proven by the tree, not by this.

>>> unseal(Sealer()(b"entries"))
b'entries'
"""

from zlib import crc32

import zstandard

from suyuan.ledger.damage import Damaged

LEVEL = 1
SUM = 4
SIZE_MAX = 1 << 30
"""No blob is larger unpacked: a changed length must not ask for all memory."""


class Sealer:
    """Seals blobs one after the other; not for several threads at once."""

    def __init__(self) -> None:
        self._zstd = zstandard.ZstdCompressor(level=LEVEL, write_checksum=False)

    def __call__(self, data: bytes) -> bytes:
        """The sealed form of `data`."""
        frame = self._zstd.compress(data)
        return crc32(frame).to_bytes(SUM, "big") + frame


def intact(sealed: bytes) -> bool:
    """Whether the sum agrees with the frame."""
    return crc32(memoryview(sealed)[SUM:]).to_bytes(SUM, "big") == sealed[:SUM]


def unpack(sealed: bytes) -> bytes:
    """What the frame holds, whatever the sum says. Raises Damaged where it cannot be unpacked."""
    frame = memoryview(sealed)[SUM:]
    try:
        if not 0 <= zstandard.frame_content_size(frame) <= SIZE_MAX:
            raise zstandard.ZstdError("impossible length")
        return zstandard.ZstdDecompressor().decompress(frame, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError) as error:
        raise Damaged(
            f"stored bytes cannot be unpacked ({error})", f"存储的字节无法解压（{error}）"
        ) from error


def unseal(sealed: bytes) -> bytes:
    """What was sealed. Raises Damaged."""
    if not intact(sealed):
        raise Damaged("stored bytes differ from their checksum", "存储的字节与校验和不符")
    return unpack(sealed)
