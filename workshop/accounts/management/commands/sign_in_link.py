from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse

from workshop.accounts.commands import LAPTOP_EMAIL, issue_sign_in_link


class Command(BaseCommand):
    help = "Prints a link that signs one person in, once, within 15 minutes. An account that is not there yet is made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", default=LAPTOP_EMAIL)
        parser.add_argument(
            "--at", default=settings.PUBLIC_URL or "http://localhost:8000", help="address of the server"
        )

    def handle(self, *args: Any, email: str, at: str, **options: Any) -> None:
        self.stdout.write(f"{at.rstrip('/')}{reverse('accounts:enter')}#{issue_sign_in_link(email)}")
