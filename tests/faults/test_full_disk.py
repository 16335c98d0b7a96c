"""F6 and F7: a disk that is full or can only be read. Nothing is half accepted, what is there can be read, and room is
all that is needed to go on."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.house import (
    LANGUAGES,
    House,
    colleague,
    customer,
    house_on,
    note,
    pages_can_be_read,
    red,
    refused_whole,
    send_form,
    token_in,
)
from tests.product import Product
from tests.promises.invariants import broken
from tests.promises.test_nothing_lost import file_until_answered, the_one_with, until

pytestmark = [pytest.mark.process, pytest.mark.long]


@contextlib.contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own in memory, where that can be had."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "none", str(folder)]
    if os.geteuid() or subprocess.run(command).returncode:
        pytest.skip("a disk can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Take every byte that is left."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
    with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 512)
    return ballast


def first_case(house: House, product: Product) -> tuple[str, str]:
    """A case with its papers made: its number and the path of its private page."""
    key = house.new_key()
    file_until_answered(house, product, key)
    until("its receipt is made and its mail sent", lambda: set(dict(house.look()["deliveries"])) == {"done"}, every=1)
    answer = house.answered[key]
    return answer["case_number"], httpx.URL(answer["tracking_url"]).path


def refused_until_room(house: House, product: Product, disk: Path) -> tuple[str, str]:
    """Send complaints until one is refused: the database has some room of its own. Its words and its token."""
    browser = customer(product)
    for _ in range(300):
        key = house.new_key()
        answer = send_form(browser, key)
        if answer.status_code == 503:
            refused_whole(answer, key, "en")
            return key, token_in(answer)
        assert answer.status_code == 303, answer.text[:2000]
        fill(disk)
    raise AssertionError("the disk is full and everything was accepted")


def test_a_full_disk_refuses_whole_and_recovers_without_a_restart(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", 128) as disk, house_on("sqlite", disk / "data") as house, house.life() as product:
        number, track = first_case(house, product)
        desk = colleague(product)
        ballast = fill(disk)
        refused, token = refused_until_room(house, product, disk)
        for language in LANGUAGES:
            refused_whole(send_form(customer(product, language), refused, token=token), refused, language)
        with_file = house.new_key()
        assert send_form(customer(product), with_file, file=b"proof").status_code == 503
        said = note(desk, number, "The carrier called back.")
        assert said.status_code == 503
        assert "The carrier called back." in said.text
        pages_can_be_read(customer(product), desk, number, track)
        assert "disk space" in red(product, "disk")
        before = house.look()["cases"]
        assert refused not in before.values()
        ballast.unlink()
        assert send_form(customer(product), refused, token=token).status_code == 303
        assert send_form(customer(product), with_file, file=b"proof").status_code == 303
        assert note(desk, number, "The carrier called back.").status_code in (302, 303)
        house.whole(product)
        after = house.look()["cases"]
        assert sorted(after.values()) == sorted(house.sent)


def test_only_the_store_of_the_files_is_full(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(mounted(tmp_path / "data" / "files", 40))
        house = stack.enter_context(house_on("sqlite", tmp_path / "data"))
        with house.life() as product:
            number, track = first_case(house, product)
            ballast = fill(disk)
            with_file = house.new_key()
            refused = send_form(customer(product), with_file, file=b"proof" * 1000)
            assert refused.status_code == 503
            assert f"{with_file}</textarea>" in refused.text
            plain = house.new_key()
            assert send_form(customer(product), plain).status_code == 303  # its paper is made when there is room
            pages_can_be_read(customer(product), colleague(product), number, track)
            assert red(product, "disk") == "less than 32 MB of disk space is left for the files"
            ballast.unlink()
            assert send_form(customer(product), with_file, file=b"proof" * 1000).status_code == 303
            house.whole(product)
            assert sorted(house.look()["cases"].values()) == sorted(house.sent)


class Unheard(Product):
    """A product whose log can take nothing: every line fails as on a full disk."""

    def start(self) -> None:
        self._errors = Path("/dev/full").open("w")  # noqa: SIM115  closed by the end of the test
        super().start()

    def errors(self) -> str:
        return ""


def test_only_the_log_is_full(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        house = stack.enter_context(house_on("sqlite", tmp_path / "data"))
        product = stack.enter_context(Unheard("start", data=house.data, environment=house.environment))
        number, track = first_case(house, product)
        worker = the_one_with(product, "operations work")
        assert worker
        worker.kill()  # that it ended is said in the log, which must not end the product
        until("another worker came", lambda: the_one_with(product, "operations work"))
        file_until_answered(house, product, house.new_key())
        assert customer(product).get("/track/nobody/").status_code == 404
        pages_can_be_read(customer(product), colleague(product), number, track)
        house.whole(product)


@contextlib.contextmanager
def real_disk(folder: Path) -> Iterator[tuple[Path, Path]]:
    """A file system of its own that turns read-only at its first error; the second path is what makes an error."""
    image = folder / "image"
    disk = folder / "disk"
    disk.mkdir()
    with image.open("wb") as file:
        file.truncate(160 << 20)
    made = subprocess.run(["mkfs.ext4", "-q", "-F", str(image)]).returncode == 0
    if os.geteuid() or not made or subprocess.run(["mount", "-o", "loop,errors=remount-ro", image, disk]).returncode:
        pytest.skip("a disk can only be mounted by root")
    try:
        found = subprocess.run(["losetup", "-j", str(image)], capture_output=True, text=True, check=True).stdout
        yield disk, Path("/sys/fs/ext4") / Path(found.split(":")[0]).name / "trigger_fs_error"
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.long
def test_a_disk_that_turned_read_only_refuses_and_can_be_read(tmp_path: Path) -> None:
    """As a failing disk does: the file system takes nothing more. A start on it says why it cannot."""
    with real_disk(tmp_path) as (disk, trigger), house_on("sqlite", disk / "data") as house:
        with house.life() as product:
            number, track = first_case(house, product)
            desk = colleague(product)
            trigger.write_text("1")
            key = house.new_key()
            for language in LANGUAGES:
                refused_whole(send_form(customer(product, language), key), key, language)
            assert note(desk, number, "The carrier called back.").status_code == 503
            pages_can_be_read(customer(product), desk, number, track)
            assert red(product, "disk") == "the folder of the data cannot be written"
        start = [sys.executable, "-m", "desagravo.operations", "start", "--data", str(house.data), "--port", "0"]
        ended = subprocess.run(start, capture_output=True, text=True, timeout=120)
        assert ended.returncode == 1
        assert "cannot be written" in ended.stderr
        assert "Traceback" not in ended.stderr
        subprocess.run(["umount", str(disk)], check=True)
        subprocess.run(["e2fsck", "-p", "-f", str(tmp_path / "image")], capture_output=True)
        subprocess.run(["mount", "-o", "loop", str(tmp_path / "image"), str(disk)], check=True)
        with house.life() as product:
            assert send_form(customer(product), key).status_code == 303
            house.whole(product)
            told = house.look()["cases"]
            assert sorted(told.values()) == sorted(house.sent)
            assert broken(house.data, accepted=told, taken=house.mailbox.taken) == []
            assert json.loads(house.run("verify", "--json"))["ok"] is True
