from django.apps import AppConfig


class ElementsConfig(AppConfig):
    name = "definitions.elements"

    def ready(self) -> None:
        from . import steps

        steps.register()
