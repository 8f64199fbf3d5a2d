from collections.abc import Iterator

import pytest
from django.core.cache import caches
from pytest_django.fixtures import Settings

from workshop.accounts.commands import register
from workshop.accounts.models import User

PASSWORD = "a quiet lunch together"


@pytest.fixture(autouse=True)
def nothing_remembered(settings: Settings) -> Iterator[None]:
    """No failures from other tests, and a hash that takes no time."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},  # nothing need be built
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    caches["shared"].clear()
    yield
    caches["shared"].clear()


@pytest.fixture
def facilitator(db: None) -> User:
    return register(email="dana@example.org", name="Dana", password=PASSWORD)
