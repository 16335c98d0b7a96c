"""The operations W1 to W5 (design: performance), each everything that a person waits for, its answer checked."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from bench.browser import Browser, Unexpected, hidden
from bench.words import REPLY, Words

Operation = Callable[[Browser], None]
_CASE = re.compile(r'href="/desk/cases/(\d{4}-\d{5,})/')
_words = Words(seed=7)
_counter = itertools.count(1)


def operations(told: dict[str, Any]) -> dict[str, tuple[str, str, Operation]]:
    """Key → (what it is, who does it, the operation)."""
    numbers = itertools.cycle(told["long_cases"] or [""])
    own: dict[int, list[str]] = {}

    def files(browser: Browser) -> None:
        text = _words.text(80, with_words=(REPLY,))
        name = f"Cliente {next(_counter):06d}"
        page = browser.get("/complaint/")
        answer = browser.post(
            "/complaint/",
            {
                **hidden(page),
                "description": text,
                "occurred_on": "2026-01-05",
                "form_completed_on": "2026-01-07",
                "complainant_name": name,
                "email": f"n{next(_counter)}@example.org",
                "language": "en",
                "signature_name": name,
                "signature_confirmed": "yes",
                "send": "1",
            },
        )
        _expect(browser.path.startswith("/track/") and text[:60] in answer, "the complaint was not filed", answer)

    def lists(path: str, least: int) -> Operation:
        def look(browser: Browser) -> None:
            page = browser.get(path)
            _expect(len(set(_CASE.findall(page))) >= least, f"fewer than {least} cases at {path}", page)

        return look

    def reads(browser: Browser) -> None:
        number = next(numbers) or _some_case(browser, own)
        page = browser.get(f"/desk/cases/{number}/")
        least = 20 if told["long_cases"] else 0
        _expect(number in page and len(set(re.findall(r'id="m\d+"', page))) >= least, "not all messages", page)

    def seeks(word: str, hits: int) -> Operation:
        def look(browser: Browser) -> None:
            page = browser.get(f"/desk/search/?q={word}")
            found = len(set(_CASE.findall(page)))
            _expect(found == min(hits, 50), f"{found} hits for {word} instead of {min(hits, 50)}", page)

        return look

    def replies(browser: Browser) -> None:
        number = _some_case(browser, own)
        page = browser.get(f"/desk/cases/{number}/")
        text = f"{_words.text(60)} {next(_counter):08d}"
        answer = browser.post(f"/desk/cases/{number}/messages/", {**hidden(page), "body": text})
        _expect(text[-8:] in answer and number in browser.path, "the reply is not on the page", answer)

    small = told["cases"] < 5000
    return {
        "W1": ("customer files through the public form", "customer", files),
        "W2 all": ("agent's list of all open cases", "agent", lists("/desk/inbox/all/", 40)),
        "W2 own": ("agent's list of own cases", "agent", lists("/desk/inbox/mine/", 5 if small else 15)),
        "W3": ("case page with 20 messages" if told["long_cases"] else "case page", "manager", reads),
        "W4 rare": (f"search, rare word ({told['rare_hits']} hits)", "manager", seeks(told["rare"], told["rare_hits"])),
        "W4 common": (
            f"search, common word ({told['common_hits']:,} hits)",
            "manager",
            seeks(told["common"], told["common_hits"]),
        ),
        "W5": ("agent replies", "agent", replies),
    }


def _some_case(browser: Browser, own: dict[int, list[str]]) -> str:
    """One case after another that the agent may work on; they are looked up once, before the measuring begins."""
    if id(browser) not in own:
        own[id(browser)] = _open_cases(browser, 400)
    number = own[id(browser)].pop(0)
    own[id(browser)].append(number)
    return number


def _open_cases(browser: Browser, most: int) -> list[str]:
    """Numbers of own open cases, then of others, page after page."""
    numbers: dict[str, None] = {}
    for view in ("mine", "all"):
        path = f"/desk/inbox/{view}/"
        while path and len(numbers) < most:
            page = browser.get(path)
            new = [number for number in _CASE.findall(page) if number not in numbers]
            numbers |= dict.fromkeys(new)
            further = re.search(r'href="([^"]*[?&](?:amp;)?after=[^"]+)"', page)
            path = urljoin(path, html.unescape(further.group(1))) if further and new else ""
    return list(numbers)


def _expect(right: bool, problem: str, page: str) -> None:
    if not right:
        raise Unexpected(f"{problem}: {_plain(page)}")


def _plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())[:600]
