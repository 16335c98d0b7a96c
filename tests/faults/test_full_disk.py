"""F6 and F7: a disk that is full. Nothing is half accepted, pages can be read, and room is all that is needed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.product import Product
from tests.promises.test_nothing_lost import FORM, Story, address_of, file_until_answered, story_on

pytestmark = [pytest.mark.process, pytest.mark.long]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 96 MB of its own, where that can be had."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "none", str(disk)]).returncode:
        pytest.skip("a disk can only be mounted by root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def send(story: Story, product: Product, key: str, accept: str = "en") -> tuple[int, str]:
    """One complaint, sent once: status and answer."""
    request = urllib.request.Request(
        product.url + "/api/v1/complaints",
        data=json.dumps({**FORM, "description": key, "email": f"{key.split()[2]}@example.org"}).encode(),
        headers={
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Forwarded-For": address_of(key),
            "Accept-Language": accept,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def fill(disk: Path) -> Path:
    """Take every byte that is left."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    return ballast


def test_a_full_disk_refuses_whole_and_recovers_without_a_restart(small_disk: Path) -> None:
    with story_on("sqlite", small_disk / "data", seed=3) as story, story.life() as product:
        file_until_answered(story, product, story.new_key())
        ballast = fill(small_disk)
        accepted, refused = 0, ""
        for _ in range(300):  # the log of the database has some room of its own
            key = story.new_key()
            status, answer = send(story, product, key)
            if status == 503:
                refused = key
                break
            assert status in (200, 201), answer
            accepted += 1
            fill(small_disk)
        assert refused
        assert "Traceback" not in answer
        assert json.loads(answer)
        with urllib.request.urlopen(product.url + "/", timeout=60) as page:
            assert page.status == 200
        ballast.unlink()
        file_until_answered(story, product, refused)
        after = story.look()
        assert sorted(after["cases"].values()) == sorted(story.sent)
        assert len(after["cases"]) == accepted + 2
        assert json.loads(story.run("verify", "--json"))["ok"] is True
        print(json.dumps({"accepted while full": accepted, "refused": answer[:300]}))
