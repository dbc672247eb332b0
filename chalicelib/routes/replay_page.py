"""The report as one page: nothing fetched, no script, fit for a phone, a screen and paper.

Every figure of a chart stands in a table too. Everything that came from a program or a shop is
escaped as it goes in; nothing is computed here that ``reporting`` did not.
"""

from collections.abc import Iterable, Sequence
from html import escape

from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.pausing import Paused
from chalicelib.domain.replay.report import (
    MoneyMonths,
    PausedTime,
    PoolFigures,
    Report,
    Side,
    main_money,
)
from chalicelib.domain.replay.spending import MAIN
from chalicelib.routes.replay_charts import Line, Words, bar_chart, line_chart
from chalicelib.routes.replay_people import BY_IDS, Called, people, table
from chalicelib.routes.replay_style import STYLE

_OPENING = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Time machine</title>'
    f"<style>{STYLE}</style></head><body>"
)
_NOTES = {
    "rewards_unpriced": "Rewards without a unit cost or a face value are not in the cost.",
    "rewards_ran_out": "Some rewards had run out; who wanted them kept their points to the end.",
    "budgets_ran_out": "Budgets of the whole shop ran out; who came later got nothing of them.",
    "budgets_unsettled": "Who got the last of a budget hangs on others' turn; it was not settled.",
    "adjustments_left_out": "What staff gave or took by hand is not earned once more.",
    "gifts_left_out": "Points that members gave each other are not given once more.",
    "pools_left_out": "Points that passed with who is unknown, or among too many, stay put.",
    "nothing_earned": "One of the programs gave nobody anything in this history.",
}
_ROWS = ("imported", "issued", "reversed", "redeemed", "expired", "outstanding")
_HABITS = (
    "Members are taken to spend {share} % of what they could, each month, on the reward that gives "
    "most for its points; thin lines are half of that, and one and a half."
)
_EMPTY = (
    "<p>There are no orders in these months that earned, so there is nothing to compare yet.</p>"
)
_HABIT = {"half": "half of it", "one": "as assumed", "more": "one and a half of it"}
_THIN = {"half": " thin", "one": "", "more": " thin"}


def report_page(report: Report, called: Called = BY_IDS) -> str:
    """The page; ``called`` is what the programs call things, and the shop its customers."""
    has_figures = any((*report.live.orders, *report.draft.orders)) or report.live.units
    told = _figures(report, called) if has_figures else (_EMPTY,)
    parts = (_OPENING, _head(report, called), *told, _small_print(report), "</body></html>\n")
    return "".join(parts)


def _figures(report: Report, called: Called) -> Iterable[str]:
    money = _money_words(report)
    return (
        _cards(report),
        _charts(report, called),
        _tiers(report, called),
        _months(report, called),
        people("Ten who gain most", report.winners, money, called),
        people("Ten who lose most", report.losers, money, called),
    )


def _head(report: Report, called: Called) -> str:
    first, last = report.months[0], report.months[-1]
    warmed = f", warmed up by {len(report.warming)} months before" if report.warming else ""
    return (
        f"<h1>Time machine: {escape(called.title or report.draft.name)}</h1>"
        f'<p class="soft">{first} to {last}{warmed}. What customers did, earned once more by both '
        "programs; nobody is taken to buy more or less. "
        f"Draft <code>{escape(report.draft_hash[:16])}</code>"
        '</p><p class="key"><span><i></i>live</span><span><i class="d"></i>draft</span>'
        '<span><i class="t"></i>thin: half, and one and a half, of what members spend</span></p>'
    )


def _cards(report: Report) -> str:
    live, draft, money = report.live, report.draft, _money_words(report)
    mine, theirs = main_money(live), main_money(draft)
    cards = (
        ("Cost of rewards", money.of(mine.total_cost_minor), money.of(theirs.total_cost_minor)),
        ("Cost, of member revenue", _percent(mine), _percent(theirs)),
        ("Liability at the end", money.of(_last(mine)), money.of(_last(theirs))),
        ("Orders to a reward, median", _orders(live), _orders(draft)),
        ("Orders to a reward, 9 of 10", _most_orders(live), _most_orders(draft)),
        ("Never within reach", f"{live.never_reached:,}", f"{draft.never_reached:,}"),
    )
    told = "".join(
        f'<div class="card"><span class="soft">{name}</span><b>{after}</b>'
        f'<span class="soft">live: {before}</span></div>'
        for name, before, after in cards
    )
    return f'<div class="cards">{told}</div>'


def _charts(report: Report, called: Called) -> str:
    money = _money_words(report)
    figures = [
        _figure(f"Cost of rewards a month, {report.currency}", "cost_minor", report, money),
        _figure(f"Liability, {report.currency}", "liability_minor", report, money),
    ]
    for unit in dict.fromkeys(each.unit for each in (*report.live.units, *report.draft.units)):
        for name in ("issued", "redeemed", "expired", "outstanding"):
            lines = [
                Line(look, look, getattr(each, name))
                for look, side in (("live", report.live), ("draft", report.draft))
                for each in side.units
                if each.unit == unit and each.habit == MAIN
            ]
            title = f"{name.capitalize()}: {called.unit(unit)}"
            chart = line_chart(title, report.months, lines, Words())
            figures.append(f"<figure><figcaption>{escape(title)}</figcaption>{chart}</figure>")
    return f'<div class="grid">{"".join(figures)}</div>'


def _figure(title: str, name: str, report: Report, words: Words) -> str:
    """A chart of money under all three habits: those beside the main one are thin."""
    lines = [
        Line(f"{look}, {_HABIT[money.habit]}", look + _THIN[money.habit], getattr(money, name))
        for look, side in (("live", report.live), ("draft", report.draft))
        for money in side.money
    ]
    chart = line_chart(title, report.months, lines, words)
    return f"<figure><figcaption>{escape(title)}</figcaption>{chart}</figure>"


def _tiers(report: Report, called: Called) -> str:
    parts = []
    for group in dict.fromkeys((*report.live.tiers, *report.draft.tiers)):
        before, after = (side.tiers.get(group, {}) for side in (report.live, report.draft))
        bars = [
            (called.tier(group, tier), _end(before.get(tier, ())), _end(after.get(tier, ())))
            for tier in dict.fromkeys((*before, *after))
        ]
        chart = bar_chart(f"Members by tier of {group}", bars)
        head = ("Moves", "live", "draft")
        mine, theirs = (side.moves.get(group, {}) for side in (report.live, report.draft))
        rows = [
            (
                " → ".join(called.tier(group, tier) for tier in move.split(">")),
                f"{sum(mine.get(move, ())):,}",
                f"{sum(theirs.get(move, ())):,}",
            )
            for move in sorted({*mine, *theirs})
        ]
        told = table(head, rows) if rows else '<p class="soft">Nobody moved between tiers.</p>'
        parts.append(
            f'<div class="grid"><figure><figcaption>Members by tier of {escape(group)}, at the end'
            f"</figcaption>{chart}</figure><div>{told}</div></div>"
        )
    return f"<h2>Tiers</h2>{''.join(parts)}" if parts else ""


def _months(report: Report, called: Called) -> str:
    money, parts = _money_words(report), []
    for side in (report.live, report.draft):
        name = "Live" if side is report.live else "Draft"
        rows: list[tuple[str, Iterable[str]]] = [
            ("Orders that earned", _written(side.orders, Words())),
            ("Member revenue", _written(side.revenue_minor, money)),
        ]
        for each in side.units:
            if each.habit != MAIN:
                continue
            for what in _ROWS if any(each.imported) else _ROWS[1:]:
                label = f"{what.capitalize()}: {called.unit(each.unit)}"
                rows.append((label, _written(getattr(each, what), Words())))
        for each_money in side.money:
            label = f"Cost of rewards ({_HABIT[each_money.habit]})"
            rows.append((label, _written(each_money.cost_minor, money)))
        rows.append(("Liability", _written(main_money(side).liability_minor, money)))
        told = table(("", *report.months), [(label, *cells) for label, cells in rows])
        parts.append(f"<h3>{name}</h3>{told}")
    return f"<h2>Month by month</h2>{''.join(parts)}"


def _small_print(report: Report) -> str:
    share = report.spend_share_millionths // 10_000
    listed = [
        _HABITS.format(share=share),
        *(_noted(note, report) for note in report.notes),
        *_pools(report.pools),
        *(_paused(each) for each in report.pauses),
        *(
            f"{each.program}, {each.where}: {each.field} has no history; today's was used."
            for each in report.undated
        ),
        *(f"{each.program}, {each.where}: not counted." for each in report.left_out),
    ]
    for side, name in ((report.live, "live"), (report.draft, "draft")):
        listed += [
            f"{name}: {n:,} orders earned nothing: {why}." for why, n in side.unearned.items()
        ]
    return "<h2>What this rests on</h2><ul>" + "".join(f"<li>{escape(x)}" for x in listed) + "</ul>"


def _noted(note: str, report: Report) -> str:
    """What a note says, with how many entries of the books it is about."""
    count = report.entries_left_out.get(note, 0)
    return f"{_NOTES[note]} Entries: {count:,}." if count else _NOTES[note]


def _pools(figures: PoolFigures) -> Iterable[str]:
    if figures.pools:
        yield (
            f"Household pools: {figures.pools:,}, shared by members: {figures.members:,}. Points "
            f"went into them or came back {figures.live_passings:,} times by the live program and "
            f"{figures.draft_passings:,} times by the draft, each time as the same share of what "
            "there was. A pool spends as pools did, on what its owner may have; where a program "
            "does not let members share, everybody keeps what they have."
        )


def _paused(each: PausedTime) -> str:
    until = f"until {each.until}" if each.until else "on"
    what = "earned or redeemed" if each.what == Paused.ALL else "earned"
    return f"Paused from {each.since} {until}: by both programs nothing was {what} then."


# ---------------------------------------------------------------- pieces


def _written(values: Iterable[int], words: Words) -> list[str]:
    bare = Words(words.exponent)
    return [bare.of(value) for value in values]


def _money_words(report: Report) -> Words:
    return Words(EXPONENTS[report.currency], report.currency)


def _end(values: Sequence[int]) -> int:
    return values[-1] if values else 0


def _last(money: MoneyMonths) -> int:
    return _end(money.liability_minor)


def _percent(money: MoneyMonths) -> str:
    return f"{Words(2).of(money.cost_share_millionths // 100)} %"


def _orders(side: Side) -> str:
    return "none gets there" if side.first_reward_median is None else str(side.first_reward_median)


def _most_orders(side: Side) -> str:
    told = side.first_reward_p90
    return "none gets there" if told is None else f"at most {told}"
