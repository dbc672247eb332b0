"""What every check of meaning needs: the document, its findings, and what its parts refer to."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from chalicelib.domain.program.fields import NONE_DECLARED, Kind
from chalicelib.domain.program.findings import Findings, Node

NO_NODES: Final[Mapping[str, Node]] = MappingProxyType({})


class Checking(msgspec.Struct, frozen=True):
    """One check under way, over the document with its defaults filled in."""

    document: Node
    findings: Findings
    currency: str
    zone: str  # UTC where the document's is wrong
    units: Mapping[str, Node]  # also those that are no objects; none: nothing to compare with
    groups: Mapping[str, frozenset[str]]  # tier ids by group
    declared: Mapping[str, Kind] = NONE_DECLARED  # fields that the document adds
    causes: tuple[str, ...] = ()  # their ids
    rewards: Mapping[str, Node] = NO_NODES  # by id

    def needs_unit(self, node: Node, key: str) -> Node | None:
        """The unit that ``key`` names; an unknown one is an error."""
        unit = node.text(key)
        if unit and self.units and unit not in self.units:
            known = ", ".join(self.units)
            self.findings.error(
                node.at(key), "unit_unknown", f"Name a unit of this program: {known}."
            )
        return self.units.get(unit)

    def warn_of_retired(self, node: Node) -> None:
        """Warn where ``node`` gives, or counts, a unit that nobody earns any more."""
        unit = self.units.get(node.text("unit"))
        if unit is not None and unit.value.get("retired") is True:
            self.findings.warn(
                node.at("unit"), "unit_retired", "Nobody earns this unit any more: name another."
            )

    def needs_cause(self, node: Node, key: str) -> None:
        """``key`` must name a cause of the program."""
        if node.text(key) and node.text(key) not in self.causes:
            known = ", ".join(self.causes) or "there is none yet"
            self.findings.error(
                node.at(key), "cause_unknown", f"Name a cause of this program: {known}."
            )

    def needs_reward(self, node: Node, key: str) -> Node | None:
        """The reward that ``key`` names; an unknown one is an error."""
        name = node.text(key)
        if name and name not in self.rewards:
            known = ", ".join(self.rewards) or "there is none"
            self.findings.error(
                node.at(key), "reward_unknown", f"Name a reward of this program: {known}."
            )
        return self.rewards.get(name)

    def knows_units(self, node: Node) -> None:
        """Every key of ``node`` must be a unit."""
        for unit in node.value:
            if self.units and unit not in self.units:
                self.findings.error(
                    node.at(unit), "unit_unknown", "Name a unit of this program here."
                )

    def needs_money(self, node: Node, key: str) -> int | None:
        """The amount under ``key`` in the program's currency; one that lacks it is an error."""
        money = node.value.get(key)
        if not isinstance(money, dict):
            return None
        if self.currency and self.currency not in money:
            self.findings.error(
                node.at(key), "currency_missing", f"Give the amount in {self.currency}, too."
            )
        return Node("", money).whole(self.currency)

    def needs_positive_money(self, node: Node, key: str) -> None:
        """As ``needs_money``, and more than nothing."""
        if self.needs_money(node, key) == 0:
            self.findings.error(node.at(key), "value_out_of_range", "Give an amount above 0.")


def unique_ids(
    nodes: Iterable[Node], findings: Findings, told: Collection[Node] | None = None
) -> None:
    """Report every id that an earlier one of ``nodes`` has; with ``told``, only at one of those."""
    seen: set[str] = set()
    for node in nodes:
        known = node.text("id")
        if known and known in seen and (told is None or node in told):
            findings.error(
                node.at("id"), "id_twice", f"Another one is called {known}: choose another id."
            )
        seen.add(known)


def one_of(node: Node, keys: tuple[str, ...], code: str, findings: Findings) -> str:
    """The one of ``keys`` that ``node`` has; none, or several, are an error."""
    present = [key for key in keys if node.has(key)]
    if len(present) == 1:
        return present[0]
    findings.error(node.path, code, f"Give exactly one of: {', '.join(keys)}.")
    return ""
