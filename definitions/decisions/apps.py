from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "definitions.decisions"

    def ready(self) -> None:
        from . import steps

        steps.register()
