"""`suyuan serve`: EPCIS 2.0 and our own API over HTTP."""

from suyuan.cli.options import Common, NoWorkspace
from suyuan.cli.output import remark
from suyuan.terms.sentence import Sentence

OPEN = Sentence(
    zh="--open：任何能连到本机的程序都可不凭密钥以运行单位身份读写；只用于演示",
    en="--open: every program on this machine may read and write as the operator, without a key; for demonstrations alone",
)


def serve(
    *,
    host: str | None = None,
    port: int = 8080,
    workers: int = 1,
    open: bool = False,  # noqa: A002  # the option's name
    callback: tuple[str, ...] = (),
    common: Common | None = None,
) -> int:
    """Serve the workspace over HTTP until it is stopped (Ctrl-C, SIGTERM): what was accepted is recorded first.

    Parameters
    ----------
    host
        The address to listen on; this machine alone where left out.
    port
        The port to listen on.
    workers
        Processes that answer; one is enough for a few thousand events a second.
    open
        Without keys: everybody is the operator. On this machine alone.
    callback
        Host that subscriptions may be sent to although it is no public address (may be given several times).
    """
    common = common or Common()
    if common.workspace is None:
        with common.opened():  # says what is missing
            raise NoWorkspace("no workspace named")
    from suyuan.api import serving  # the server's libraries, for this command alone
    from suyuan.usecases.settings import Settings

    if open:
        remark([OPEN], common.language)
    settings = Settings(common.workspace, open, common.clock_set_to, workers, tuple(callback))
    serving.serve(settings, host or serving.LOOPBACK, port)
    return 0
