"""Absence, sessions, second factor of one person; and who signed in, or tried, from where."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.administration.doors import administrators, administrators_act, administrators_read
from desagravo.administration.views import people as around_people
from desagravo.administration.views.people import again_who
from desagravo.common import post
from desagravo.common.refusals import Missing, NotYours
from desagravo.common.text import day_typed, whole_number
from desagravo.departments import actions, queries
from desagravo.entrance import StaffRequest, page, problems, see


@administrators_read
def sign_ins(request: StaffRequest) -> HttpResponse:
    """Who signed in, when, from where; failed ones too."""
    refused = request.GET.get("only") == "refused"
    before = whole_number(request.GET.get("before", "")) or 0
    rows = queries.sign_ins(refused_only=refused, before=before)
    context = {
        "rows": [around_people.sign_in(each) for each in rows],
        "refused": refused,
        "next": rows[-1].key if len(rows) == queries.SIGN_INS_ON_A_PAGE else 0,
    }
    return page(request, "administration/people/sign_ins.html", context)


@administrators_act
def absence(request: StaffRequest, key: int) -> HttpResponse:
    """Somebody is away: said by an administrator, because the person cannot."""
    row = _row(key)
    told = request.POST
    try:
        actions.set_absence(
            row.id,
            first_day=day_typed(told.get("first_day", "")),
            last_day=day_typed(told.get("last_day", "")),
            substitute=told.get("substitute", ""),
            actor=request.actor,
        )
    except Missing as missing:
        context = around_people.around(row, request, found=problems(missing))
        return page(request, "administration/people/person.html", {**context, "absence": told.dict()}, status=422)
    messages.success(request, _("The absence is noted."))
    return see("administration:person", key=key)


@administrators_act
def absence_removal(request: StaffRequest, key: int) -> HttpResponse:
    """The absence does not take place, or the person is back early."""
    owner = queries.absence_owner(key)
    actions.remove_absence(key, actor=request.actor)
    messages.success(request, _("The absence was taken back."))
    return see("administration:person", key=int(owner))


@administrators_act
@again_who
def sessions(request: StaffRequest, key: int) -> HttpResponse:
    """Sign somebody out everywhere."""
    but = actions.session_hash(request.session.session_key) if str(key) == request.actor.id else ""
    ended = actions.end_sessions(_row(key).id, actor=request.actor, but=but)
    words = ngettext("%(count)s session was ended.", "%(count)s sessions were ended.", ended)
    messages.success(request, words % {"count": ended})
    return see("administration:person", key=key)


@administrators
def second_factor(request: StaffRequest, key: int) -> HttpResponseBase:
    """Take off the second factor of somebody who lost telephone or key: asked first, then done."""
    row = _row(key)
    if request.method != "POST":
        context = {"row": row, "asked_again": queries.roles_need_second_factor(role for role, _code in row.roles)}
        return page(request, "administration/people/second_factor.html", context)
    return _remove_second_factor(request, row)


@again_who
def _remove_second_factor(request: StaffRequest, row: queries.PersonRow) -> HttpResponse:
    actions.remove_second_factor(row.id, actor=request.actor)
    values = {"name": row.name}
    told = post.mail("second_factor_removed", to=row.email, language=row.language, values=values)
    if queries.roles_need_second_factor(role for role, _code in row.roles):
        messages.success(request, _("The second factor was removed. A new one is set up at the next sign-in."))
    else:
        messages.success(request, _("The second factor was removed. The password alone is enough to sign in now."))
    if not told:
        messages.warning(request, _("No mail could tell the person. Tell them yourself."))
    return see("administration:person", key=row.id)


def _row(key: int) -> queries.PersonRow:
    row = queries.somebody(str(key))
    if row is None:
        raise NotYours("not_found")
    return row
