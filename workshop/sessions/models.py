"""One meeting of one group: its agenda, its people, and the rounds in which they gave something."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from . import kinds
from .kinds import Kind

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0/O, 1/I/L
CODE_LENGTH = 8


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _unused in range(CODE_LENGTH))


class WorkshopSession(models.Model):
    class NamesShown(models.TextChoices):
        ALL = "all", _("To everyone")
        FACILITATOR = "facilitator", _("To the facilitator only")
        NOBODY = "nobody", _("To nobody: the meeting is anonymous")

    class Door(models.TextChoices):
        CLOSED = "closed", _("Not open yet")
        OPEN = "open", _("Open")
        LOCKED = "locked", _("Locked")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, default=new_code)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="workshop_sessions")
    facilitators = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="+")
    department = models.ForeignKey(
        "accounts.Department", null=True, blank=True, on_delete=models.SET_NULL, related_name="workshop_sessions"
    )
    title = models.CharField(_("name of the group"), max_length=80)
    customer_word = models.CharField(_("your word for customer"), max_length=40, default="customer")
    names_shown = models.CharField(max_length=12, choices=NamesShown.choices, default=NamesShown.ALL)
    secret = models.BooleanField(_("votes are secret"), default=True)
    language = models.CharField(max_length=12, default="en")
    door = models.CharField(max_length=8, choices=Door.choices, default=Door.CLOSED)
    revision = models.PositiveBigIntegerField(default=0)
    current_step = models.ForeignKey("Step", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="later")
    rehearsal = models.BooleanField(default=False)  # a marked copy to try things out in: nothing of it counts
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(ended_at__isnull=True), name="join_code_unique_while_open"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def anonymous(self) -> bool:
        return self.names_shown == self.NamesShown.NOBODY


class Membership(models.Model):
    """A co-facilitator."""

    session = models.ForeignKey(WorkshopSession, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="one_membership_per_user")]


class Capability(models.Model):
    """A right that travels as a link: whoever holds the token has it, until it is revoked."""

    class Scope(models.TextChoices):
        SCREEN = "screen"
        OUTCOME = "outcome"
        CO_FACILITATE = "co-facilitate"
        MOVE_DEVICE = "move-device"
        REHEARSE = "rehearse"  # who joins with it is simulated; it expires when nobody renews it

    session = models.ForeignKey(WorkshopSession, on_delete=models.CASCADE, related_name="capabilities")
    scope = models.CharField(max_length=16, choices=Scope.choices)
    participant = models.ForeignKey("Participant", null=True, blank=True, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Step(models.Model):
    """One line of the agenda."""

    session = models.ForeignKey(WorkshopSession, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()  # not unique: SQLite can't defer a constraint while rows swap
    prompt = models.CharField(max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField()
    settings = models.JSONField(default=dict, blank=True)
    schema_version = models.PositiveSmallIntegerField(default=1)
    source = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.session}"

    @property
    def of_kind(self) -> Kind:
        return kinds.get(self.kind)

    @property
    def words(self) -> str:
        """What people read: the facilitator's own prompt, else the kind's; with the group's word for customer."""
        return (self.prompt or str(self.of_kind.prompt)).replace("{customer}", self.session.customer_word)

    def setting(self, name: str) -> bool | str:
        """The value of one of the kind's options for this step."""
        option = next(option for option in self.of_kind.options if option.name == name)
        value = self.settings.get(name, option.default)
        if option.choices:
            return value if value in dict(option.choices) else option.default
        return bool(value)


class Round(models.Model):
    """One opening of a step. What people give belongs to it."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0)  # the time box, with every extension
    page = models.PositiveSmallIntegerField(default=1)  # which page of what is revealed the screen shows

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["step", "number"], name="round_number_unique_in_step"),
            models.UniqueConstraint(
                fields=["step"], condition=Q(closed_at__isnull=True), name="one_unclosed_round_per_step"
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.number} of {self.step}"

    def look_again(self) -> None:
        """Read it as it is now, under the session's lock; the step stays as it was read."""
        self.refresh_from_db(fields=["ends_at", "closed_at", "revealed_at", "seconds", "page"])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_revealed(self) -> bool:
        return self.revealed_at is not None


class Participant(models.Model):
    session = models.ForeignKey(WorkshopSession, on_delete=models.PROTECT, related_name="participants")
    seat = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40, blank=True)
    name_hidden = models.BooleanField(default=False)
    has_phone = models.BooleanField(default=True)  # False: the facilitator types for them
    simulated = models.BooleanField(default=False)
    on_poster = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seat"]
        constraints = [models.UniqueConstraint(fields=["session", "seat"], name="seat_unique_in_session")]

    def __str__(self) -> str:
        return self.name or f"seat {self.seat}"

    @property
    def is_here(self) -> bool:
        return self.left_at is None and self.removed_at is None


class Device(models.Model):
    """A phone, known by a cookie of 128 bits that is hashed here."""

    session = models.ForeignKey(WorkshopSession, on_delete=models.CASCADE, related_name="devices")
    cookie_hash = models.CharField(max_length=64, unique=True)
    participants = models.ManyToManyField(Participant, through="DeviceParticipant", related_name="devices")
    holder = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """Who has the phone in hand now, where several share it."""
    created_at = models.DateTimeField(auto_now_add=True)


class DeviceParticipant(models.Model):
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="seats")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="seats")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["device", "participant"], name="participant_once_per_device"),
        ]


class Client(models.Model):
    """One tab of one person: what makes every command happen once."""

    id = models.UUIDField(primary_key=True)
    participant = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    last_seq = models.PositiveBigIntegerField(default=0)
    last_answer = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(participant__isnull=False, user__isnull=True)
                | Q(participant__isnull=True, user__isnull=False),
                name="client_has_one_owner",
            ),
        ]


class Done(models.Model):
    """One participant says that they are done with a round. Only counts of these are shown."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="done")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "participant"], name="done_once_per_round")]
