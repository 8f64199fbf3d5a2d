from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "definitions.proposals"

    def ready(self) -> None:
        from . import steps

        steps.register()
