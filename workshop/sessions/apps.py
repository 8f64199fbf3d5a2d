from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "workshop.sessions"
    label = "workshop_sessions"  # Django's own app has the label "sessions"

    def ready(self) -> None:
        from . import welcome

        welcome.register()
