"""What an importer of one JSON file has come to so far: events ready to go, and what there is to say."""

from suyuan.capture.documents import refuses
from suyuan.capture.importer import Batch
from suyuan.events.check import check_event
from suyuan.events.prepared import Prepared, prepare
from suyuan.events.shapes import Event
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.sentence import Sentence


class Collected:
    """Events and findings since the last batch."""

    def __init__(self) -> None:
        self.prepared: list[Prepared] = []
        self.findings: list[Finding] = []

    def batch(self, done: int) -> Batch:
        """What came together since the last batch."""
        batch = Batch(self.prepared, self.findings, done)
        self.prepared, self.findings = [], []
        return batch

    def emit(self, event: Event, pointer: str) -> None:
        """An event that what stands at `pointer` amounts to; what is wrong with it is told there."""
        findings = check_event(event, bare=True)
        for each in findings:
            said = Sentence(
                zh=f"无法写成事件（{each.place.pointer}）：{each.reason.zh}",
                en=f"makes no event ({each.place.pointer}): {each.reason.en}",
            )
            place = Place(pointer=pointer)
            self.findings.append(Finding(each.rule, place, said, each.found, each.suggestion, each.severity))
        if not refuses(findings):
            self.prepared.append(prepare(event, pointer))

    def refuse(
        self, rule: str, pointer: str, en: str, zh: str, found: str | None = None, meant: str | None = None
    ) -> None:
        """Something at `pointer` cannot be recorded."""
        self.findings.append(Finding(rule, Place(pointer=pointer), Sentence(zh=zh, en=en), found, meant))

    def remark(
        self,
        rule: str,
        pointer: str,
        en: str,
        zh: str,
        found: str | None = None,
        meant: str | None = None,
        severity: Severity = Severity.WARN,
    ) -> None:
        """Something at `pointer` is worth saying and keeps nothing out."""
        said = Sentence(zh=zh, en=en)
        self.findings.append(Finding(rule, Place(pointer=pointer), said, found, meant, severity))

    def hint(self, rule: str, pointer: str, en: str, zh: str, found: str | None = None) -> None:
        """Something at `pointer` that is as it should be, and yet not recorded as an event."""
        self.remark(rule, pointer, en, zh, found, severity=Severity.HINT)
