"""Challenges and badges in every language: lines that the tables of the languages take in."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str | Mapping[str, str]] = MappingProxyType(
    {
        "entry_challenge": "Challenge completed: {challenge}",
        "entry_challenge_undone": "Taken back, no longer complete: {challenge}",
        "entry_challenge_once": "Given once: {challenge}",
        "entry_contest_prize": "Prize of the contest: {challenge}",
        "part_badge": "the badge {badge}",
        "progress_completed": {
            "one": "The challenge {challenge} was completed.",
            "other": "The challenge {challenge} was completed {n} times.",
        },
        "progress_open": "The challenge {challenge} is under way.",
        "progress_gave": "It gave {points}.",
        "progress_gave_badge": "It gave {gifts}.",
        "entry_badge_granted": "You were granted the badge {badge}",
        "entry_badge_taken": "The badge {badge} was taken back",
        "adjustment_badge_granted": "Staff granted the member the badge {badge}.",
        "adjustment_badge_taken": "Staff took back the badge {badge}.",
        "badges_worn": "The member wears {gifts}.",
        "badges_none": "The member wears no badge.",
        "trace_counts_for": "Counts for the challenge {challenge}.",
        "trace_challenge_held_out": "Challenge {challenge}: the member is in the holdout.",
        "enrolled_compared": "The member is among those to compare the program's holdout with.",
        "enrolled_compared_held_out": "The member is in the program's holdout, to compare with.",
        "trace_badge_given": "Rule {rule}: the badge {badge}.",
        "trace_message_given": "Rule {rule}: message for the member, “{message}”.",
        "trace_message_day_full": "“{message}” was not sent: the day's messages were used up.",
        "trace_message_week_full": "“{message}” was not sent: the week's messages were used up.",
        "trace_message_held_out": "“{message}” was not sent: the member is in the holdout.",
        "trace_message_too_late": "“{message}” was not sent: it came about over 7 days before.",
    }
)

HUNGARIAN: Mapping[str, str | Mapping[str, str]] = MappingProxyType(
    {
        "entry_challenge": "Teljesített kihívás: {challenge}",
        "entry_challenge_undone": "Levonva, mert már nincs teljesítve: {challenge}",
        "entry_challenge_once": "Egyszer jár: {challenge}",
        "entry_contest_prize": "A verseny díja: {challenge}",
        "part_badge": "jelvény: {badge}",
        "progress_completed": {
            "one": "Kihívás: {challenge}. Teljesítve.",
            "other": "Kihívás: {challenge}. {n} alkalommal teljesítve.",
        },
        "progress_open": "Kihívás: {challenge}. Folyamatban van.",
        "progress_gave": "Járt érte: {points}.",
        "progress_gave_badge": "Járt érte: {gifts}.",
        "entry_badge_granted": "Jelvényt kaptál: {badge}",
        "entry_badge_taken": "Visszavont jelvény: {badge}",
        "adjustment_badge_granted": "Egy munkatárs jelvényt adott a tagnak: {badge}.",
        "adjustment_badge_taken": "Egy munkatárs visszavont egy jelvényt: {badge}.",
        "badges_worn": "A tag jelvényei: {gifts}.",
        "badges_none": "A tagnak nincs jelvénye.",
        "trace_counts_for": "Beleszámít a kihívásba: {challenge}.",
        "trace_challenge_held_out": "Kihívás: {challenge}. A tag az összehasonlító csoportban van.",
        "enrolled_compared": "A tagot a program összehasonlító csoportjával vetik össze.",
        "enrolled_compared_held_out": "A tag a program összehasonlító csoportjába került.",
        "trace_badge_given": "Szabály: {rule}. Jelvény járt érte: {badge}.",
        "trace_message_given": "Szabály: {rule}. Üzenet a tagnak: „{message}”.",
        "trace_message_day_full": "„{message}”: nem ment el, mert a napi keret elfogyott.",
        "trace_message_week_full": "„{message}”: nem ment el, mert a heti keret elfogyott.",
        "trace_message_held_out": "„{message}”: nem ment el, mert a tag a kontrollcsoportban van.",
        "trace_message_too_late": "„{message}”: nem ment el, mert több mint 7 napja történt.",
    }
)

PERSIAN: Mapping[str, str | Mapping[str, str]] = MappingProxyType(
    {
        "entry_challenge": "چالش کامل شد: {challenge}",
        "entry_challenge_undone": "پس گرفته شد، دیگر کامل نیست: {challenge}",
        "entry_challenge_once": "تنها یک بار داده می‌شود: {challenge}",
        "entry_contest_prize": "جایزهٔ مسابقه: {challenge}",
        "part_badge": "نشان {badge}",
        "progress_completed": {
            "one": "چالش «{challenge}» کامل شد.",
            "other": "چالش «{challenge}» {n} بار کامل شد.",
        },
        "progress_open": "چالش «{challenge}» در جریان است.",
        "progress_gave": "{points} برای آن داده شد.",
        "progress_gave_badge": "این برای آن داده شد: {gifts}.",
        "entry_badge_granted": "نشان {badge} به شما داده شد",
        "entry_badge_taken": "نشان {badge} پس گرفته شد",
        "adjustment_badge_granted": "کارکنان نشان {badge} را به عضو دادند.",
        "adjustment_badge_taken": "کارکنان نشان {badge} را پس گرفتند.",
        "badges_worn": "نشان‌های عضو: {gifts}.",
        "badges_none": "عضو هیچ نشانی ندارد.",
        "trace_counts_for": "در چالش «{challenge}» به حساب می‌آید.",
        "trace_challenge_held_out": "چالش «{challenge}»: عضو در گروه مقایسه است.",
        "enrolled_compared": "عضو از کسانی است که با گروه مقایسهٔ برنامه سنجیده می‌شوند.",
        "enrolled_compared_held_out": "عضو وارد گروه مقایسهٔ برنامه شد.",
        "trace_badge_given": "قاعدهٔ {rule}: نشان {badge}.",
        "trace_message_given": "قاعدهٔ {rule}: پیام «{message}» برای عضو.",
        "trace_message_day_full": "پیام «{message}» فرستاده نشد: سهم امروز تمام شده بود.",
        "trace_message_week_full": "پیام «{message}» فرستاده نشد: سهم این هفته تمام شده بود.",
        "trace_message_held_out": "پیام «{message}» فرستاده نشد: عضو در گروه شاهد است.",
        "trace_message_too_late": "پیام «{message}» فرستاده نشد: بیش از ۷ روز گذشته بود.",
    }
)
