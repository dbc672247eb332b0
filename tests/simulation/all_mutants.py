"""Every standing wrong version."""

from tests.simulation.asking_mutants import ASKING
from tests.simulation.later_mutants import LATER
from tests.simulation.latest_mutants import LATEST
from tests.simulation.member_mutants import MEMBERS
from tests.simulation.mutants import LEDGER
from tests.simulation.sign_mutants import SIGNS

MUTANTS = (*LEDGER, *MEMBERS, *LATER, *LATEST, *SIGNS, *ASKING)
MUTANTS_BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
