"""The marked copy: what it takes over, who may come to it, and that nothing is left of it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from definitions.decisions.commands import closing as decisions
from definitions.drafting.models import DraftRow
from definitions.elements.commands.sets import take_set
from definitions.elements.queries.sets import set_slug
from definitions.exports.as_json import as_dict
from definitions.exports.as_markdown import as_markdown
from definitions.exports.report import report_of
from definitions.texts.models import Text
from tests.factories import (
    a_session,
    adds,
    at_step,
    facilitator,
    in_role,
    joined,
    refused,
    sealed,
    sends,
    step_of,
    stranger,
    the_draft,
    types,
    votes,
)
from workshop.rehearsal.commands import forget_rehearsal, rehearse, rehearse_example, rehearse_with_colleagues
from workshop.sessions.commands import people, rehearsing, setup
from workshop.sessions.commands.changing import session_changed
from workshop.sessions.models import Capability, WorkshopSession

pytestmark = pytest.mark.django_db


def test_a_rehearsal_has_the_agenda_and_the_settings_and_nobody_of_its_meeting() -> None:
    session = a_session("welcome", "propose", names_shown="facilitator", secret=False, customer_word="guest")
    setup.change_step(
        session, actor=session.owner, step=step_of(session, "propose"), minutes=9, prompt="Ours?", settings={"ruler": 0}
    )
    take_set(session, actor=session.owner, slug="curtin-six")
    joined(session, "Ana")
    copy = rehearse(session, actor=session.owner)
    assert list(copy.steps.values_list("kind", "position", "minutes", "prompt", "settings")) == [
        ("welcome", 1, 2, "", {}),
        ("propose", 2, 9, "Ours?", {"ruler": 0}),
    ]
    assert (copy.title, copy.customer_word, copy.names_shown, copy.secret) == (
        "Front desk", "guest", "facilitator", False,
    )  # fmt: skip
    assert (copy.rehearsal, copy.door, copy.started_at, copy.participants.count()) == (True, "open", None, 0)
    assert (set_slug(copy), copy.owner, copy.code != session.code) == ("curtin-six", session.owner, True)
    session.refresh_from_db()
    assert (session.rehearsal, session.participants.count()) == (False, 1)


def test_it_counts_for_no_department_and_is_no_version_of_its_meeting(settings: object) -> None:
    session = a_session("welcome")
    in_role("manager", session, joined(session, "Ana")[0])  # puts it into a department
    session.refresh_from_db()
    copy = rehearse(session, actor=session.owner)
    assert session.department is not None
    assert (copy.department, copy.previous) == (None, None)


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_who_facilitates_a_meeting_rehearses_it(role: str) -> None:
    session = a_session("welcome")
    actor = in_role(role, session, joined(session, "Ana")[0])
    with refused("facilitator-only"):
        rehearse(session, actor=actor)
    assert WorkshopSession.objects.count() == 1


def test_a_co_facilitator_rehearses_in_a_copy_of_their_own() -> None:
    session = a_session("welcome")
    session.memberships.create(user=stranger())
    assert rehearse(session, actor=stranger()).owner == stranger()


# Its colleagues


def test_who_brings_the_token_is_simulated_and_nobody_else_is() -> None:
    copy, token = rehearse_with_colleagues(a_session("welcome"), actor=facilitator())
    colleague, _cookie = people.join(copy, name="Ana", rehearsing=token)
    real, _cookie = people.join(copy, name="Ben")
    assert (colleague.simulated, real.simulated) == (True, False)


def test_a_token_opens_no_meeting_but_its_own_rehearsal() -> None:
    session = a_session("welcome")
    copy, token = rehearse_with_colleagues(session, actor=session.owner)
    for other in (session, a_session("welcome"), rehearse(session, actor=session.owner)):
        with refused("no-rehearsal"):
            people.join(other, name="Ana", rehearsing=token)
    with refused("no-rehearsal"):
        people.join(copy, name="Ana", rehearsing="guessed")
    assert copy.participants.count() == session.participants.count() == 0


def test_nobody_is_sent_to_a_meeting_that_is_real() -> None:
    session = a_session("welcome")
    with refused("no-rehearsal"):
        rehearsing.send_colleagues(session, actor=session.owner)


def test_who_was_called_back_does_not_come_in_again() -> None:
    copy, token = rehearse_with_colleagues(a_session("welcome"), actor=facilitator())
    assert rehearsing.keep_colleagues(copy.pk) is True
    rehearsing.stop_colleagues(copy, actor=facilitator())
    assert rehearsing.keep_colleagues(copy.pk) is False
    with refused("no-rehearsal"):
        people.join(copy, name="Ana", rehearsing=token)
    with refused("been-there"):
        rehearsing.send_colleagues(copy, actor=facilitator())


def test_one_rehearsal_at_a_time_and_no_copy_of_what_is_refused() -> None:
    session = a_session("welcome")
    first, _token = rehearse_with_colleagues(session, actor=session.owner)
    with refused("one-at-a-time"):
        rehearse_with_colleagues(session, actor=session.owner)
    assert list(WorkshopSession.objects.filter(rehearsal=True)) == [first]
    session.memberships.create(user=stranger())
    rehearse_with_colleagues(session, actor=stranger())  # somebody else's is their own
    rehearsing.stop_colleagues(first, actor=session.owner)
    rehearse_with_colleagues(session, actor=session.owner)


def test_colleagues_whose_process_died_stand_in_nobody_s_way() -> None:
    session = a_session("welcome")
    first, _token = rehearse_with_colleagues(session, actor=session.owner)
    lease = Capability.objects.filter(session=first)
    lease.update(expires_at=timezone.now() - timedelta(seconds=1))
    rehearse_with_colleagues(session, actor=session.owner)
    assert lease.get().revoked_at is None


# What comes of it


def test_its_files_say_rehearsal_and_no_meeting_goes_on_from_it() -> None:
    copy = rehearse(a_whole_meeting(), actor=facilitator())
    agreed = sealed(copy, spelling="We help.")
    report = report_of(agreed)
    assert as_dict(report)["meeting"]["rehearsal"] is True
    assert b"**Rehearsal: simulated colleagues wrote this.**" in as_markdown(report)
    with refused("rehearsal"):
        decisions.new_version(copy, actor=facilitator())


def a_whole_meeting() -> WorkshopSession:
    return a_session("welcome", "key-words", "propose", "vote", "draft", "close")


def everything() -> dict[str, int]:
    """Rows of every table of ours."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models() if is_ours(model.__module__)}


def is_ours(module: str) -> bool:
    return module.startswith(("workshop.", "definitions."))


def test_a_rehearsal_is_forgotten_with_all_that_was_made_in_it_and_nothing_else_is() -> None:
    session = a_whole_meeting()
    make_everything(session)
    before = everything()
    copy, _token = rehearse_with_colleagues(session, actor=session.owner)
    make_everything(copy)
    assert before["texts.Text"] < Text.objects.count()
    assert DraftRow.objects.filter(draft__step__session=copy).count() > 1
    forget_rehearsal(copy, actor=copy.owner)
    assert everything() == before
    session.refresh_from_db()
    assert session.agreed.text.body == "We help."


def test_whoever_watches_a_rehearsal_hears_that_it_is_gone(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    session = a_session("welcome")
    copy = rehearse(session, actor=session.owner)
    heard: list[int] = []

    def hear(session_id: int, **_more: object) -> None:
        heard.append(session_id)

    session_changed.connect(hear)
    try:
        gone = copy.pk
        with django_capture_on_commit_callbacks(execute=True):
            forget_rehearsal(copy, actor=copy.owner)
    finally:
        session_changed.disconnect(hear)
    assert heard == [gone]


def make_everything(session: WorkshopSession) -> None:
    ana, ben = joined(session, "Ana", "Ben")
    at_step(session, "key-words")
    adds(ana, "kind")
    at_step(session, "propose")
    sends(ana, "We care."), sends(ben, "We listen.")
    at_step(session, "vote")
    votes(ana, "We care.")
    at_step(session, "draft")
    types(ana, the_draft(session), " Always.")
    sealed(session, spelling="We help.")


def test_a_meeting_is_never_forgotten() -> None:
    session = a_session("welcome")
    with refused("no-rehearsal"):
        forget_rehearsal(session, actor=session.owner)
    assert WorkshopSession.objects.filter(pk=session.pk).exists()


def test_only_its_owner_forgets_a_rehearsal() -> None:
    copy = rehearse(a_session("welcome"), actor=facilitator())
    copy.memberships.create(user=stranger())
    with refused("owner-only"):
        forget_rehearsal(copy, actor=stranger())


def test_the_example_says_that_it_is_one_and_leaves_no_meeting_behind() -> None:
    copy, token = rehearse_example(facilitator(), agenda="huddle")
    assert people.join(copy, name="Ana", rehearsing=token)[0].simulated
    assert (copy.title, copy.customer_word) == ("Front desk, Harbor House (example)", "guest")
    assert list(WorkshopSession.objects.all()) == [copy]
