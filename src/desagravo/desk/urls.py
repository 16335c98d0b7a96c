"""The desk, where staff work. Addresses are nouns; what works on one case after triage stands in ``urls_work``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from desagravo.desk.looking import shown
from desagravo.desk.views import (
    approval,
    coded,
    conversation,
    exports,
    handbook,
    inbox,
    intake,
    looks,
    notices,
    preferences,
    privacy,
    private_link,
    questions,
    retention,
    search,
    start,
    triage,
)

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("inbox/<slug:view>/", inbox.inbox, name="inbox_view"),
    path("inbox/<slug:view>/news/", inbox.news, name="inbox_news"),
    path("inbox/", start.start, name="inbox"),
    path("search/", search.search, name="search"),
    path("complaints/new/", intake.new, name="new"),
    shown("cases/<str:number>/intake/", intake.filed, name="filed"),
    shown("cases/<str:number>/intake/receipt/", intake.receipt, "paper", name="filed_receipt"),
    path("cases/<str:number>/private-link/", private_link.private_link, name="private_link"),
    shown("cases/<str:number>/completion/", intake.completion, name="completion"),
    shown("cases/<str:number>/assessment/", triage.assessment, name="assessment"),
    path("cases/<str:number>/assessment/overruling/", triage.overruling, name="overruling"),
    path("cases/<str:number>/assessment/owner/", triage.owner, name="first_owner"),
    path("approvals/", approval.approvals, name="approvals"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:key>/", questions.question, name="question"),
    path("questions/<int:key>/done/", questions.done, name="question_done"),
    path("colleagues/", conversation.colleagues, name="colleagues"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/<int:key>/", notices.read, name="notice"),
    path("looks/", looks.looks_of, name="looks_of"),
    path("personal-data/", exports.personal_data, name="personal_data"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/retention/", retention.retention, name="retention"),
    path("privacy/retention/look/", retention.look, name="retention_look"),
    path("privacy/retention/<int:key>/letting-go/", retention.letting_go, name="retention_letting_go"),
    path("privacy/retention/cases.csv", retention.table, name="retention_table"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<int:key>/", exports.download, name="export_download"),
    path("exports/closing-codes/", coded.coded, name="closing_codes"),
    path("handbook/", handbook.handbook, name="handbook"),
    path("handbook/<str:language>.pdf", handbook.handbook_document, name="handbook_document"),
    path("handbook/customers/<str:language>.pdf", handbook.customers_document, name="procedure_document"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/absence/", preferences.absence, name="own_absence"),
    path("preferences/absences/<int:key>/removal/", preferences.absence_removal, name="own_absence_removal"),
    path("preferences/signature/", preferences.signature, name="own_signature"),
    path("preferences/signature/image/", preferences.signature_image, name="own_signature_image"),
    path("preferences/sessions/<int:key>/end/", preferences.session_end, name="own_session_end"),
    path("preferences/sessions/end/", preferences.sessions_end, name="own_sessions_end"),
    path("", include("desagravo.desk.urls_work")),
]
