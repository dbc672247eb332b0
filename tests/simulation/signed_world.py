"""The shop that checks its referrals in every way: its program, who is there, what is shown."""

from typing import Any

from chalicelib.domain.events import NO_SIGNS, Signs
from chalicelib.domain.member import Profile
from chalicelib.operations.join_program import JoinCommand, join_program
from chalicelib.operations.view_card import CardQuery
from chalicelib.operations.view_referrals import view_referrals
from chalicelib.security.storefront_tokens import Customer as Shopper
from tests.builders import NOON, Scene
from tests.operations.referral_scenes import code
from tests.simulation.dice import Dice
from tests.simulation.member_acts import address
from tests.simulation.model_of_signs import LEAST, ModelOfSigns
from tests.simulation.worlds import BADGE, FOREST, plain

FRIENDS, ADVOCATES, BROUGHT_A_YEAR = 50, 100, 1
ADVOCATING, CROWD = ("1", "2"), ("f0", "f1", "f2", "f3")
CAFE = "9"
"""The last part of the IP address of a café, where four friends sat before the history begins."""
CHECKS = ("self", "email", "address", "payment", "device", "ip")
_SPELLED = (("{} Elm Street", "40003"), ("40003", "ELM st.", "{}"))
_BROUGHT: dict[str, Any] = {
    "offers": [
        {
            "regions": ["*"],
            "friend": [{"add": FRIENDS, "unit": "points"}, {"badge": "loyal"}],
            "advocate": [
                {"add": ADVOCATES, "unit": "points"},
                {"cause": "forest", "add": 1},
                {"message": "thanks"},
            ],
        }
    ],
    "checks": list(CHECKS),
    "qualify": {"if": {"order.net_total": {"gte": LEAST}}, "after": "P5D"},
}
_THANKS = {"templates": {"thanks": {"text": "Thank you!"}}}


def signed(points: int = 1) -> dict[str, Any]:
    """As ``plain``, where friends are brought and looked at; some versions limit the whole shop."""
    scope = "shop" if is_of_shop(points) else "member"
    limit = {"times": BROUGHT_A_YEAR, "window": {"calendar": "year"}, "scope": scope}
    made = plain(points, causes=[FOREST], badges=[BADGE], messages=_THANKS)
    return {**made, "referral": {**_BROUGHT, "limit": limit}}


def is_of_shop(points: int) -> bool:
    """Whether all advocates share one limit by the version with so many points per 1.00."""
    return points > 1


def home(who: str) -> str:
    """The number of somebody's house, which is that of their card, browser and line, too."""
    return str(10 + int(who[1:])) if who.startswith("f") else who


def shown(dice: Dice, who: str) -> Signs:
    """What one delivery shows of ``who``: some of what is theirs, or an advocate's; or nothing."""
    if dice.one_in(5):
        return NO_SIGNS
    choices = ("", "", "", home(who), home(who), dice.pick(ADVOCATING))
    house, card, browser = (dice.pick(choices) for _ in range(3))
    line = dice.pick((*choices, CAFE))
    parts = tuple(part.format(house) for part in dice.pick(_SPELLED))
    return Signs(
        addresses=(parts,) if house else (),
        payment=card and f"card {card}",
        device=browser and f"browser {browser}",
        ip=f"93.184.216.{line}" if line else dice.pick(("", "10.0.0.7", "not an address")),
    )


def all_of(who: str) -> Signs:
    """Everything that somebody can show."""
    own = home(who)
    parts = tuple(part.format(own) for part in _SPELLED[0])
    return Signs((parts,), f"card {own}", f"browser {own}", f"93.184.216.{own}")


def looks(scene: Scene, who: str, signs: Signs) -> Any:
    """A member asks for their code, in a browser that shows ``signs``."""
    query = CardQuery(scene.shop, Shopper(who, NOON, "k1"), "", scene.now, scene.now)
    return view_referrals(scene.table, query, signs)


def comes(scene: Scene, friend: str, by: str, signs: Signs) -> Any:
    """A friend joins by somebody's code, in a browser that shows ``signs``."""
    command = JoinCommand(
        scene.shop,
        Profile(external_id=friend),
        scene.now,
        scene.now,
        referral_code=code(scene, by),
        signs=signs,
    )
    return join_program(scene.table, command)


def moved_in(scene: Scene) -> ModelOfSigns:
    """Two members have codes; four friends of the first one came from the café, and wait."""
    model = ModelOfSigns()
    for who in ADVOCATING:
        scene.join(who, email=address(who))
        looks(scene, who, all_of(who))
        model.join_by(None, who, address(who))
        model.coded.add(who)
        model.show(who, all_of(who), scene.now)
    cafe = Signs(ip=f"93.184.216.{CAFE}")
    for friend in CROWD:
        comes(scene, friend, ADVOCATING[0], cafe)
        came = model.come(friend, ADVOCATING[0], "", (cafe, scene.now))
        model.join_by(came, friend, "")
    return model
