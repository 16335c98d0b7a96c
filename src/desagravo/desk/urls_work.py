"""The pages of one case after triage."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from desagravo.desk.looking import shown
from desagravo.desk.views import (
    answer,
    answer_date,
    approval,
    case,
    closure,
    confidentiality,
    consulting,
    conversation,
    exports,
    findings,
    follow_ups,
    history,
    leaving,
    looks,
    owner,
    papers,
    privacy,
)

_case: list[URLPattern | URLResolver] = [
    shown("", case.case, name="case"),
    path("notes/", conversation.notes, name="notes"),
    path("messages/", conversation.messages, name="messages"),
    path("customer-messages/", conversation.customer_messages, name="customer_messages"),
    path("seen/", conversation.seen, name="seen"),
    path("attachments/", conversation.attachments, name="attachments"),
    path("owner/", owner.owner, name="owner"),
    path("consultations/new/", consulting.new, name="consult"),
    path("consultations/<int:key>/withdrawal/", consulting.withdrawal, name="consultation_withdrawal"),
    path("answer-date/", answer_date.answer_date, name="answer_date"),
    path("follow-ups/", follow_ups.follow_ups, name="follow_ups"),
    path("follow-ups/<int:key>/done/", follow_ups.done, name="follow_up_done"),
    shown("findings/", findings.findings, name="findings"),
    shown("points/", findings.points, name="points"),
    shown("points/<int:key>/", findings.decision, name="point"),
    path("points/<int:key>/removal/", findings.removal, name="point_removal"),
    shown("answer/", answer.answer, name="answer"),
    path("answer/draft/", answer.draft, name="answer_draft"),
    shown("answer/preview/", answer.preview, name="answer_preview"),
    shown("approval/", approval.approval, name="approval"),
    path("approval/return/", approval.returning, name="approval_return"),
    path("hold-back/", leaving.holding_back, name="hold_back"),
    path("reaction/", closure.reaction, name="reaction"),
    path("withdrawal/", closure.withdrawal, name="withdrawal"),
    shown("closure/", closure.closure, name="closure"),
    shown("closure/sheet/<int:section>/", papers.sheet, "paper", name="sheet"),
    path("reopening/", closure.reopening, name="reopening"),
    shown("confidentiality/", confidentiality.confidentiality, name="confidentiality"),
    path("confidentiality/lifting/", confidentiality.lifting, name="confidentiality_lifting"),
    path("confidentiality/people/", confidentiality.people, name="confidentiality_people"),
    path("confidentiality/people/<int:key>/removal/", confidentiality.removal, name="confidentiality_removal"),
    shown("redaction/", privacy.redaction, name="redaction"),
    path("legal-hold/", privacy.legal_hold, name="legal_hold"),
    path("export/", exports.case_file, name="case_export"),
    path("looks/", looks.looks_at, name="looks_at"),
    path("break-glass/", confidentiality.break_glass, name="break_glass"),
    shown("history/", history.history, name="history"),
    shown("files/<int:key>/", papers.file, "file", name="file"),
    shown("documents/<int:key>/", papers.document, "paper", name="document"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("cases/<str:number>/", include(_case))]
