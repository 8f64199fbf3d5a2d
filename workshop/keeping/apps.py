from django.apps import AppConfig


class KeepingConfig(AppConfig):
    """How long things are kept, and that they are: backup and restore, retention, erasure."""

    name = "workshop.keeping"
