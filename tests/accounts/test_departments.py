import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from workshop.accounts.models import Department, Manages, User

pytestmark = pytest.mark.django_db


def test_a_name_is_given_once_within_a_department() -> None:
    hotel = Department.objects.create(name="Hotel")
    spa = Department.objects.create(name="Spa")
    Department.objects.create(name="Front desk", parent=hotel)
    Department.objects.create(name="Front desk", parent=spa)
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.create(name="front desk", parent=hotel)


def test_a_name_is_given_once_at_the_top() -> None:
    Department.objects.create(name="Hotel")
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.create(name="HOTEL")


def test_a_department_is_not_part_of_itself() -> None:
    hotel = Department.objects.create(name="Hotel")
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.filter(pk=hotel.pk).update(parent=hotel)


def test_a_department_with_parts_is_not_deleted() -> None:
    hotel = Department.objects.create(name="Hotel")
    Department.objects.create(name="Front desk", parent=hotel)
    with pytest.raises(ProtectedError):
        hotel.delete()


def test_a_manager_is_named_once(facilitator: User) -> None:
    hotel = Department.objects.create(name="Hotel")
    Manages.objects.create(user=facilitator, department=hotel)
    with pytest.raises(IntegrityError), transaction.atomic():
        Manages.objects.create(user=facilitator, department=hotel)
    assert list(facilitator.departments.all()) == [hotel]
