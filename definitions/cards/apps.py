from django.apps import AppConfig


class CardsConfig(AppConfig):
    name = "definitions.cards"

    def ready(self) -> None:
        from . import steps

        steps.register()
