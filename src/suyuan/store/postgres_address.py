"""Where a ledger stands on a PostgreSQL server: an address without secrets.

    postgresql://user@host:5432/database?sslmode=verify-full&options=-csearch_path%3Dschema

Everything libpq understands may stand in it but a password: that comes by PGPASSWORD, PGPASSFILE or ~/.pgpass, so
that it is never written into a workspace.

>>> parse("postgresql://keeper@db.example.org/ledger").name
'PostgreSQL db.example.org/ledger'
"""

from dataclasses import dataclass

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from suyuan.terms.errors import SuyuanError

SCHEMES = ("postgresql://", "postgres://")
SECRETS = ("password", "sslpassword", "oauth_client_secret")


class NotAnAddress(SuyuanError):
    """Not the address of a PostgreSQL database."""


class SecretInAddress(SuyuanError):
    """A password in what would be written to a file."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that may be written down, and what the database is called in messages."""

    text: str
    name: str


def parse(text: str) -> Address:
    """The address. Raises NotAnAddress, SecretInAddress."""
    try:
        if not text.startswith(SCHEMES):
            raise ProgrammingError("it does not begin with postgresql://")
        told = conninfo_to_dict(text)
    except ProgrammingError as wrong:
        reason = str(wrong).strip()
        raise NotAnAddress(
            f"not the address of a record ({reason}); like postgresql://user@host/database",
            f"不是账本数据库地址（{reason}）；形如 postgresql://user@host/database",
        ) from None  # what was given may hold a secret: it is not repeated
    if any(told.get(secret) for secret in SECRETS):
        raise SecretInAddress(
            "the address carries a password; leave it out: it is read from PGPASSWORD, PGPASSFILE or ~/.pgpass and never written down",
            "地址中含有密码；请去掉：密码由 PGPASSWORD、PGPASSFILE 或 ~/.pgpass 读取，从不写入文件",
        )
    where = f"{told.get('host') or 'localhost'}/{told.get('dbname') or told.get('user') or ''}"
    return Address(text, f"PostgreSQL {where}")
