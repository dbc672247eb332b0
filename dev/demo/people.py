"""Sixty customers of the shop: how often each comes, and since when. Nobody of them is real."""

from collections.abc import Iterator
from dataclasses import dataclass

from dev.demo.chance import between, draw, pick

CUSTOMERS = 60

_FIRST_ID = 77
# fmt: off
_FIRST = (
    "Nóra", "Anna", "Bence", "Clara", "Dávid", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas",
    "Kata", "Leila", "Máté", "Noor", "Oskar", "Petra", "Reza", "Sára", "Tamás", "Ulla", "Viktor",
    "Wanda", "Yasmin", "Zoltán", "Aiko", "Bruno", "Chiara", "Dora", "Emil",
)
_LAST = (
    "Kovács", "Larsen", "Moreau", "Nagy", "Okafor", "Petit", "Quint", "Rossi", "Szabó", "Tóth",
    "Ünal", "Varga", "Weber", "Yilmaz", "Zand", "Amiri", "Bakker", "Costa", "Dubois", "Ekström",
)
# fmt: on
_COUNTRIES = ("US", "US", "US", "HU", "HU", "DE", "FR", "GB", "SE", "CA")
_RHYTHMS = ((14, 26), (8, 14), (8, 14), (4, 8), (4, 8), (1, 3))
"""Fewest and most orders a year; a regular, two often, two now and then, one seldom."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer, as the shop knows them."""

    customer_id: int
    first: str
    last: str
    country: str = "US"
    locale: str = "en"
    orders: int = 0  # in the year behind
    joined_days_ago: int = 365

    @property
    def email(self) -> str:
        """An address that never receives anything."""
        return f"customer-{self.customer_id}@example.com"


KIM = Person(77, "Kim", "Harper", orders=11)
"""The shopper "you": one purchase or two away from the highest tier."""

NORA = Person(78, "Nóra", "Kovács", "HU", "hu", orders=17)
"""Another customer: a regular, at the top already."""

MINA = Person(999, "Mina", "Rahimi", "SE", "fa")
"""Has an account at the shop, has bought nothing yet, is no member."""


def people(count: int = CUSTOMERS) -> tuple[Person, ...]:
    """``count`` customers who have bought, Kim and Nóra first."""
    return (KIM, NORA, *_others())[:count]


def _others() -> Iterator[Person]:
    for number in range(2, CUSTOMERS):
        fewest, most = pick(_RHYTHMS, number, "rhythm")
        country = pick(_COUNTRIES, number, "country")
        since = 365 if draw(number, "since") % 3 else between(40, 364, number, "joined")
        orders = between(fewest, most, number, "orders")
        yield Person(
            customer_id=_FIRST_ID + number,
            first=_FIRST[number % len(_FIRST)],
            last=pick(_LAST, number, "last"),
            country=country,
            locale="hu" if country == "HU" else "en",
            orders=max(1, orders * since // 365),
            joined_days_ago=since,
        )
