"""The accounts of a workspace, opened: who there is, what opens doors, what waits to go on the ledger."""

from pathlib import Path

from suyuan.store.account_access import Access
from suyuan.store.account_file import AccountsFile
from suyuan.store.account_journal import Journal
from suyuan.store.account_people import LoginTaken, People

__all__ = ["Accounts", "LoginTaken"]


class Accounts:
    """One file, seen from three sides. Raises what `AccountsFile` raises."""

    def __init__(self, directory: Path) -> None:
        self.file = AccountsFile(directory)
        self.people, self.access, self.journal = People(self.file), Access(self.file), Journal(self.file)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()
