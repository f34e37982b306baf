"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The delivery of answers, and the model of the content version."""

    name = "prevention.delivery"
    label = "delivery"
    verbose_name = "Delivery"
