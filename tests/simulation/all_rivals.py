"""Every meeting of proof 4: an operation that moves points is proven by adding its row to one."""

from tests.simulation.action_verbs import ACTION_MEETINGS, DRAWN_OF_ACTIONS
from tests.simulation.budget_verbs import BUDGET_MEETINGS
from tests.simulation.cause_rivals import CAUSES
from tests.simulation.challenge_verbs import CHALLENGE_MEETINGS
from tests.simulation.code_verbs import CODE_MEETINGS
from tests.simulation.given_verbs import DRAWN_OF_TIERS, GIVEN_MEETINGS
from tests.simulation.launch_verbs import LAUNCH_MEETINGS
from tests.simulation.member_rivals import DRAWN_OF_MEMBERS, MEMBERS, THREES_OF_MEMBERS
from tests.simulation.pool_verbs import POOL_MEETINGS
from tests.simulation.referral_verbs import DRAWN_OF_REFERRALS, REFERRAL_MEETINGS
from tests.simulation.rivals import ORDERS_AND_CODES, THREES_OF_ORDERS

MEETINGS = (
    *ORDERS_AND_CODES,
    *MEMBERS,
    *POOL_MEETINGS,
    *CODE_MEETINGS,
    *ACTION_MEETINGS,
    *CAUSES,
    *GIVEN_MEETINGS,
    *LAUNCH_MEETINGS,
    *CHALLENGE_MEETINGS,
    *REFERRAL_MEETINGS,
    *BUDGET_MEETINGS,
)
DRAWN = (*DRAWN_OF_MEMBERS, *DRAWN_OF_ACTIONS, *DRAWN_OF_REFERRALS, *DRAWN_OF_TIERS)
THREES = (*THREES_OF_ORDERS, *THREES_OF_MEMBERS)
BY_NAME = {meeting.name: meeting for meeting in (*MEETINGS, *DRAWN, *THREES)}
