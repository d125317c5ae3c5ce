"""What opens doors: sessions, API keys, invitations, recovery codes, passkeys, providers of sign-on.

Tokens are random and stand as SHA-256: whoever reads the file cannot use what is in it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from suyuan.rights.held import Grant, Held, Key, Needs
from suyuan.rights.words import Verb
from suyuan.store.account_file import AccountsFile, Row, at
from suyuan.store.account_people import grant_of
from suyuan.terms.instants import parse_instant


class Access:
    """Sessions, keys and factors of accounts."""

    def __init__(self, file: AccountsFile) -> None:
        self.file = file

    # -- attempts: counted before the secret is looked at, so that guesses in parallel count too

    def attempt(self, account: str, now: datetime, most: int, locked_until: datetime) -> bool:
        """Count an attempt. False if the account is locked; the attempt that reaches `most` locks it unless it is right."""
        with self.file.transaction():
            row = self.file.row("SELECT failures, locked_until FROM account WHERE id = ?", account)
            if row is None:
                return False
            failures, locked = row["failures"], row["locked_until"]
            if locked is not None:
                if parse_instant(locked) > now:
                    return False
                failures = 0
            failures += 1
            self.file.run(
                "UPDATE account SET failures = ?, locked_until = ? WHERE id = ?",
                failures, at(locked_until) if failures >= most else None, account,
            )  # fmt: skip
        return True

    def attempt_was_right(self, account: str) -> None:
        """Take back that it was counted: one factor was right, the other is still to come."""
        self.file.run(
            "UPDATE account SET failures = max(failures - 1, 0), locked_until = NULL WHERE id = ?", account
        )

    def signed_in(self, account: str, now: datetime) -> None:
        """All factors were right: the count begins anew."""
        self.file.run(
            "UPDATE account SET failures = 0, locked_until = NULL, last_at = ? WHERE id = ?", at(now), account
        )

    # -- sessions

    def add_session(
        self, hashed: bytes, account: str, grant: int, needs: Needs, now: datetime, until: datetime
    ) -> None:
        """A new session; those that are over are forgotten."""
        with self.file.transaction():
            self.file.run("DELETE FROM session WHERE until <= ?", at(now))
            self.file.run(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)",
                hashed,
                account,
                grant,
                needs,
                at(now),
                at(until),
            )

    def session(self, hashed: bytes) -> Held | None:
        """A session whose role was not taken back."""
        row = self.file.row(
            "SELECT s.account, s.needs, s.seen_at, s.until AS ends, r.id, r.role, r.tenant, r.area, r.until "
            "FROM session s JOIN role r ON r.id = s.role WHERE s.hash = ? AND r.revoked_at IS NULL",
            hashed,
        )
        if row is None:
            return None
        seen, ends = parse_instant(row["seen_at"]), parse_instant(row["ends"])
        return Held(row["account"], grant_of(row), cast(Needs, row["needs"]), seen, ends)

    def seen(self, hashed: bytes, now: datetime) -> None:
        """The session was used."""
        self.file.run("UPDATE session SET seen_at = ? WHERE hash = ?", at(now), hashed)

    def end_session(self, hashed: bytes) -> None:
        """It opens nothing any more."""
        self.file.run("DELETE FROM session WHERE hash = ?", hashed)

    def end_sessions(self, account: str, *, but: bytes = b"") -> None:
        """All sessions of an account end, but for one."""
        self.file.run("DELETE FROM session WHERE account = ? AND hash != ?", account, but)

    # -- API keys

    def add_key(self, key: Key, hashed: bytes) -> None:
        """A new key."""
        self.file.run(
            "INSERT INTO api_key VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
            key.id, hashed, key.label, key.account, key.grant.id, " ".join(sorted(key.verbs)), at(key.made_at), at(key.until),
        )  # fmt: skip

    def key(self, key: str) -> tuple[Key, bytes] | None:
        """A key and the hash of its secret."""
        found = self._keys("k.id = ?", key)
        return found[0] if found else None

    def all_keys(self) -> list[Key]:
        """Every key, the newest first."""
        return [key for key, _ in self._keys("1 ORDER BY k.made_at DESC, k.id")]

    def _keys(self, condition: str, *values: object) -> list[tuple[Key, bytes]]:
        rows = self.file.rows(
            "SELECT k.id AS key_id, k.hash, k.label, k.account, k.verbs, k.made_at, k.until AS ends, k.last_at, "
            "k.revoked_at AS ended, r.id, r.role, r.tenant, r.area, r.until "
            f"FROM api_key k JOIN role r ON r.id = k.role WHERE {condition}",
            *values,
        )
        return [(_key(row, grant_of(row)), row["hash"]) for row in rows]

    def key_used(self, key: str, now: datetime) -> None:
        """When it was used last."""
        self.file.run("UPDATE api_key SET last_at = ? WHERE id = ?", at(now), key)

    def revoke_key(self, key: str, now: datetime) -> bool:
        """End it. False if it had ended."""
        done = self.file.run(
            "UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at(now), key
        )
        return done > 0

    # -- invitations and challenges: each good for once

    def invite(self, hashed: bytes, account: str, until: datetime) -> None:
        """An invitation in place of those before."""
        with self.file.transaction():
            self.file.run("DELETE FROM invitation WHERE account = ?", account)
            self.file.run("INSERT INTO invitation VALUES (?, ?, ?)", hashed, account, at(until))

    def invited(self, hashed: bytes, now: datetime) -> str | None:
        """The account of an invitation that runs."""
        row = self.file.row("SELECT account FROM invitation WHERE hash = ? AND until > ?", hashed, at(now))
        return None if row is None else str(row["account"])

    def use_invitation(self, hashed: bytes) -> bool:
        """It is used up. False if somebody else was first."""
        return self.file.run("DELETE FROM invitation WHERE hash = ?", hashed) > 0

    def challenge(self, hashed: bytes, account: str, value: bytes, now: datetime, until: datetime) -> None:
        """Remember what a passkey was asked; what is over is forgotten."""
        with self.file.transaction():
            self.file.run("DELETE FROM challenge WHERE until <= ?", at(now))
            self.file.run("INSERT INTO challenge VALUES (?, ?, ?, ?)", hashed, account, value, at(until))

    def use_challenge(self, hashed: bytes, now: datetime) -> tuple[str, bytes] | None:
        """(account, what it was asked) of a challenge that runs; it is used up."""
        with self.file.transaction():
            row = self.file.row(
                "SELECT account, value FROM challenge WHERE hash = ? AND until > ?", hashed, at(now)
            )
            self.file.run("DELETE FROM challenge WHERE hash = ?", hashed)
        return None if row is None else (row["account"], row["value"])

    # -- second factors

    def use_step(self, account: str, step: int) -> bool:
        """A time step of TOTP is used up, with all before it. False if it was: a code is good for once."""
        return (
            self.file.run(
                "UPDATE account SET totp_step = ? WHERE id = ? AND totp_step < ?", step, account, step
            )
            > 0
        )

    def set_recovery(self, account: str, hashes: Sequence[bytes]) -> None:
        """Recovery codes in place of those before."""
        with self.file.transaction():
            self.file.run("DELETE FROM recovery WHERE account = ?", account)
            self.file.run_many("INSERT INTO recovery VALUES (?, ?)", [(each, account) for each in hashes])

    def use_recovery(self, account: str, hashed: bytes) -> bool:
        """A recovery code is used up. False if there is none."""
        return self.file.run("DELETE FROM recovery WHERE account = ? AND hash = ?", account, hashed) > 0

    def forget_factors(self, account: str) -> None:
        """No authenticator, recovery code or passkey any more, and no session."""
        with self.file.transaction():
            for table in ("recovery", "passkey", "session"):
                self.file.run(f"DELETE FROM {table} WHERE account = ?", account)
            self.file.run("UPDATE account SET totp = NULL, totp_pending = NULL WHERE id = ?", account)

    def add_passkey(
        self, passkey: bytes, account: str, public_key: bytes, uses: int, label: str, now: datetime
    ) -> None:
        """A passkey of an account."""
        self.file.run(
            "INSERT INTO passkey VALUES (?, ?, ?, ?, ?, ?)",
            passkey,
            account,
            public_key,
            uses,
            label,
            at(now),
        )

    def passkeys(self, account: str) -> list[Row]:
        """The passkeys of an account."""
        return self.file.rows("SELECT * FROM passkey WHERE account = ? ORDER BY made_at, id", account)

    def passkey(self, passkey: bytes) -> Row | None:
        """A passkey by its id."""
        return self.file.row("SELECT * FROM passkey WHERE id = ?", passkey)

    def passkey_used(self, passkey: bytes, uses: int) -> None:
        """How often it says that it was used."""
        self.file.run("UPDATE passkey SET uses = ? WHERE id = ?", uses, passkey)

    def remove_passkey(self, account: str, passkey: bytes) -> bool:
        """Forget one. False if there is none."""
        return self.file.run("DELETE FROM passkey WHERE account = ? AND id = ?", account, passkey) > 0

    # -- providers of sign-on

    def set_provider(self, issuer: str, said: Mapping[str, Any]) -> None:
        """What is believed of an issuer of ID tokens."""
        self.file.run("INSERT OR REPLACE INTO provider VALUES (?, ?)", issuer, json.dumps(said))

    def provider(self, issuer: str) -> dict[str, Any] | None:
        """What is believed of an issuer."""
        row = self.file.row("SELECT said FROM provider WHERE issuer = ?", issuer)
        return None if row is None else dict(json.loads(row["said"]))

    def of_provider(self, issuer: str, subject: str) -> str | None:
        """The account of a person whom a provider knows."""
        row = self.file.row("SELECT id FROM account WHERE issuer = ? AND subject = ?", issuer, subject)
        return None if row is None else str(row["id"])


def _key(row: Row, grant: Grant) -> Key:
    verbs = frozenset(Verb(word) for word in row["verbs"].split())
    last, ended = row["last_at"], row["ended"]
    return Key(
        row["key_id"],
        row["label"],
        row["account"],
        grant,
        verbs,
        parse_instant(row["made_at"]),
        parse_instant(row["ends"]),
        None if last is None else parse_instant(last),
        None if ended is None else parse_instant(ended),
    )
