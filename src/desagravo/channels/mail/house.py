"""Mail to the people of the house: what the rooms put into ``common.post``, and what each was told."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.channels.mail import house_letters, outgoing, queries, server
from desagravo.common import post
from desagravo.common.language import in_language
from desagravo.departments.queries import Told


def mail(letter: str, *, to: str, language: str, values: Mapping[str, str], link: str, key: str) -> bool:
    """Queue one mail: see ``common.post.mail``."""
    written = house_letters.write(letter, language=language, values=values)
    outgoing.queue_to_house(written, to=to, language=language, link=link, key=key)
    return server.is_set_up()


def mail_notices(now: datetime) -> int:
    """Mail everybody what is due now, each person's lines in one mail; tells how many mails. The worker calls this.

    While there is no mail server, what people are told waits for one: they get it in one mail then.
    """
    if not server.is_set_up() and not settings.DESAGRAVO_DEMO:
        return 0
    return sum(_mail_to(person, now) for person in cases.people_to_mail(now))


@transaction.atomic
def _mail_to(person: Told, now: datetime) -> int:
    with in_language(person.language):
        rows = cases.to_mail(person, now).rows
        if actions.notices_mailed(row.id for row in rows) != len(rows):
            transaction.set_rollback(True)  # another worker has them, or they were read at this moment
            return 0
        told = [row for row in rows if row.path]
        if not told:
            return 0
        written = house_letters.write_notices(told, name=person.name)
    newest = max(row.at for row in told)
    outgoing.queue_to_house(written, to=person.email, language=person.language, at=newest)
    return 1


post.register(mail, server.is_set_up, server.trouble, queries.last_key)
