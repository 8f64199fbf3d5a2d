import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def _nothing_need_be_built(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
