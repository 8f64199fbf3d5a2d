"""The rows of the table: what is measured, against whom, at which sizes, and how much is wanted."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from bench.measured import Measured
from bench.program import House
from bench.rows import joining, panel, rooms, server_time, typing, typing_ours, typing_yjs, votes
from bench.table import Goal, Row, Side

Open = Callable[[House, int], AbstractContextManager[panel.Room]]


def _deliveries(open_room: Open) -> Callable[[House, int, float], Measured]:
    def measure(house: House, phones: int, seconds: float) -> Measured:
        with open_room(house, phones) as room:
            return panel.deliveries(room, seconds)

    return measure


def _fan_out(house: House, phones: int, seconds: float) -> Measured:
    with panel.ours(house, phones) as room:
        return panel.fan_out(room, seconds)


def _latency(open_room: Open) -> Callable[[House, int, float], Measured]:
    def measure(house: House, phones: int, seconds: float) -> Measured:
        with open_room(house, phones) as room:
            return panel.latency(room, seconds)

    return measure


def _typing(open_desk: typing.Opener) -> Callable[[House, int, float], Measured]:
    def measure(house: House, readers: int, seconds: float) -> Measured:
        writers = min(typing.WRITERS, readers)
        with open_desk(house, writers, writers + readers) as desk:
            return typing.typing(desk, writers, seconds)

    return measure


def _most_phones(open_desk: typing.Opener) -> Callable[[House, int, float], Measured]:
    def measure(house: House, most: int, seconds: float) -> Measured:
        return typing.most_phones(open_desk, house, min(typing.WRITERS, most), min(seconds, 5.0), most)

    return measure


def _rooms(setting: rooms.Setting) -> Callable[[House, int, float], Measured]:
    return lambda house, count, _seconds: rooms.rooms(house, count, setting)


PEERS = (
    Side("Node ws", _deliveries(panel.node_ws)),
    Side("socket.io", _deliveries(panel.socketio)),
    Side("stock Channels", _deliveries(panel.channels)),
)
BROADCAST = (
    Goal(1.1, 1.4, ("Node ws",)),
    Goal(1.4, 1.8, ("socket.io",)),
    Goal(25, 35, ("stock Channels",)),
)
YJS = (("y-websocket", typing_yjs.y_websocket), ("Hocuspocus", typing_yjs.hocuspocus))

ROWS = (
    Row(
        "panel",
        "a panel to 1,000 phones",
        "deliveries a second of one core",
        True,
        (Side("ours", _deliveries(panel.ours)), *PEERS),
        BROADCAST,
        (250, 500, 1000),
        50,
    ),
    Row(
        "fan-out",
        "its way to them, once drawn",
        "deliveries a second of that time",
        True,
        (Side("ours", _fan_out), *PEERS),
        BROADCAST,
        (250, 500, 1000),
        50,
    ),
    Row(
        "panel-latency",
        "a panel at 10 a second to 2,000 phones",
        "p95 in ms",
        False,
        (Side("ours", _latency(panel.ours)), Side("Node ws", _latency(panel.node_ws))),
        (Goal(0.75, 0.6, ("Node ws",)),),
        (500, 1000, 2000),
        50,
    ),
    Row(
        "typing",
        "50 write, 1,000 read",
        "p95 in ms of a key on others' screens",
        False,
        (Side("ours", _typing(typing_ours.ours)), *(Side(name, _typing(opener)) for name, opener in YJS)),
        (Goal(1 / 50, 1 / 100, tuple(name for name, _opener in YJS)),),
        (250, 500, 1000),
        20,
    ),
    Row(
        "typing-phones",
        "50 write at p95 ≤ 150 ms",
        "phones",
        True,
        (Side("ours", _most_phones(typing_ours.ours)), *(Side(name, _most_phones(opener)) for name, opener in YJS)),
        (Goal(5, 8, tuple(name for name, _opener in YJS)),),
        (3200, 3200, 3200),
        20,
        5.0,
        most_rounds=1,
    ),
    Row(
        "votes-sqlite",
        "1,000 vote at once, SQLite FULL",
        "votes a second acknowledged after the commit",
        True,
        (
            Side("ours", lambda house, voters, _seconds: votes.ours_kept(house, voters, "sqlite")),
            Side("Django", lambda house, voters, _seconds: votes.django_kept(house, voters, "sqlite")),
        ),
        (Goal(8, 15, ("Django",)),),
        (250, 500, 1000),
        30,
    ),
    Row(
        "votes-postgresql",
        "1,000 vote at once, PostgreSQL",
        "votes a second acknowledged after the commit",
        True,
        (
            Side("ours", lambda house, voters, _seconds: votes.ours_kept(house, voters, "postgresql")),
            Side("Django", lambda house, voters, _seconds: votes.django_kept(house, voters, "postgresql")),
        ),
        (Goal(8, 15, ("Django",)),),
        (250, 500, 1000),
        30,
    ),
    Row(
        "tally",
        "a vote → the tally on 1,000 screens",
        "p95 in ms",
        False,
        (Side("ours", votes.tally),),
        (Goal(250, 120),),
        (250, 500, 1000),
        30,
    ),
    Row(
        "reveal",
        "the reveal → on 1,000 phones",
        "p95 in ms",
        False,
        (Side("ours", lambda house, phones, _seconds: votes.reveal(house, phones)),),
        (Goal(150, 80),),
        (250, 500, 1000),
        30,
    ),
    Row(
        "join",
        "1,000 phones come in 10 s",
        "p95 in ms to a live page",
        False,
        (
            Side("ours", lambda house, phones, _seconds: joining.ours(house, phones)),
            Side("Django", lambda house, phones, _seconds: joining.typical_django(house, phones)),
        ),
        (Goal(1 / 100, 1 / 1000, ("Django",)),),
        (100, 300, 1000),
        20,
    ),
    Row(
        "memory",
        "memory a phone",
        "KB",
        False,
        (
            Side("ours", lambda house, phones, _seconds: joining.memory(panel.ours, house, phones)),
            Side("Node ws", lambda house, phones, _seconds: joining.memory(panel.node_ws, house, phones)),
        ),
        (Goal(3, 1.5, ("Node ws",)),),
        (500, 1000, 2000),
        100,
    ),
    Row(
        "rooms",
        "1,000 rooms of ten, all voting",
        "votes a second, each process on a core of its own",
        True,
        (
            Side("1 process", _rooms(rooms.Setting())),
            Side("2 processes", _rooms(rooms.Setting(2))),
            Side("4 processes", _rooms(rooms.Setting(4))),
        ),
        (Goal(1.8, 2, ("1 process",), of="2 processes"), Goal(3.4, 4, ("1 process",), of="4 processes")),
        (100, 300, 1000),
        4,
        most_rounds=1,
    ),
    Row(
        "pages",
        "the slowest page or POST, 470 people",
        "p95 in ms",
        False,
        (Side("ours", lambda house, people, _seconds: server_time.pages(house, people)),),
        (Goal(30, 10),),
        (50, 200, 470),  # of the 500 that a meeting holds; some more join meanwhile
        10,
    ),
    Row(
        "first-load",
        "a phone's first load",
        "KB",
        False,
        (Side("ours", lambda house, _size, _seconds: joining.first_load(house)),),
        (Goal(75, 40),),
        (1, 1, 1),
        1,
    ),
)
