"""The product as its own processes, as a person would start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

READY_SECONDS = 300


@dataclass(frozen=True)
class SignIn:
    """One person of the sample company."""

    role: str
    email: str
    password: str
    name: str = ""


def bare_environment(database_url: str = "") -> dict[str, str]:
    """The surroundings without anything that concerns Desagravo or its tests, except the database."""
    ours = ("DESAGRAVO_", "DJANGO_", "PYTEST_")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return bare | ({"DESAGRAVO_DATABASE_URL": database_url} if database_url else {})


class Product:
    """`desagravo demo` or `desagravo start` on a folder; started by `with`, stopped and checked at its end."""

    def __init__(
        self,
        command: str = "demo",
        *,
        data: Path,
        database_url: str = "",
        environment: dict[str, str] | None = None,
        program: list[str] | None = None,
    ) -> None:
        self.data = data
        self.database_url = database_url
        self.command = [*(program or [sys.executable, "-m", "desagravo.operations"]), command]
        self.command += ["--port", "0", "--data", str(data), "--json"]
        self.environment = environment or {}
        self.url = ""
        self.sign_ins: list[SignIn] = []
        self.process: subprocess.Popen[str] | None = None
        self._errors: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  closed by stop()

    def __enter__(self) -> Product:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        environment = bare_environment(self.database_url) | self.environment
        self.process = subprocess.Popen(
            self.command, env=environment, stdout=subprocess.PIPE, stderr=self._errors, text=True, encoding="utf-8"
        )
        line = self._first_line()
        try:
            ready: dict[str, Any] = json.loads(line)
        except ValueError as problem:
            self.kill()
            raise AssertionError(f"the product said {line!r} instead of one line of JSON\n{self.errors()}") from problem
        self.url = ready["url"]
        self.sign_ins = [SignIn(**sign_in) for sign_in in ready["sign_ins"]]

    def _first_line(self) -> str:
        """The line that says that all is ready; a product that says nothing for too long is ended."""
        assert self.process is not None
        assert self.process.stdout is not None
        alarm = threading.Timer(READY_SECONDS, self.process.kill)
        alarm.start()
        try:
            return self.process.stdout.readline()
        finally:
            alarm.cancel()

    def sign_in(self, role: str) -> SignIn:
        """The first person of the sample company with this role."""
        for person in self.sign_ins:
            if person.role == role:
                return person
        raise LookupError(f"nobody has the role {role}: {sorted({person.role for person in self.sign_ins})}")

    def errors(self) -> str:
        """What the product wrote to standard error so far."""
        self._errors.seek(0)
        return self._errors.read()

    def stop(self) -> int:
        """End it as Ctrl-C does; returns the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(30)
        finally:
            self.kill()

    def kill(self) -> None:
        """kill -9 of the process that was started; its children must notice by themselves."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()
