"""Every door of the house, and how they are hung: one line each."""

from typing import Final

from chalice.app import Chalice

from chalicelib.routes import (
    messages,
    openapi,
    referrals,
    storefront,
    storefront_actions,
    storefront_causes,
    storefront_challenges,
    storefront_draws,
    storefront_pool,
    webhooks,
)
from chalicelib.routes.admin import (
    audit,
    campaigns,
    causes,
    comparing,
    connections,
    events,
    expiry,
    facts,
    fulfilments,
    holds,
    honours,
    importing,
    keys,
    member_ends,
    members,
    obligations,
    partners,
    pausing,
    points,
    pool_redemptions,
    pools,
    programs,
    publishing,
    replaying,
    shops,
    statements,
    storefront_keys,
    transfers,
    trying,
)
from chalicelib.routes.door import Door
from chalicelib.routes.request_context import middleware

DOORS: Final[tuple[Door, ...]] = (
    openapi.door,
    webhooks.door,
    storefront.public_door,
    storefront.door,
    storefront_pool.door,
    storefront_actions.door,
    storefront_challenges.public_door,
    storefront_causes.door,
    storefront_challenges.door,
    storefront_draws.door,
    referrals.door,
    messages.door,
    messages.staff_door,
    shops.door,
    keys.door,
    connections.door,
    storefront_keys.door,
    programs.door,
    publishing.door,
    pausing.door,
    comparing.door,
    trying.door,
    replaying.door,
    obligations.door,
    members.door,
    facts.door,
    partners.door,
    points.door,
    holds.door,
    expiry.door,
    honours.door,
    fulfilments.door,
    events.door,
    importing.door,
    audit.door,
    campaigns.door,
    causes.door,
    referrals.staff_door,
    statements.door,
    transfers.door,
    pools.door,
    pool_redemptions.door,
    member_ends.door,
)


def hang(app: Chalice) -> None:
    """Mount every door on ``app``, inside the one ring that holds for all answers."""
    app.register_middleware(middleware, "http")
    for door in DOORS:
        app.register_blueprint(door.blueprint)
