"""How the tests are shared out when pytest has several workers (`-n 2`): whole files, in order.

A file stays together because its fixtures (an engine, a seeded shop) are made once for it; some
folders do, because one build or one server serves all of their files. Slow files come early in
the alphabet of folders, quick ones fill up the end. The long tests (`-m soak`) go out one by one.
"""

from xdist.scheduler import LoadScopeScheduling

WHOLE_FOLDERS = ("tests/packaging/", "tests/storage/")


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]  # xdist is kept from mypy's sight
    """Give the next file to whoever is done."""

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
