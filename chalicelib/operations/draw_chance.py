"""Draw what a program leaves to chance, for one document. Reads and writes nothing."""

from collections.abc import Iterable

from chalicelib.domain.instants import Instant, utc_day
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.security.draws import number_of, secret_of_day
from chalicelib.storage.shops import Shop, shop_secret


def draw(shop: Shop, program: CompiledProgram | None, document: str, now: Instant) -> Drawn | None:
    """What each rule that draws gets for ``document`` today; None without such rules.

    Of the day of ``now``, not of the purchase: whoever told late of an order could else know the
    secret of its day already.
    """
    if program is None or not program.draws:
        return None
    return drawn_for(shop, program.draws, document, utc_day(now))


def drawn_for(shop: Shop, rules: Iterable[str], document: str, day: str) -> Drawn:
    """What each of ``rules`` draws for ``document`` under the secret of ``day``."""
    secret = secret_of_day(shop_secret(shop), day)
    return Drawn(
        day, {rule: number_of(secret, shop.shop_id, document, rule) for rule in sorted(rules)}
    )
