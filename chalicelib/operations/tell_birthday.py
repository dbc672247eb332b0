"""Keep a birthday as a month and a day, with the keyed hash by which the sweep finds it."""

import msgspec

from chalicelib.domain.celebrating import month_day
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Profile
from chalicelib.security.keyed_ids import birthday_hash
from chalicelib.storage.shops import Shop, shop_secret


def with_birthday(profile: Profile, told: str, shop: Shop, now: Instant) -> Profile:
    """``profile`` with the birthday ``told`` now, with or without its year; "" takes it away."""
    day = month_day(told)
    if day == profile.birthday and bool(day) == bool(profile.birthday_hash):
        return profile
    digest = birthday_hash(shop_secret(shop), day) if day else ""
    return msgspec.structs.replace(profile, birthday=day, birthday_hash=digest, birthday_at=now)
