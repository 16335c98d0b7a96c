"""Lines of docs/security/asvs.md that hold for the whole product, and not for one page of it.

The first half reads the source: what is dangerous stands in few places, each looked at and listed here with its reason.
A new one fails until somebody has looked at it too. The second half walks the product as a stranger and as each role.
"""

from __future__ import annotations

import ast
import hashlib
import json
import logging
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.test.client import RequestFactory

from desagravo.cases.models.privacy import Look
from desagravo.common import files, logs, throttle
from desagravo.history.queries import head
from tests.cast import PASSWORD, answered, engage, fresh, section
from tests.promises.test_roles import ROLES, World, addresses, browser, content, filled, world  # noqa: F401
from tools import security_tables

SOURCE = Path(__file__).resolve().parents[2] / "src" / "desagravo"
TEMPLATES = sorted(SOURCE.rglob("*.html"))


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Each file of the product, by its path under ``src/desagravo``, and what it says."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield str(path.relative_to(SOURCE)), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last word of what is called: ``execute`` of ``cursor.execute(...)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            yield (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")), node


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{each.name}" for each in node.names}
    return names


def where(wanted: set[str]) -> set[str]:
    """The files that import one of these, or something within it."""
    return {
        path
        for path, tree in trees()
        if any(name == each or name.startswith(f"{each}.") for name in imported(tree) for each in wanted)
    }


# What the source says


def test_only_the_template_library_calls_text_markup() -> None:
    """1.1.2: nothing is declared safe outside these files, and each of them escapes what it is given."""
    assert where({"django.utils.safestring"}) == {
        "common/templatetags/desagravo.py",
        "common/fields.py",  # parts made by format_html
        "desk/rows.py",  # the rows of a list, each word escaped (a template was too slow)
        "portal/templatetags/portal.py",  # only names the type: it calls the next
        "portal/controls.py",  # the fields of the form, each word escaped
        "portal/views/complaint.py",  # the rendered empty form, with two tokens put in
    }
    for path, tree in trees():
        assert not [name for name, _call in calls(tree) if name == "mark_safe"], path
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        found = re.findall(r"\|\s*safe(?:seq)?\b|autoescape\s+off|\{%\s*debug", text)
        assert not found, f"{template}: {found}"


def test_no_template_carries_a_script_or_a_style_of_its_own() -> None:
    """1.2.3, 3.2.2, 3.4.3: data never stands inside JavaScript, so nothing needs escaping for it."""
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text), template


def test_no_script_writes_markup() -> None:
    """3.2.2: the scripts set text, never HTML."""
    scripts = [path for path in (SOURCE.parents[1] / "assets").rglob("*.js") if "node_modules" not in path.parts]
    assert scripts
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), (
            script
        )


def test_nothing_is_run_or_loaded_that_is_data() -> None:
    """1.3.2, 1.5.2: no eval, no pickle, no YAML, no XML parser; modules are named in the source."""
    assert not where({"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "jsonpickle"})
    found = {
        path
        for path, tree in trees()
        for _name, call in calls(tree)
        if isinstance(call.func, ast.Name) and call.func.id in {"eval", "exec", "compile", "__import__"}
    }
    assert not found
    assert {path for path, tree in trees() for name, _call in calls(tree) if name == "import_module"} <= {
        "operations/work.py",  # a tuple in that file
        "operations/importing/mappings/__init__.py",  # after the name was found in a list of that file
        "operations/backup/loading.py",  # a word in that line
    }


def test_sessions_and_the_cache_are_json() -> None:
    """1.5.2: what the database gives back is never unpickled."""
    import pickle

    from django.core.cache.backends import db

    from desagravo.common.cache import Cache
    from desagravo.settings import base

    assert base.CACHES["default"]["BACKEND"] == f"{Cache.__module__}.{Cache.__name__}"
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"
    assert where({"django.core.cache.backends"}) == {"common/cache.py"}
    assert db.pickle is not pickle  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=r"codec|Expecting"):
        db.pickle.loads(pickle.dumps({"a": 1}))  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_cache_keeps_what_is_counted(settings: Any) -> None:
    from django.core.cache import cache
    from django.core.management import call_command

    from desagravo.settings import base

    settings.CACHES = base.CACHES
    call_command("createcachetable", verbosity=0)
    for value in (1, 1.5, "y", [1.0, 2.0], {"a": None}, True):
        cache.set("k", value)
        assert cache.get("k") == value
    assert cache.add("n", 1)
    assert cache.incr("n") == 2
    with pytest.raises(TypeError):
        cache.set("k", object())


def test_no_shell() -> None:
    """1.2.5: other programs get a list of words, never a line; none of the words is a customer's."""
    assert where({"subprocess"}) == {
        "common/documents/typesetting.py",  # our own script; the text goes in on standard input
        "operations/processes.py",
        "operations/backup/automatic.py",
        "operations/backup/restoring.py",
    }
    for path, tree in trees():
        for name, call in calls(tree):
            assert name not in {"system", "popen", "getoutput", "getstatusoutput"}, path
            assert not [each for each in call.keywords if each.arg == "shell"], path


def test_sql_is_not_put_together_from_data() -> None:
    """1.2.4: statements that are put together get only names of our tables, and values as parameters."""
    built: Counter[str] = Counter()
    for path, tree in trees():
        for name, call in calls(tree):
            assert name not in {"extra", "raw", "RawSQL"} or path == "cases/search/sqlite.py", path
            if name in {"execute", "executemany"} and call.args:
                words = call.args[0]
                formatted = isinstance(words, ast.Call) and getattr(words.func, "attr", "") == "format"
                if isinstance(words, ast.JoinedStr | ast.BinOp) or formatted:
                    built[path] += 1
    assert built == {
        "cases/queries/inbox.py": 1,  # subqueries that the ORM made, with their parameters
        "cases/scrub.py": 1,  # VACUUM and the name of a model's table
        "cases/search/postgres.py": 1,  # one of two constants
        "history/outbox.py": 1,  # one of two constants: how the engine locks
        "operations/backup/aside.py": 1,  # names of schemas that a restore made
        "operations/backup/places.py": 5,  # names of schemas that the operator's command made
        "operations/backup/loading.py": 3,  # names of tables and constraints, from the catalogue of the database
        "operations/backup/snapshot.py": 1,  # names of tables, from the models
    }


def test_formats_are_constants_of_the_source() -> None:
    """1.3.10: nobody's text is a format string. Letters are filled by ``rulebook.letters`` from a list of names."""
    found = {
        path
        for path, tree in trees()
        for name, call in calls(tree)
        if name in {"format", "format_map"}
        and isinstance(call.func, ast.Attribute)
        and not isinstance(call.func.value, ast.Constant)
        and not (isinstance(call.func.value, ast.Name) and call.func.value.id.lstrip("_").isupper())
        and not (isinstance(call.func.value, ast.Name) and call.func.value.id in {"json", "np"})
    }
    # `statement`, one of two constants; one of its own sentences about a calendar
    assert found <= {"cases/search/postgres.py", "operations/deadlines/reading.py"}, found


def test_no_page_asks_another_computer() -> None:
    """1.3.6: there is no client of the web in the product but the one that asks our own health page."""
    assert not where({"requests", "httpx", "aiohttp", "urllib.request", "urllib3", "ftplib", "weasyprint"})
    assert where({"http.client"}) == {"operations/processes.py"}  # is our own page there?
    assert where({"smtplib"}) == {"channels/mail/transport.py"}
    assert where({"socket"}) == {"operations/processes.py", "channels/mail/transport.py"}


def test_chance_comes_from_the_system() -> None:
    """11.5.1: nothing that must not be guessed comes from ``random``."""
    assert where({"random"}) <= {"operations/sample/people.py", "history/outbox.py"}


def test_no_filter_takes_its_name_from_a_request() -> None:
    """15.3.3, and class 15 of the design: neither lookups nor orders are named by who asks."""
    for path, tree in trees():
        for name, call in calls(tree):
            if name not in {"filter", "exclude", "order_by", "get", "values", "create", "update", "annotate"}:
                continue
            spread = [each.value for each in call.keywords if each.arg is None]
            spread += [each.value for each in call.args if isinstance(each, ast.Starred)]
            for value in spread:
                words = ast.unparse(value)
                if (path, words) != ("customers/actions.py", "told"):  # a dictionary with four names, one line above
                    assert not re.search(r"request|GET|POST|sent|told|said", words), f"{path}: {words}"


def test_forms_without_the_framework_s_token_are_few() -> None:
    """3.5.1: the portal asks ``from_our_page`` itself; the API reads no cookie."""
    found = {path for path, _tree in trees() if "csrf_exempt" in (SOURCE / path).read_text(encoding="utf-8")}
    assert found == {"portal/door.py", "api/urls.py"}


def test_only_the_report_of_an_import_is_a_table_for_spreadsheets() -> None:
    """1.2.10, class 30: and the checklist; cells are made harmless; whoever writes another one comes past here."""
    writing = {path for path, tree in trees() for _name, call in calls(tree) if ast.unparse(call.func) == "csv.writer"}
    assert writing == {"operations/importing/report.py", "common/tables.py"}
    from desagravo.common.tables import harmless
    from desagravo.operations.importing.report import _harmless

    for start in "=+-@\t\r":
        assert _harmless(f"{start}1+1").startswith("'")
        assert harmless(f"{start}1+1").startswith("'")
    assert _harmless("A-17") == harmless("A-17") == "A-17"


def test_every_step_that_the_path_does_not_have_is_refused() -> None:
    """2.3.1: each verb in each status that it does not leave."""
    from desagravo.cases.actions._path import check_path
    from desagravo.cases.lifecycle import PATH, STATUSES
    from desagravo.cases.models import Case
    from desagravo.common.refusals import NotNow

    refused = 0
    for verb in {step.verb for step in PATH}:
        leaves = frozenset[str]().union(*(step.leaves for step in PATH if step.verb == verb))
        for status in set(STATUSES) - leaves:
            with pytest.raises(NotNow):
                check_path(verb, Case(number="2026-00001", status=status))
            refused += 1
    assert refused > 100


# What the product answers

pages = pytest.mark.django_db
STAFF_ONLY = ("/desk/", "/administration/", "/outgoing-mail/", "/operations/")
HASHES = re.compile(r"(?:pbkdf2_|argon2|bcrypt|scrypt|md5)\$|-----BEGIN [A-Z ]*PRIVATE KEY")


def contents_of_tables() -> dict[str, str]:
    """A digest of every row of every table, but of sessions and of the looks that reading leaves behind."""
    found = {}
    for model in apps.get_models():
        if model not in (Session, Look):
            rows = sorted(map(repr, model._default_manager.values_list()))
            found[model._meta.label] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@pages
@pytest.mark.parametrize("role", ["", *ROLES])
def test_every_answer_is_guarded_tells_no_secret_and_changes_nothing(world: World, role: str) -> None:  # noqa: F811
    """3.2.1, 3.4.2 to 3.4.6, 3.5.3, 4.1.1, 14.3.2, class 38: every address, as everybody."""
    client = browser(world, ROLES.get(role, ""))
    before = contents_of_tables()
    problems, met = [], {}
    for route in addresses():
        if route.startswith("account/logout"):
            continue
        answers = set()
        for address in filled(route, world):
            response = client.get(address)
            answers.add(_mark(response))
            body = content(response).decode(errors="replace")
            problems += [f"{address}: {each}" for each in _unguarded(address, response)]
            if response.status_code >= 500 and address != "/health":  # which says that no worker runs here
                problems.append(f"{address}: {response.status_code}")
            if HASHES.search(body) or settings.SECRET_KEY in body or PASSWORD in body:
                problems.append(f"{address}: a secret")
        met[route.replace("|", "¦")] = next(each for each in MARKS if each in answers)
    assert not problems, "\n".join(problems[:20])
    _agrees_with_the_document(role or "nobody", met)
    after = contents_of_tables()
    assert {name for name in after if after[name] != before[name]} == set()


MARKS = ("page", "form", "on", "sign in", "no", "–")


def _mark(response: Any) -> str:
    """An answer as docs/security/roles.md says it."""
    if response.status_code in {301, 302, 303}:
        return "sign in" if response.headers["Location"].startswith("/account/login/?") else "on"
    return {200: "page", 405: "form", 403: "no", 401: "no"}.get(response.status_code, "–")


def _agrees_with_the_document(role: str, met: dict[str, str]) -> None:
    """8.1.1, 8.2.1: who meets which page is written down, and nobody meets another."""
    if os.environ.get("DESAGRAVO_WRITE_TABLES"):
        security_tables.write_pages(role, met)
    told = {route: marks.get(role, "") for route, marks in security_tables.pages().items()}
    other = [f"{route}: {told.get(route)!r}, is {mark!r}" for route, mark in met.items() if told.get(route) != mark]
    other += [f"{route}: is no page any more" for route in told.keys() - met.keys()]
    assert not other, (
        f"docs/security/roles.md says otherwise for {role}. If it is meant: DESAGRAVO_WRITE_TABLES=1 .venv/bin/pytest "
        "-n 0 tests/promises/test_security.py -k every_answer\n" + "\n".join(other[:20])
    )


def test_the_tables_of_the_documents_are_those_of_the_product() -> None:
    """2.1.1, 8.1.1: docs/security/fields.md and the verbs of roles.md."""
    for path, made in (
        (security_tables.FIELDS, security_tables.fields_document()),
        (security_tables.ROLES, security_tables.verbs()),
    ):
        assert security_tables.written(path).strip() == made.strip(), (
            f"run: .venv/bin/python tools/security_tables.py --write ({path.name} says something else)"
        )


def _unguarded(address: str, response: Any) -> Iterator[str]:
    headers = response.headers
    kind = headers.get("Content-Type", "")
    if kind.startswith(("text/", "application/xhtml")) and "charset=utf-8" not in kind.lower():
        yield f"no character set: {kind}"
    yield from _unfenced(headers.get("Content-Security-Policy", ""))
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }.items():
        if headers.get(name) != value:
            yield f"{name}: {headers.get(name)}"
    for name in headers:
        if name.lower().startswith("access-control-") or name in ("Server", "X-Powered-By"):
            yield f"says {name}"
    if address.startswith(STAFF_ONLY) and "no-store" not in headers.get("Cache-Control", ""):
        yield f"may be kept: {headers.get('Cache-Control')}"


def _unfenced(policy: str) -> Iterator[str]:
    for directive in ("default-src 'none'", "frame-ancestors 'none'"):
        if directive not in policy:
            yield f"no {directive}"
    if "sandbox" not in policy and "unsafe" in policy:
        yield f"unsafe: {policy}"


@pages
def test_an_answer_is_no_echo_and_other_methods_do_nothing(world: World) -> None:  # noqa: F811
    """13.4.4: TRACE repeats nothing, and nobody does something by a method that no page offers."""
    client, before = browser(world, "xavier"), contents_of_tables()
    for route in addresses():
        for address in filled(route, world)[:1]:
            for method in ("TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND"):
                response = client.generic(method, address, headers={"x-canary": "geheim-7"})
                # a description or a form may be shown; what counts is that nothing is done and nothing repeated
                assert response.status_code < 500, f"{method} {address}: {response.status_code}"
                assert "geheim-7" not in content(response).decode(errors="replace")
    assert contents_of_tables() == before


@pages
@pytest.mark.parametrize(
    "address",
    [
        "/admin/", "/__debug__/", "/debug/", "/metrics", "/docs", "/api/v1/docs", "/api/docs", "/redoc", "/.env",
        "/.git/config", "/static/", "/static/../settings/base.py", "/files/", "/media/", "/server-status", "/keys/",
        "/desagravo.sqlite3", "/accounts/signup/", "/account/email/", "/silk/", "/robots.txt.bak",
    ],
)  # fmt: skip
def test_nothing_lies_open_beside_the_pages(address: str) -> None:
    """13.4.1, 13.4.3, 13.4.5, class 27."""
    engage()
    assert Client().get(address).status_code == 404


@pages
def test_health_tells_a_stranger_nothing_of_the_inside() -> None:
    body = json.dumps(Client().get("/health").json())
    assert not re.search(r"/(home|root|srv|tmp|work|var)/|password|secret|Traceback|SELECT ", body)


@pages
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "http:evil.example",
        "https:/evil.example", "javascript:alert(1)", "///evil.example", "/%09/evil.example", " //evil.example",
        "https://testserver@evil.example/", "https://testserver.evil.example/", "data:text/html,x", "http://[::1",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(target: str) -> None:
    """15.3.2, class 29: after signing in one stays on our host, whatever the address asked for."""
    from urllib.parse import urljoin, urlsplit

    engage()
    client = Client()
    form = {"login": "marta@casa.example", "password": PASSWORD, "next": target}
    response = client.post(f"/account/login/?next={target}", form)
    assert response.status_code in {302, 303}
    there = response.headers["Location"]
    # as a browser reads it: backslashes are slashes, tabs and line ends are nothing
    read = re.sub(r"[\t\r\n]", "", there).replace("\\", "/").strip()
    assert urlsplit(urljoin("http://testserver/account/login/", read)).netloc == "testserver", there
    assert not read.startswith(("javascript:", "data:"))


@pages
def test_a_question_with_two_meanings_is_not_answered() -> None:
    """15.3.7: the same name twice in an address is refused, whichever of the two a proxy in front may have read."""
    cast = engage()
    client = Client()
    client.force_login(cast.person("marta"))
    for address in ("/", "/account/login/", "/desk/search/", "/desk/", "/complaint/", "/nothing/"):
        assert client.get(f"{address}?q=1&q=2").status_code == 400, address
        assert client.get(f"{address}?q=1&%71=2").status_code == 400, address
    assert client.get("/desk/search/?q=1&after=").status_code == 200
    assert Client().get("/?flag=a&flag=b").status_code == 200  # choices of several


@pages
def test_a_list_knows_no_other_questions_than_its_own(world: World) -> None:  # noqa: F811
    """Class 15: lookups and orders in an address are words that nobody reads."""
    client = browser(world, "xavier")
    path = "/administration/people/"
    plain = content(client.get(path))
    for strange in (
        "password__startswith=md5",
        "order_by=password",
        "sort=-password",
        "roles__person__email=x",
        "pk=1",
    ):
        answer = content(client.get(f"{path}?{strange}"))
        assert _same(answer, strange) == _same(plain, strange), strange


def _same(page: bytes, strange: str) -> bytes:
    """A page without the address that it was asked under, which stands in the links to other languages."""
    from html import escape
    from urllib.parse import quote

    for words in (strange, escape(strange), quote(strange)):
        page = page.replace(f"?{words}".encode(), b"").replace(words.encode(), b"")
    return re.sub(rb'href="[^"]*lang=[^"]*"|value="/[^"]*"', b"", page)


@pages
@override_settings(
    SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-session", DESAGRAVO_HTTPS=True,
    CSRF_COOKIE_NAME="__Host-csrf", SECURE_HSTS_SECONDS=31536000, SECURE_SSL_REDIRECT=True,
)  # fmt: skip
def test_over_https_every_cookie_is_bound_to_it() -> None:
    """3.3.1 to 3.3.4, 3.4.1. That https switches these settings on: tests/tooling/test_settings.py."""
    engage()
    client = Client()
    assert client.get("/account/login/").headers["Location"].startswith("https://")
    client.get("/account/login/?lang=pt", secure=True)
    response = client.post(
        "/account/login/", {"login": "marta@casa.example", "password": PASSWORD}, secure=True, follow=False
    )
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert {"__Host-session", "__Host-csrf", "language"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


@pages
def test_what_a_proxy_would_say_is_not_believed_from_a_stranger() -> None:
    """4.1.3, class 4: without DESAGRAVO_PROXY none of these headers is read, and nobody is signed in by one."""
    engage()
    spoofed = {
        "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example",
        "x-remote-user": "marta@casa.example", "x-forwarded-user": "marta@casa.example", "remote-user": "marta",
        "x-real-ip": "198.51.100.7", "forwarded": "for=198.51.100.7;host=evil.example", "x-original-url": "/desk/",
        "x-http-method-override": "DELETE", "authorization": "Basic bWFydGE6eA==",
    }  # fmt: skip
    client = Client()
    response = client.get("/desk/", headers=spoofed)
    assert response.status_code == 302
    assert "evil" not in response.headers["Location"]
    request = RequestFactory().get("/", headers=spoofed, REMOTE_ADDR="203.0.113.9")
    assert throttle.address_of(request) == "203.0.113.9"
    assert not request.is_secure()
    assert request.get_host() == "testserver"
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert Client().get("/", headers=spoofed).status_code == 301
    with override_settings(DESAGRAVO_PROXY=True):
        invented = RequestFactory().get("/", headers={"x-forwarded-for": "198.51.100.7, 192.0.2.4"})
        assert throttle.address_of(invented) == "192.0.2.4"  # only what the proxy itself added


def test_an_api_over_plain_http_is_an_error_and_no_redirect() -> None:
    """4.1.2: a program that sends its words unprotected is told so, and does not go on doing it by a redirect."""
    with override_settings(SECURE_SSL_REDIRECT=True):
        response = Client().post("/api/v1/complaints", {"description": "x"}, content_type="application/json")
        assert response.status_code == 403
        assert response.json()["errors"][0]["code"] == "https_only"
        assert Client().get("/api/v1/openapi.json").status_code == 403


@pages
def test_searches_and_copies_of_data_are_slowed_down(world: World, settings: Any) -> None:  # noqa: F811
    """2.4.1: by person, whatever address they come from; the words that were typed are shown again."""
    from django.core.cache import cache

    settings.DESAGRAVO_THROTTLES = {**settings.DESAGRAVO_THROTTLES, "search": (4, 600), "export": (4, 601)}
    cache.clear()
    throttle.forget()
    marta, amelia = browser(world, "marta"), browser(world, "amelia")
    found = [marta.get("/desk/search/?q=caiu", REMOTE_ADDR=f"192.0.2.{n}") for n in range(6)]
    assert [each.status_code for each in found] == [200] * 4 + [429] * 2
    assert int(found[-1].headers["Retry-After"]) <= 600
    assert marta.get("/desk/").status_code < 400
    assert amelia.get("/desk/search/?q=caiu").status_code == 200
    held = [amelia.post("/desk/personal-data/", {"q": "Zulmira"}).status_code for _ in range(6)]
    assert held[-1] == 429
    assert 429 not in held[:3]  # the search before them was counted too
    throttle.forget()


@pages
def test_guessing_is_slowed_down_and_locks_nobody_out(settings: Any) -> None:
    """6.1.1, 6.3.1, class 41: ten wrong passwords hold up the address that sent them, and not the person."""
    from django.core.cache import cache

    from desagravo.settings import base

    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    cache.clear()
    engage()

    def signs_in(password: str, address: str) -> bool:
        form = {"login": "marta@casa.example", "password": password}
        return Client().post("/account/login/", form, REMOTE_ADDR=address).status_code in {302, 303}

    assert not any(signs_in(f"wrong {n}", "192.0.2.66") for n in range(10))
    assert not signs_in(PASSWORD, "192.0.2.66")
    assert signs_in(PASSWORD, "192.0.2.7")


@pages
def test_nobody_s_mailbox_is_flooded_with_links(settings: Any) -> None:
    """Class 6: three mails an hour for one person, from however many addresses they are asked for."""
    from django.core.cache import cache

    from desagravo.common import post
    from desagravo.settings import base

    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    cache.clear()
    engage()
    sent = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(post, "mail", lambda letter, **words: sent.append((letter, words["to"])))
        for n in range(20):
            Client().post("/account/password/reset/", {"email": "marta@casa.example"}, REMOTE_ADDR=f"192.0.2.{n}")
    assert sent == [("password_reset", "marta@casa.example")] * 3


# Errors


@pages
def test_an_error_of_ours_has_a_number_and_no_cause(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """16.5.1: the reader gets words in their language and a number; the log has the number and the place."""
    from desagravo.departments import queries

    def broken(*_: Any) -> None:
        raise RuntimeError("Zulmira lives at /srv/keys")

    root = logging.getLogger()
    handlers = root.handlers[:]
    try:
        logs.logging_settings()
        cast = engage()
        client = Client(raise_request_exception=False)
        client.force_login(cast.person("marta"))
        monkeypatch.setattr(queries, "actor_for", broken)
        capsys.readouterr()
        response = client.get("/desk/", headers={"accept-language": "en"})
        page = response.content.decode()
        line = json.loads(capsys.readouterr().err.splitlines()[-1])
    finally:
        root.handlers[:] = handlers
    assert response.status_code == 500
    found = re.search(r">([2-9A-Z]{4}-[2-9A-Z]{4})<", page)
    assert found
    assert line["incident"] == found[1]
    assert line["error"] == "RuntimeError"
    for text in (page, json.dumps(line)):
        assert "Zulmira" not in text
    assert "RuntimeError" not in page
    assert response.headers["Content-Security-Policy"]


@pages
def test_an_error_of_the_api_has_its_number_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from desagravo.cases import actions

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("Zulmira")

    monkeypatch.setattr(actions, "receive", broken)
    client = Client(raise_request_exception=False)
    response = client.post("/api/v1/complaints", {"description": "Avariou."}, content_type="application/json")
    assert response.status_code == 500
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", response.json()["incident"])
    assert response.json()["errors"][0]["code"] == "failed"
    assert "Zulmira" not in response.content.decode()


@pages
@pytest.mark.parametrize("broken", ["authority", "password", "record"])
def test_what_fails_while_it_is_asked_refuses(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """16.5.3: an error in authority, in the password or in the history leaves the case unsigned and open."""
    from desagravo.cases import actions
    from desagravo.cases.actions import _path
    from desagravo.departments import authority

    cast = engage()
    case = answered(cast)
    before = head()

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError(broken)

    if broken == "authority":
        monkeypatch.setattr(authority, "require", fails)
    elif broken == "record":
        monkeypatch.setattr(_path, "record_many", fails)
    else:
        monkeypatch.setattr("django.contrib.auth.base_user.check_password", fails)
    with pytest.raises(RuntimeError, match=broken):
        actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
    monkeypatch.undo()
    assert fresh(case).status == "answered"
    assert head() == before


def test_a_line_of_the_log_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """16.4.1: whatever somebody sends, a line of the log is one JSON object."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    try:
        logs.logging_settings()
        for evil in ('x\n{"event": "signed in"}', "x\r\nroot", "\x1b[31mred", "a\u2028b", '"},{"'):
            logging.getLogger("desagravo.test").error(f"was refused: {evil}")  # noqa: G004
            logging.getLogger("desagravo.test").error("was refused: %s", evil)
        lines = [line for line in capsys.readouterr().err.split("\n") if line]
    finally:
        root.handlers[:] = handlers
    assert len(lines) == 10
    assert all(json.loads(line)["level"] == "error" for line in lines)
    assert all(json.loads(line)["timestamp"].endswith("Z") for line in lines)
    assert not [line for line in lines if "\x1b" in line]


# Files


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("\u200b.htaccess", "htaccess"),
        (".htaccess", "htaccess"), ("a\r\nSet-Cookie: x.txt", "a Set-Cookie_ x.txt"), ("gnp.\u202eexe", "gnp.exe"),
        ("CON:", "CON_"), ("", "file"), ("...", "file"), ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_of_a_file_is_only_ever_shown(sent: str, shown: str) -> None:
    """5.4.1, 5.4.2, class 12."""
    name = files.display_name(sent)
    assert not re.search(r"[\\/\x00-\x1f\u200b-\u200f\u202a-\u202e]", name)
    assert not name.startswith(".")
    assert len(name) <= 120
    assert name == shown


@pytest.mark.parametrize("name", ["../x", "a" * 39, "A" * 40, "a" * 41, "", "a" * 38 + "/x", "a" * 40 + "\n"])
def test_only_names_of_the_store_open_anything(name: str) -> None:
    """5.3.2: a path is made of 40 hexadecimal signs that we drew, or there is none."""
    with pytest.raises(ValueError, match="stored name"):
        files.path(name)


def test_what_a_browser_could_run_is_a_download_whatever_it_is_called() -> None:
    """5.2.2, 1.3.4, class 9: the content decides, and the claim of the sender nothing."""
    for head_, name in (
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "photo.png"),
        (b"<?xml version='1.0'?><svg/>", "photo.jpg"),
        (b"  <!DOCTYPE html><script>1</script>", "letter.txt"),
        (b"<html>", "letter.pdf"),
        (b"MZ\x90\x00" + b"\x00" * 60, "photo.png"),
        (b"PK\x03\x04" + b"\x00" * 60, "photo.png"),
    ):
        assert not files.safe_preview(files.sniff(head_, name)), name
    assert files.safe_preview(files.sniff(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "x.exe"))
