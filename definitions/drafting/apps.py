from django.apps import AppConfig


class DraftingConfig(AppConfig):
    name = "definitions.drafting"

    def ready(self) -> None:
        from . import steps

        steps.register()
