"""Every row of proof 1: a new operation that moves points is proven by adding its row to one."""

from tests.simulation.action_verbs import ACTION_VERBS
from tests.simulation.budget_verbs import BUDGET_VERBS
from tests.simulation.cause_verbs import CAUSES
from tests.simulation.challenge_verbs import CHALLENGE_VERBS
from tests.simulation.code_verbs import CODE_VERBS
from tests.simulation.given_verbs import GIVEN_VERBS
from tests.simulation.launch_verbs import LAUNCHES
from tests.simulation.member_verbs import MEMBERS
from tests.simulation.pool_verbs import POOL_VERBS
from tests.simulation.referral_verbs import REFERRAL_VERBS
from tests.simulation.verbs import ORDERS_AND_CODES, Verb

VERBS: tuple[Verb, ...] = (
    *ORDERS_AND_CODES,
    *MEMBERS,
    *POOL_VERBS,
    *CODE_VERBS,
    *ACTION_VERBS,
    *CAUSES,
    *GIVEN_VERBS,
    *LAUNCHES,
    *CHALLENGE_VERBS,
    *REFERRAL_VERBS,
    *BUDGET_VERBS,
)
BY_NAME = {verb.name: verb for verb in VERBS}
