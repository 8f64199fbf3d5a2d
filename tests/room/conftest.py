import pytest
from pytest_django.fixtures import Settings

from tests.room.meeting import Meeting


@pytest.fixture(autouse=True)
def _nothing_need_be_built(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def meeting(db: None) -> Meeting:
    """Three people, the door open, not started."""
    return Meeting.set_up(3)
