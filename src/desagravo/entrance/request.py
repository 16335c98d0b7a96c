"""A request of a colleague who signed in."""

from django.http import HttpRequest

from desagravo.common.actor import Actor


class StaffRequest(HttpRequest):
    """What a view behind the entrance gets: who acts is known."""

    actor: Actor
