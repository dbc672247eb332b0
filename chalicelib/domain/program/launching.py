"""What an order from before the program means, by the terms that its import fixed.

Rules give it nothing. It counts towards tiers as far as something of it is left, and what the shop
had given for it elsewhere (``posted_before``, part of a balance that was imported) goes back with
what is refunded of it, so that a refund of everything leaves nothing of either::

    kept  = posted_before × left ÷ what was left when it was imported     rounded up
    share = kept - posted_before                                           0, or below
"""

from collections.abc import Sequence

from chalicelib.domain.program.occasion import Launched, OccasionLine, Share

LAUNCH_RULE = "launch"
"""The rule id of what is taken back; no rule of a program is asked for it."""


def kept(launched: Launched, lines: Sequence[OccasionLine]) -> dict[str, int]:
    """Points by unit that the order may keep of what was given for it before."""
    left = min(sum(line.net for line in lines), launched.net)
    whole = launched.net or 1
    part = left if launched.net else whole
    return {
        unit: -(-points * part // whole) for unit, points in sorted(launched.posted_before.items())
    }


def taken_back(launched: Launched, lines: Sequence[OccasionLine]) -> list[Share]:
    """What goes back of it, as shares below 0."""
    return [
        Share(LAUNCH_RULE, unit, points - launched.posted_before[unit])
        for unit, points in kept(launched, lines).items()
        if points < launched.posted_before[unit]
    ]
