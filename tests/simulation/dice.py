"""Chance that is no chance: numbers from SHA-256 of a seed and a counter, the same for ever."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """One stream of numbers. Two of the same seed give the same."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._drawn = 0

    def below(self, limit: int) -> int:
        """A number from 0 to ``limit - 1``."""
        digest = hashlib.sha256(f"{self.seed}#{self._drawn}".encode()).digest()
        self._drawn += 1
        return int.from_bytes(digest[:8], "big") % limit

    def between(self, first: int, last: int) -> int:
        return first + self.below(last - first + 1)

    def one_in(self, count: int) -> bool:
        return self.below(count) == 0

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        left = list(values)
        return [left.pop(self.below(len(left))) for _ in range(len(left))]
