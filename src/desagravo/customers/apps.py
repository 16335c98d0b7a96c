"""Customers: for whom we work, and how to reach them."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The room of customers."""

    name = "desagravo.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"
