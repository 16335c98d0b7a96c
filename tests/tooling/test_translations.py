"""The reader of sentences in Django's templates."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from tools.translations import Found, template_sentences

CASES: list[tuple[str, list[Any]]] = [
    ('{% translate "Close" %}', ["Close"]),
    ("{% trans 'Close' as word %}", ["Close"]),
    ('{% translate "100 % sure" %}', ["100 %% sure"]),
    ('{% include "x.html" with title=_("Title") %}{{ _("Other") }}', ["Title", "Other"]),
    ("{% blocktranslate %}Case {{ number }} at 5 %{% endblocktranslate %}", ["Case %(number)s at 5 %%"]),
    ("{% blocktranslate trimmed %}\n  One\n  line\n{% endblocktranslate %}", ["One line"]),
    (
        "{% blocktranslate count n=cases %}{{ n }} case{% plural %}{{ n }} cases{% endblocktranslate %}",
        [("%(n)s case", "%(n)s cases")],
    ),
    ('{% comment %}{% translate "Gone" %}{% endcomment %}{# {% translate "Gone" %} #}', []),
]


def messages(found: list[Found]) -> list[Any]:
    return [message for _line, message, _context in found]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_sentences_are_found_as_django_looks_them_up(source: str, expected: list[Any]) -> None:
    assert messages(list(template_sentences(source))) == expected


def test_the_context_is_kept() -> None:
    source = '{% translate "May" context "month" %}{% blocktranslate context "verb" %}May{% endblocktranslate %}'
    assert list(template_sentences(source)) == [(1, "May", "month"), (1, "May", "verb")]


@pytest.mark.parametrize(("source", "expected"), [case for case in CASES if case[1] and "include" not in case[0]])
def test_django_itself_asks_for_exactly_these(
    source: str, expected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Template("{% load i18n %}")  # the libraries of tags ask for words of their own while they are imported
    asked: list[Any] = []
    for module in ("django.templatetags.i18n.translation", "django.template.base"):
        monkeypatch.setattr(f"{module}.gettext_lazy", lambda text: asked.append(text) or text, raising=False)
    monkeypatch.setattr(translation, "gettext", lambda text: asked.append(text) or text)
    monkeypatch.setattr(translation, "ngettext", lambda one, many, _n: asked.append((one, many)) or many)
    Template("{% load i18n %}" + source).render(Context({"number": 1, "cases": 2}))
    assert asked == [each for each in expected if each != "Other"]
