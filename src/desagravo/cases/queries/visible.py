"""Who sees which case: the only way to one, for lists, pages, search, files and the API alike."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from desagravo.cases import knowing, tracking
from desagravo.cases.models import Attachment, Case, Consultation, Document
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotYours


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases that this actor may see.

    A complaints manager and an auditor see all; senior management the major ones; supervisors and handlers
    those of their team, those without a team yet and their own; intake what came in and what they took in;
    a customer the one behind the link. Department contacts see questions, not cases, and administrators
    look after people and machines, not after complaints. Keepers of data see what they are asked about.

    A confidential case is there for those on its list and for nobody else, whatever their role.
    """
    return Case.objects.filter(reduce(or_, _conditions(actor)))


def visible_by_way(actor: Actor) -> list[QuerySet[Case]]:
    """The same cases as several lists that may overlap, each of which one index can walk in its order.

    A list "due first" over all ways at once has no index: the database would read every case that is open.
    """
    return [Case.objects.filter(way) for way in _conditions(actor)]


def confidential_to(actor: Actor) -> QuerySet[Case]:
    """The confidential cases that this actor may not know of: for lists of other things that name a case."""
    if actor.kind != "staff":
        return Case.objects.none()
    return Case.objects.filter(confidential=True).exclude(knowing.known_to(actor))


def _conditions(actor: Actor) -> list[Q]:
    ways = _ways(actor)
    if actor.kind != "staff":
        return ways or [Q(pk__in=())]
    return [*(way & knowing.open_to_all() for way in ways), knowing.known_to(actor)]


def _ways(actor: Actor) -> list[Q]:
    """Why the actor may see a case; one condition for each reason, and an empty one for all cases."""
    if actor.kind in {"system", "rule"} or actor.has("manager", "auditor", "data_keeper"):
        return [Q()]
    if actor.kind == "customer":
        return [Q(number=actor.id)]
    ways = []
    if actor.has("senior_manager"):
        ways += [Q(severity="major")]
    if actor.has("supervisor", "handler"):
        ways += [*(Q(team=team) for team in dict.fromkeys(("", actor.team))), Q(owner=int(actor.id))]
    if actor.has("intake"):
        ways += [Q(status="received"), Q(status="incomplete"), Q(received_by=int(actor.id))]
    return ways


def case_for(actor: Actor, number: str) -> Case:
    """The case with this number. Raises NotYours alike for what is missing and what is not visible."""
    joined = ("customer", "owner", "received_by", "draft__saved_by")
    case = visible_to(actor).select_related(*joined).filter(number=number).first()
    if case is None:
        raise NotYours("not_found")
    return case


def case_behind(token: str) -> tuple[Case, Actor]:
    """The case behind a tracking link, and the customer as actor. Raises NotYours for any link that does not work."""
    hashed = tracking.hash_of(token)
    case = Case.objects.select_related("customer", "owner").filter(tracking_hash=hashed).first() if hashed else None
    if case is None or (case.tracking_expires_at and case.tracking_expires_at <= clock.now()):
        raise NotYours("not_found")
    return case, Actor("customer", case.number)


def consultations_for(actor: Actor) -> QuerySet[Consultation]:
    """The questions that this actor may see: those to the own departments, and those of visible cases."""
    own = Q(department__in=actor.departments) if actor.has("contact", "senior_manager") else Q(pk__in=())
    if actor.has("handler", "supervisor", "manager", "auditor", "data_keeper"):
        return Consultation.objects.filter(own | Q(case__in=visible_to(actor)))
    return Consultation.objects.filter(own)


def consultation_for(actor: Actor, key: int) -> Consultation:
    """One question. Raises NotYours."""
    row = consultations_for(actor).select_related("case__customer", "asked_by", "answered_by").filter(pk=key).first()
    if row is None:
        raise NotYours("not_found")
    return row


def attachment_for(actor: Actor, key: int) -> Attachment:
    """One file, if its case (or, for a contact, the question it belongs to) is visible. Raises NotYours.

    A customer gets what the customer sent or was sent, never what is internal or has not left; a contact gets what the
    customer sent and what belongs to a question to the own department.
    """
    row = Attachment.objects.select_related("case", "message").filter(pk=key).first()
    if row is None:
        raise NotYours("not_found")
    if visible_to(actor).filter(pk=row.case_id).exists():
        has_left = row.message is None or row.message.leaves_at is None
        if actor.kind != "customer" or (row.for_customer and has_left):
            return row
    elif consultations_for(actor).filter(case=row.case_id).exists():
        from_customer = row.for_customer and row.actor_kind == "customer"
        consultation = row.message.consultation_id if row.message else None
        if from_customer or (consultation and consultations_for(actor).filter(pk=consultation).exists()):
            return row
    raise NotYours("not_found")


_FOR_CUSTOMER = ("receipt", "letter")


def document_for(actor: Actor, key: int) -> Document:
    """One PDF of a visible case; a customer gets receipt and letter. Raises NotYours."""
    row = Document.objects.select_related("case").filter(pk=key).first()
    if row is None or not visible_to(actor).filter(pk=row.case_id).exists():
        raise NotYours("not_found")
    if actor.kind == "customer" and row.kind not in _FOR_CUSTOMER:
        raise NotYours("not_found")
    return row
