"""Addresses for whoever looks after the product."""

from __future__ import annotations

from django.urls import path

from desagravo.operations import left_lying
from desagravo.operations.health import health
from desagravo.operations.health_page import health_page

app_name = "operations"

urlpatterns = [
    path("health", health, name="health"),
    path("administration/health/", health_page, name="health_page"),
    path("operations/work/", left_lying.work, name="work"),
    path("operations/work/<int:key>/attempts/", left_lying.try_again, name="try_again"),
    path("operations/submissions/<int:key>/attempts/", left_lying.open_again, name="open_again"),
]
