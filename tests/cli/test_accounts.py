"""suyuan user and suyuan key, as the operator types them."""

import json
from pathlib import Path

from tests.cli.conftest import Suyuan

MAKER = "91610100TEB000010E"


def test_an_account_is_made_listed_given_a_role_and_erased(suyuan: Suyuan, tmp_path: Path) -> None:
    suyuan("init", "w")
    made = suyuan(
        "-w", "w", "user", "add", "li.na", "--tenant", MAKER, "--role", "firm-admin", "--name", "Li Na"
    )
    assert made.code == 0
    assert "invitation (shown this once" in made.out
    (listed,) = json.loads(suyuan("-w", "w", "user", "list", "-f", "json").out)
    assert (listed["login"], listed["name"], listed["roles"]) == (
        "li.na",
        "Li Na",
        f"1: firm administrator {MAKER}",
    )
    account = listed["account"]
    assert account in suyuan("-w", "w", "user", "invite", account).out
    given = suyuan("-w", "w", "user", "role", account, "--tenant", MAKER, "--role", "city", "--area", "6101")
    assert f"2: city authority {MAKER} 6101" in given.out
    assert suyuan("-w", "w", "user", "role", account, "--revoke", "2").code == 0
    assert suyuan("-w", "w", "user", "role", account, "--revoke", "2").code == 1
    assert suyuan("-w", "w", "user", "role", account).code == 2
    assert suyuan("-w", "w", "user", "erase", account).code == 2  # only with --yes
    assert suyuan("-w", "w", "user", "erase", account, "--yes").code == 0
    assert suyuan("-w", "w", "user", "list").out.strip() == "no accounts"


def test_a_key_is_shown_once_listed_and_revoked(suyuan: Suyuan) -> None:
    suyuan("init", "w")
    suyuan("-w", "w", "user", "add", "erp", "--tenant", MAKER, "--role", "entry")
    (listed,) = json.loads(suyuan("-w", "w", "user", "list", "-f", "json").out)
    made = suyuan(
        "-w",
        "w",
        "key",
        "add",
        listed["account"],
        "--role",
        "1",
        "--verbs",
        "capture,query",
        "--label",
        "ERP",
    )
    secret = made.out.split(": ")[1].strip()
    (key,) = json.loads(suyuan("-w", "w", "key", "list", "-f", "json").out)
    assert (key["label"], key["verbs"]) == ("ERP", "capture, query")
    assert secret.startswith(f"sy_{key['key']}_")
    assert secret not in suyuan("-w", "w", "key", "list", "-f", "json").out
    assert suyuan("-w", "w", "key", "revoke", key["key"]).code == 0
    assert json.loads(suyuan("-w", "w", "key", "list", "-f", "json").out)[0]["revoked"]
    assert suyuan("-w", "w", "key", "revoke", "nothing").code == 1


def test_what_cannot_be_is_said_in_both_languages(suyuan: Suyuan) -> None:
    suyuan("init", "w")
    words = ("-w", "w", "user", "add", "x", "--tenant", MAKER, "--role", "auditor")
    assert "needs an end within 92 days" in suyuan(*words).err
    assert "须指定 92 天内的结束时间" in suyuan("--lang", "zh", *words).err
    assert suyuan("-w", "w", "user", "add", "x", "--tenant", MAKER, "--role", "king").code == 2
    assert "choose among" in suyuan("-w", "w", "key", "add", "x", "--role", "1", "--verbs", "fly").err
