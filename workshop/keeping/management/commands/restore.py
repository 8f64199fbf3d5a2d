from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workshop.errors import Refused
from workshop.keeping.copies import bring_back


class Command(BaseCommand):
    help = "Make the database what a file of `manage.py backup` holds. Stop the server first."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--overwrite", action="store_true", help="what is in the database now is lost")

    def handle(self, *args: Any, file: Path, overwrite: bool, **options: Any) -> None:
        try:
            bring_back(file, overwrite=overwrite)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"The database is what {file} holds.")
