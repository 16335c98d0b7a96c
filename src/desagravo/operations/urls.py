from __future__ import annotations

from django.urls import path

from desagravo.operations.health import health

app_name = "operations"

urlpatterns = [path("", health, name="health")]
