"""Who comes in here: administrators. Nobody else learns that a page exists.

``administrators`` (GET and POST), ``administrators_read`` (GET), ``administrators_act`` (POST) stand before a view,
which makes its page with ``desagravo.entrance.page`` and templates that extend ``administration/base.html``.
"""

from desagravo.entrance import door

_ROLES = ("administrator",)

administrators = door("GET", "POST", roles=_ROLES, back_to="administration:start")
administrators_read = door("GET", roles=_ROLES, back_to="administration:start")
administrators_act = door("POST", roles=_ROLES, back_to="administration:start")
