from django.apps import AppConfig


class TextsConfig(AppConfig):
    name = "definitions.texts"
