"""A real PostgreSQL for tests: a cluster of its own, in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sql

from tests.ports import free_port

PASSWORD = "gull/feather:9"
IN_URL = "gull%2Ffeather%3A9"
STARTING = 30.0
# Debian keeps its programs out of the path.
FOLDERS = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt")


def programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, the newest if there are several; None: there is none."""
    found = [
        path
        for root in FOLDERS
        for path in Path(root).glob("**/bin/initdb")
        if path.with_name("postgres").exists()
    ]
    known = shutil.which("initdb")
    if known and Path(known).with_name("postgres").exists():
        return Path(known).parent
    return max(found).parent if found else None


def why_not() -> str:
    """Why there can be no cluster here; '' when there can."""
    if programs() is None:
        return "no PostgreSQL is installed (Debian: postgresql)"
    if os.getuid() == 0 and _other() is None:
        return "PostgreSQL does not run as root, and there is neither a user postgres nor nobody"
    return ""


def _other() -> str | None:
    known = {each.pw_name for each in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


class Cluster:
    """Runs as long as its ``with`` block, and never as root."""

    def __enter__(self) -> Self:
        bin_ = programs()
        assert bin_ is not None
        self.folder = Path(tempfile.mkdtemp(prefix="conformance-postgres-", dir="/tmp"))
        self.user = _other() if os.getuid() == 0 else None
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        if self.user is not None:
            for path in (self.folder, secret):
                shutil.chown(path, self.user)
        data = str(self.folder / "data")
        self._run(
            str(bin_ / "initdb"), "-D", data, "-U", "suite", "-A", "scram-sha-256", "--no-sync",
            f"--pwfile={secret}", "-E", "UTF8", "--locale=C",
        )  # fmt: skip
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                str(bin_ / "postgres"), "-D", data, "-k", str(self.folder), "-p", str(self.port),
                "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off",
                "-c", "synchronous_commit=off", "-c", "max_connections=30", "-c", "shared_buffers=32MB",
            ],
            user=self.user, extra_groups=None if self.user is None else [], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.number = 0
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(2)  # a fast shutdown: nobody is waited for
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", password: str = IN_URL) -> str:
        """The address of a database of this cluster."""
        return f"postgresql://suite:{password}@127.0.0.1:{self.port}/{database}"

    def fresh(self) -> str:
        """The address of a new, empty database."""
        self.number += 1
        name = f"history{self.number}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Runs a statement outside of any transaction."""
        engine = sql.create_engine(
            self.url(database).replace("postgresql:", "postgresql+psycopg:"),
            poolclass=sql.NullPool,
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _run(self, *words: str) -> None:
        done = subprocess.run(
            words, user=self.user, extra_groups=None if self.user is None else [], cwd=self.folder,
            capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def _wait(self) -> None:
        until = time.monotonic() + STARTING
        while True:
            assert self.process.poll() is None, "PostgreSQL ended before it began"
            try:
                self.execute("SELECT 1")
            except sql.exc.OperationalError:
                assert time.monotonic() < until, "PostgreSQL never took a connection"
                time.sleep(0.1)
            else:
                return
