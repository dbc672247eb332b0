"""Every standing wrong version."""

from tests.simulation.member_mutants import MEMBERS
from tests.simulation.mutants import LEDGER

MUTANTS = (*LEDGER, *MEMBERS)
MUTANTS_BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
