from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workshop.errors import Refused
from workshop.keeping.commands.erasing import empty_log
from workshop.keeping.commands.retaining import Terms, overdue


class Command(BaseCommand):
    help = (
        "Delete what has been kept for long enough: once a day is right. RETAIN_REHEARSALS, RETAIN_TRACES and "
        "RETAIN_PEOPLE say after how many days; what a room agreed on stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and delete nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        terms = Terms(settings.RETAIN_REHEARSALS, settings.RETAIN_TRACES, settings.RETAIN_PEOPLE)
        found = [one for one in overdue(terms, timezone.now()) if one.count]
        for one in found:
            if not dry_run:
                try:
                    one.let_go()
                except Refused as refused:
                    raise CommandError(f"{one.what}: {refused}") from refused
            self.stdout.write(f"{'Would delete' if dry_run else 'Deleted'}: {one.count} {one.what}")
        if found and not dry_run and not empty_log():
            self.stderr.write("The database is in use: its log keeps what went until the server is quiet or stops.")
        if not found:
            self.stdout.write("Nothing has been kept for too long.")
