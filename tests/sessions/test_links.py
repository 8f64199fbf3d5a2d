import pytest

from tests.factories import a_session, at_step, in_role, joined, refused, sealed
from workshop.accounts.models import User
from workshop.sessions.access import may_facilitate, must_own
from workshop.sessions.commands import links, setup
from workshop.sessions.models import Capability, WorkshopSession

pytestmark = pytest.mark.django_db

SCOPES = ["screen", "outcome", "co-facilitate"]


@pytest.fixture
def session() -> WorkshopSession:
    return a_session("welcome", "close")


@pytest.fixture
def colleague() -> User:
    return User.objects.create_user("colleague@example.org", name="Colleague")


@pytest.mark.parametrize("scope", SCOPES)
def test_a_link_carries_one_right_in_one_meeting_and_only_its_hash_is_kept(
    session: WorkshopSession, scope: str
) -> None:
    token = links.issue_link(session, actor=session.owner, scope=scope)
    capability = links.holder_of(token, scope)
    assert (capability.session, capability.scope) == (session, scope)
    assert token not in str(Capability.objects.values_list())
    for other in {*SCOPES, "move-device"} - {scope}:
        with refused("link-withdrawn"):
            links.holder_of(token, other)


@pytest.mark.parametrize("token", ["", "guess", "\0"])
def test_a_token_that_is_none_opens_nothing(session: WorkshopSession, token: str) -> None:
    links.issue_link(session, actor=session.owner, scope="screen")
    with refused("link-withdrawn"):
        links.holder_of(token, "screen")


@pytest.mark.parametrize("scope", ["move-device", "everything", ""])
def test_there_is_no_link_to_other_rights(session: WorkshopSession, scope: str) -> None:
    with refused("no-such-link"):
        links.issue_link(session, actor=session.owner, scope=scope)
    assert Capability.objects.count() == 0


def test_withdrawing_ends_every_link_of_that_scope_and_no_other(session: WorkshopSession) -> None:
    other = a_session("welcome")
    screens = [links.issue_link(session, actor=session.owner, scope="screen") for _ in range(2)]
    outcome = links.issue_link(session, actor=session.owner, scope="outcome")
    elsewhere = links.issue_link(other, actor=other.owner, scope="screen")
    assert links.withdraw_links(session, actor=session.owner, scope="screen") == 2
    assert links.withdraw_links(session, actor=session.owner, scope="screen") == 0
    for token in screens:
        with refused("link-withdrawn"):
            links.holder_of(token, "screen")
    assert links.holder_of(outcome, "outcome").session == session
    assert links.holder_of(elsewhere, "screen").session == other
    again = links.issue_link(session, actor=session.owner, scope="screen")
    assert links.holder_of(again, "screen").session == session


def test_the_outcome_is_shared_after_the_end(session: WorkshopSession) -> None:
    at_step(session, "close")
    sealed(session, spelling="We care.")
    token = links.issue_link(session, actor=session.owner, scope="outcome")
    assert links.holder_of(token, "outcome").session == session
    assert links.withdraw_links(session, actor=session.owner, scope="outcome") == 1


# Co-facilitators


def test_a_co_facilitator_runs_the_meeting_until_the_link_is_withdrawn(
    session: WorkshopSession, colleague: User
) -> None:
    token = links.issue_link(session, actor=session.owner, scope="co-facilitate")
    for _twice in range(2):
        assert links.become_co_facilitator(colleague, token=token) == session
    assert (may_facilitate(colleague, session), session.memberships.count()) == (True, 1)
    setup.change_settings(session, actor=colleague, title="Ours")
    links.withdraw_links(session, actor=session.owner, scope="co-facilitate")
    assert may_facilitate(colleague, session) is False
    with refused("facilitator-only"):
        setup.change_settings(session, actor=colleague, title="Mine")
    with refused("link-withdrawn"):
        links.become_co_facilitator(colleague, token=token)


def test_withdrawing_the_other_links_leaves_the_co_facilitators(session: WorkshopSession, colleague: User) -> None:
    links.become_co_facilitator(colleague, token=links.issue_link(session, actor=session.owner, scope="co-facilitate"))
    for scope in ("screen", "outcome"):
        links.withdraw_links(session, actor=session.owner, scope=scope)
    assert may_facilitate(colleague, session) is True


def test_a_co_facilitator_shares_the_screen_but_names_no_others(session: WorkshopSession, colleague: User) -> None:
    session.memberships.create(user=colleague)
    links.issue_link(session, actor=colleague, scope="screen")
    for attempt in (links.issue_link, links.withdraw_links):
        with refused("owner-only"):
            attempt(session, actor=colleague, scope="co-facilitate")


def test_the_owner_needs_no_seat_at_their_own_desk(session: WorkshopSession) -> None:
    token = links.issue_link(session, actor=session.owner, scope="co-facilitate")
    links.become_co_facilitator(session.owner, token=token)
    assert session.memberships.count() == 0
    assert may_facilitate(session.owner, session) is True


def test_a_right_to_look_is_no_right_to_run(session: WorkshopSession, colleague: User) -> None:
    for scope in ("screen", "outcome"):
        token = links.issue_link(session, actor=session.owner, scope=scope)
        with refused("link-withdrawn"):
            links.become_co_facilitator(colleague, token=token)
    assert may_facilitate(colleague, session) is False


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
@pytest.mark.parametrize("scope", SCOPES)
def test_only_facilitators_issue_and_withdraw_links(session: WorkshopSession, role: str, scope: str) -> None:
    actor = in_role(role, session, joined(session, "Ana")[0])
    for attempt in (links.issue_link, links.withdraw_links):
        with refused("owner-only" if scope == "co-facilitate" else "facilitator-only"):
            attempt(session, actor=actor, scope=scope)
    assert Capability.objects.count() == 0


def test_who_owns_a_meeting_is_the_one_who_made_it(session: WorkshopSession) -> None:
    assert must_own(session.owner, session) == session.owner
    (ana,) = joined(session, "Ana")
    for role in ("participant", "manager", "stranger"):
        with refused("owner-only"):
            must_own(in_role(role, session, ana), session)
