"""A client that others wrote (npm epcis2.js) builds a document, captures it, follows its job, and reads what it finds."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.api.served import serving

PACKAGE = {
    "name": "client",
    "private": True,
    "dependencies": {"epcis2.js": "2.7.3"},
    # a package that only keeps a name taken, and that registries leave out
    "overrides": {"fs": "file:./fs"},
}
SCRIPT = """
const { ObjectEvent, EPCISDocument, CaptureResponse, setup, capture } = require('epcis2.js');
const base = process.argv[2];
setup({ apiUrl: base + '/', eventTimeZoneOffset: '+08:00' });
(async () => {
  const event = new ObjectEvent();
  event.setEventTime('2026-05-01T08:00:00.000+08:00').setEventTimeZoneOffset('+08:00').setAction('OBSERVE')
    .setBizStep('inspecting').addEPC('https://id.example.cn/obj/js1');
  const document = new EPCISDocument();
  document.setCreationDate('2026-05-01T08:00:00.000+08:00').addEvent(event);
  const captured = new CaptureResponse(await capture(document));
  await captured.pollForTheCaptureToFinish(50, 100);
  const answer = await fetch(base + '/events?MATCH_epc=' + encodeURIComponent('https://id.example.cn/obj/js1'));
  const found = (await answer.json()).epcisBody.queryResults.resultsBody.eventList.map((each) => new ObjectEvent(each));
  console.log(JSON.stringify({ running: captured.getRunningStatus(), success: captured.getSuccessStatus(),
    location: captured.getLocation(), epcs: found.map((each) => each.getEPCList()), steps: found.map((each) => each.getBizStep()) }));
})().catch((wrong) => { console.error(wrong); process.exit(1); });
"""


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, installed for this run."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not here, with which the independent client is installed")
    directory = tmp_path_factory.mktemp("client")
    (directory / "fs").mkdir()
    (directory / "fs" / "package.json").write_text('{"name": "fs", "version": "0.0.1"}')
    (directory / "package.json").write_text(json.dumps(PACKAGE))
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    subprocess.run(command, cwd=directory, check=True, timeout=300)
    (directory / "client.js").write_text(SCRIPT)
    return directory


def test_an_independent_client_captures_and_finds_again(client: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "ws") as server:
        done = subprocess.run(
            ["node", "client.js", f"http://127.0.0.1:{server.port}"],
            cwd=client, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["running"], said["success"]) == (False, True)
    assert said["epcs"] == [["https://id.example.cn/obj/js1"]]
    assert said["steps"] == ["inspecting"]
