"""The whole history of a case, as sentences in the reader's language."""

from django.http import HttpResponse

from desagravo.cases import queries
from desagravo.desk.doors import StaffRequest, page, staff_reads
from desagravo.desk.standing import rule_in_words
from desagravo.desk.views._work import around


@staff_reads
def history(request: StaffRequest, number: str) -> HttpResponse:
    """Numbered: who did what when, and because of which rule."""
    case = queries.case_for(request.actor, number)
    rows = [
        (event, who, sentence, _besides(sentence, rule_in_words(event.because)))
        for event, who, sentence in queries.history_of(case)
    ]
    return page(request, "desk/case/history.html", around(case, rows=rows))


def _besides(sentence: str, reason: str) -> str:
    """The reason, unless the sentence has said it already."""
    return "" if reason in sentence else reason
