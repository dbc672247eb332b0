"""How the tests are shared out when pytest has several workers (`-n 2`): whole files, in order.

A file stays together because its fixtures (an engine, a seeded shop) are made once for it; some
folders do, because one build, one server or one browser serves all of their files. Slow ones come
first, quick ones fill up the end. The long tests (`make soak`) go out one by one.
"""

from collections.abc import Mapping, Sized

from xdist.scheduler import LoadScopeScheduling

WHOLE_FOLDERS = ("tests/browser/", "tests/packaging/", "tests/storage/")

# Measured; xdist's own order is by number of tests, and the longest proofs are few in a file.
SLOW_FIRST = (
    "tests/browser/",
    "tests/packaging/",
    "tests/storage/",
    "tests/demo/test_demo_page.py",
    "tests/demo/test_demo_shop.py",
    "tests/routes/test_schemathesis.py",
    "tests/operations/test_two_writers_of_referrals.py",
    "tests/simulation/test_random_histories.py",
    "tests/simulation/test_any_order.py",
    "tests/domain/program/test_any_program.py",
    "tests/simulation/test_fault_schedules.py",
    "tests/operations/test_one_order_in_any_order.py",
    "tests/operations/test_pool_erasures.py",
    "tests/operations/test_referral_shop_limit.py",
    "tests/operations/test_referral_rewards.py",
    "tests/operations/test_decide_and_commit.py",
    "tests/operations/test_referral_checks_at_checkout.py",
    "tests/operations/test_two_writers.py",
    "tests/operations/test_merges.py",
    "tests/operations/test_referral_gifts.py",
    "tests/operations/test_two_writers_of_actions.py",
    "tests/simulation/test_rows.py",
    "tests/domain/replay/test_against_the_ledger.py",
    "tests/routes/test_session_concurrency.py",
    "tests/operations/test_pool_reward_writers.py",
    "tests/house/test_sizes.py",
    "tests/domain/program/test_earning_properties.py",
    "tests/operations/test_referrals_at_checkout.py",
    "tests/domain/test_ledger.py",
    "tests/operations/test_pool_writers.py",
    "tests/domain/program/test_tier_windows.py",
    "tests/operations/test_costs.py",
    "tests/domain/test_lots.py",
    "tests/operations/test_given_rewards.py",
    "tests/operations/test_entry_rewards.py",
    "tests/operations/test_sweep.py",
    "tests/simulation/test_interleavings.py",
)


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]  # xdist is kept from mypy's sight
    """Give the next file to whoever is done, the slowest of those that are left."""

    def _assign_work_unit(self, node: object) -> None:
        self.workqueue.move_to_end(slowest(self.workqueue), last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        return shared_as(nodeid)


class EachAlone(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Give the next test to whoever is done: long tests of few files have nothing in common."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid


def shared_as(nodeid: str) -> str:
    """What must stay with the test ``nodeid``: its folder, or else its file."""
    whole = next(filter(nodeid.startswith, WHOLE_FOLDERS), "")
    return whole or nodeid.partition("::")[0]


def slowest(waiting: Mapping[str, Sized]) -> str:
    """Which file or folder goes out next: by ``SLOW_FIRST``, then the one with the most tests."""
    named = next(filter(waiting.__contains__, SLOW_FIRST), "")
    return named or max(waiting, key=lambda scope: len(waiting[scope]))
