from tests.live.conftest import ada as ada
from tests.live.conftest import desk as desk
from tests.live.conftest import desks as desks
from tests.live.conftest import wires as wires
from tests.room.conftest import meeting as meeting
