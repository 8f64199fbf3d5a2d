from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workshop.errors import Refused
from workshop.keeping.copies import back_up


class Command(BaseCommand):
    help = "Write the whole database into one file, while meetings go on. It holds names and texts: keep it safe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            back_up(file)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Saved: {file}, {file.stat().st_size:,} bytes. All that was saved before is in it.")
