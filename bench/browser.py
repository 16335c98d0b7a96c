"""A plain HTTP client with its own session on one connection that stays open; small, so that it costs little itself."""

from __future__ import annotations

import html
import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


class Unexpected(Exception):
    """The answer was not what the operation is about."""


class Browser:
    """``get`` and ``post`` follow redirects and give the page's text; ``requests`` counts what was sent."""

    def __init__(self, url: str) -> None:
        self.host, self.port = urlsplit(url).hostname or "localhost", urlsplit(url).port
        self.origin = url.rstrip("/")
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.requests = 0
        self.path = ""

    def get(self, path: str) -> str:
        return self._send("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> str:
        return self._send("POST", path, urlencode(fields))

    def sign_in(self, email: str, password: str) -> None:
        page = self.get("/account/login/")
        self.post("/account/login/", {**hidden(page), "login": email, "password": password})
        if not self.path.startswith("/desk/"):
            raise Unexpected(f"{email} could not sign in and is at {self.path}")

    def _send(self, method: str, path: str, body: str | None) -> str:
        for _redirect in range(5):
            self.requests += 1
            headers = {"Host": f"{self.host}:{self.port}", "Accept-Language": "en", "Accept": "text/html"}
            if self.cookies:
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            if body is not None:
                headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
                headers["Referer"] = f"{self.origin}{path}"
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
            for value in answer.headers.get_all("Set-Cookie") or ():
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
            self.path = path
            if answer.status in {301, 302, 303}:
                method, body = "GET", None
                path = answer.headers["Location"].removeprefix(self.origin).partition("#")[0]
                continue
            if answer.status != 200:
                raise Unexpected(f"{method} {path}: {answer.status} {text[:300]}")
            return text
        raise Unexpected(f"{path}: too many redirects")


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page by name; of one that stands there several times, the first."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found.setdefault(name.group(1), html.unescape(value.group(1)) if value else "")
    return found
