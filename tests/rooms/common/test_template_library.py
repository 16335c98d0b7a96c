"""The template library: dates in words, people's text, fields with their hints and errors."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from desagravo.common import clock, dates
from desagravo.common.language import in_language

THURSDAY = datetime(2026, 4, 16, 9, 0, tzinfo=UTC)  # 10:00 in Lisbon


def rendered(source: str, **context: object) -> str:
    return Template("{% load desagravo %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 4, 16), "today"),
        (datetime(2026, 4, 16, 16, 0, tzinfo=UTC), "today 17:00"),
        (datetime(2026, 4, 16, 23, 30, tzinfo=UTC), "tomorrow 00:30"),
        (date(2026, 4, 15), "yesterday"),
        (date(2026, 4, 21), "Tue 21 April, in 3 working days"),
        (date(2026, 4, 13), "Mon 13 April, 3 working days ago"),
        (date(2026, 4, 18), "Sat 18 April, in 1 working day"),
        (date(2026, 6, 30), "Tue 30 June"),
        (date(2025, 12, 31), "Wed 31 December 2025"),
    ],
)
def test_a_date_is_said_as_people_say_it(value: date, words: str) -> None:
    with clock.at(THURSDAY), in_language("en"):
        assert dates.when(value) == words


def test_a_date_follows_the_language_and_not_the_one_before() -> None:
    with clock.at(THURSDAY):
        with in_language("en"):
            assert dates.day(date(2026, 4, 23)) == "Thu 23 April"
        with in_language("pt-pt"):
            assert dates.day(date(2026, 4, 23)) == "quinta, 23 de abril"
        with in_language("es"):
            assert dates.day(date(2026, 4, 23)) == "jue 23 de abril"


@pytest.mark.parametrize("start", range(7))
@pytest.mark.parametrize("length", range(-20, 21))
def test_working_days_agree_with_counting_each_day(start: int, length: int) -> None:
    first = date(2026, 4, 13 + start)
    last = date.fromordinal(first.toordinal() + length)
    low, high = sorted((first, last))
    counted = sum(date.fromordinal(n).weekday() < 5 for n in range(low.toordinal() + 1, high.toordinal() + 1))
    assert dates.working_days(first, last) == (counted if length >= 0 else -counted)


def test_a_time_element_tells_machines_and_whoever_hovers() -> None:
    with clock.at(THURSDAY), in_language("en"):
        html = rendered("{% time at %}", at=date(2026, 4, 21))
    assert 'datetime="2026-04-21"' in html
    assert "Tuesday 21 April 2026 (5 days; in 3 working days)" in html.replace("Tuesday, ", "Tuesday ")
    assert rendered("{% time nothing %}", nothing=None) == ""


def test_what_people_write_is_escaped_and_cut_into_paragraphs() -> None:
    html = rendered("{{ text|paragraphs }}", text='<script>x</script>\nsame\n\n \nnext "one"')
    assert html == ('<p dir="auto">&lt;script&gt;x&lt;/script&gt;<br>same</p><p dir="auto">next &quot;one&quot;</p>')


def test_only_http_and_https_become_links_and_their_text_is_their_address() -> None:
    html = rendered(
        "{{ text|paragraphs }}", text="see https://example.org/a?b=1&c=2. Not javascript:alert(1) nor http://"
    )
    assert html.count("<a ") == 1
    assert 'href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">https://example.org' in html
    assert "</a>. Not" in html


def test_a_link_cannot_break_out_of_its_attribute() -> None:
    html = rendered("{{ text|paragraphs }}", text='http://x/"onmouseover="alert(1) https://y/\u202e<b>')
    assert '"onmouseover' not in html
    assert "<b>" not in html


def test_money_and_sizes_follow_the_language() -> None:
    with in_language("en"):
        assert (
            rendered('{{ "1250.5"|money:"EUR" }} {{ 3200000|filesize }} {{ 10|filesize }}') == "€1,250.50 3.1 MB 1 kB"
        )
    with in_language("pt-pt"):
        assert rendered('{{ "1250.5"|money:"EUR" }}').replace("\xa0", " ") == "1 250,50 €"


class Complaint(forms.Form):
    description = forms.CharField(widget=forms.Textarea, help_text="In your own words.", max_length=10)
    safety = forms.ChoiceField(widget=forms.RadioSelect, choices=[("yes", "Yes"), ("no", "No")])
    agreed = forms.BooleanField(required=False, label="I agree")


def test_a_field_joins_label_hint_and_error() -> None:
    form = Complaint({"description": "<far too long>"})
    with in_language("en"):
        html = rendered("{% field form.description rows=8 count=10 %}", form=form)
    assert '<label for="id_description">Description</label>' in html
    assert 'aria-describedby="id_description_hint id_description_error id_description_count"' in html
    assert 'aria-invalid="true"' in html
    assert 'rows="8"' in html
    assert "&lt;far too long&gt;" in html


def test_a_group_of_choices_has_its_question_as_legend() -> None:
    html = rendered("{% field form.safety %}", form=Complaint())
    assert html.startswith('<fieldset class="field"><legend>Safety</legend>')
    assert html.count('class="choice"') == 2


def test_the_summary_leads_to_every_field_that_needs_mending() -> None:
    form = Complaint({"description": "far too long for it"})
    form.is_valid()
    html = rendered("{% error_summary form %}", form=form)
    assert 'href="#id_description"' in html
    assert 'href="#id_safety_0"' in html
    assert 'id="id_safety_0"' in rendered("{% field form.safety %}", form=form)
    assert rendered("{% error_summary form %}", form=Complaint()) == ""


def test_an_optional_field_says_so() -> None:
    with in_language("en"):
        assert "(optional)" in rendered("{% field form.agreed %}", form=Complaint())
        assert "(optional)" not in rendered("{% field form.agreed optional=False %}", form=Complaint())


def test_navigation_is_rendered_once_and_shown_twice() -> None:
    made = []

    def count() -> str:
        made.append(1)
        return "<nav>"

    html = rendered("{% capture menu %}{{ count }}{% endcapture %}{{ menu }}{{ menu }}", count=count)
    assert html == "&lt;nav&gt;&lt;nav&gt;"
    assert len(made) == 1


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "500", "503"])
def test_an_error_page_stands_without_any_context(page: str) -> None:
    from django.template.loader import render_to_string

    html = render_to_string(f"{page}.html")
    assert html.count("<h1>") == 1
    assert "style=" not in html
    assert "<script>" not in html


def test_a_hint_left_out_is_not_pointed_to() -> None:
    html = rendered('{% field form.description hint=" " %}', form=Complaint())
    assert "aria-describedby" not in html
    assert "In your own words." in rendered("{% field form.description %}", form=Complaint())


def test_an_address_breaks_at_its_joints_and_is_escaped() -> None:
    from desagravo.common.templatetags.desagravo import breakable

    assert breakable("ana.lima@loja.example") == "ana.<wbr>lima<wbr>@loja.<wbr>example"
    assert "<b>" not in breakable("<b>@x.example")


def test_a_letter_that_left_is_called_by_its_name() -> None:
    from desagravo.cases.events.answering import LetterDelivered
    from desagravo.history.registry import Who

    with translation.override("pt-br"):
        told = LetterDelivered("acknowledgement").sentence(Who())
    assert "acknowledgement" not in told
    assert "(gone)" in LetterDelivered("gone").sentence(Who())
