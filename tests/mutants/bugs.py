from tests.mutants.around import HALF_REQUESTS, THE_WAY_IN, WATCHED_AND_KEPT
from tests.mutants.bug import Bug
from tests.mutants.edges import BAD_INPUT, THE_ENGINE
from tests.mutants.promises import NOTHING_EARLY, NOTHING_LOST, WHO_MAY
from tests.mutants.sums import RIGHT_SUMS

BUGS: list[Bug] = [
    *NOTHING_LOST,
    *NOTHING_EARLY,
    *WHO_MAY,
    *THE_ENGINE,
    *BAD_INPUT,
    *RIGHT_SUMS,
    *THE_WAY_IN,
    *HALF_REQUESTS,
    *WATCHED_AND_KEPT,
]
