"""Which door answers which address."""

from __future__ import annotations

from allauth.account import urls as account
from django.urls import include, path

from desagravo.administration.views.invitation import invitation
from desagravo.common import incidents

# Signing in and passwords. What else the library offers (own addresses, codes by mail) is not for staff here, and its
# page of addresses writes when it is only read.
ACCOUNT_PAGES = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

urlpatterns = [
    path("", include("desagravo.operations.urls")),
    path("api/v1/", include("desagravo.api.urls")),
    path("account/", include([page for page in account.urlpatterns if page.name in ACCOUNT_PAGES])),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/invitation/<str:token>/", invitation, name="invitation"),
    path("desk/", include("desagravo.desk.urls")),
    path("administration/", include("desagravo.administration.urls")),
    path("setup/", include("desagravo.administration.setup_urls")),
    path("outgoing-mail/", include("desagravo.channels.mail.urls")),
    path("", include("desagravo.portal.urls")),
]

handler500 = incidents.server_error
