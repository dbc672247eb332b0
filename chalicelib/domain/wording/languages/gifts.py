"""What is given that is not points: more of the sentences of ``en``, ``fa`` and ``hu``."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH_GIFTS: Mapping[str, str | Mapping[str, str]] = MappingProxyType(
    {
        "part_reward": "{reward}",
        "part_rewards": "{units} × {reward}",
        "redemption_failed": "{reward} could not be given.",
        "given_ready": "{reward} was given by {rule}; its code has not been used yet.",
        "given_used": "{reward} was given by {rule}; order {order} used its code.",
        "given_fulfilled": "{reward} was given by {rule} and handed over by staff.",
        "given_undone": "{reward} was given by {rule} and taken back.",
        "given_expired": "{reward} was given by {rule}; its code expired unused.",
        "given_failed": "{rule} should have given {reward}.",
        "given_because_reward_out_of_stock": "None of it was left.",
        "given_because_limit_reached": "The member had had it as often as it may be had.",
        "given_because_member_erased": "The member was forgotten before.",
        "given_because_used": "What gave it was taken back, but it had been used: it stays.",
        "trace_cap_spent_cooldown": "Rule {rule}: too soon after the last time.",
        "trace_cap_spent": "Rule {rule} was given as often as it may be.",
        "trace_cap_spent_forgotten": "Rule {rule}: told too late to know what its limit left.",
        "trace_granted_entry": "Reaching {tier} gave {reward}, {units} in number.",
        "trace_granted_reward": "Rule {rule} gave {reward}, {units} in number.",
        "points_lapse": "{points} will lapse after {day}",
        "entry_grant": "A reward was given",
        "entry_given": "Given to you: {reward}",
        "entry_not_given": "Could not be given: {reward}",
        "entry_given_kept": "It stays yours: {reward}",
        "entry_given_back": "Taken back: {reward}",
        "action_revoked_earned": "Taking back the action {action} earned {points}: {parts}.",
        "action_revoked_gave": "Taking back the action {action} gave {gifts}.",
        "entry_earn_action_revoked": "Earned by {rule}",
    }
)

PERSIAN_GIFTS: Mapping[str, str | Mapping[str, str]] = MappingProxyType(
    {
        "part_reward": "{reward}",
        "part_rewards": "{units} × {reward}",
        "redemption_failed": "{reward} داده نشد.",
        "given_ready": "{reward} را قاعدهٔ {rule} داد؛ کد آن هنوز استفاده نشده است.",
        "given_used": "{reward} را قاعدهٔ {rule} داد؛ سفارش {order} کد آن را استفاده کرد.",
        "given_fulfilled": "{reward} را قاعدهٔ {rule} داد و کارکنان آن را تحویل دادند.",
        "given_undone": "{reward} را قاعدهٔ {rule} داد و سپس پس گرفته شد.",
        "given_expired": "{reward} را قاعدهٔ {rule} داد؛ کد آن بدون استفاده منقضی شد.",
        "given_failed": "قاعدهٔ {rule} باید {reward} را می‌داد.",
        "given_because_reward_out_of_stock": "چیزی از آن نمانده بود.",
        "given_because_limit_reached": "عضو آن را به تعداد مجاز گرفته بود.",
        "given_because_member_erased": "عضو پیش از آن فراموش شده بود.",
        "given_because_used": "آنچه آن را داده بود پس گرفته شد، اما استفاده شده بود: می‌ماند.",
        "trace_cap_spent_cooldown": "قاعدهٔ «{rule}»: از بار پیش هنوز زمان کافی نگذشته است.",
        "trace_cap_spent": "قاعدهٔ «{rule}» به تعداد مجاز داده شده است.",
        "trace_cap_spent_forgotten": "قاعدهٔ «{rule}»: دیر رسید؛ جای سقفش دیگر معلوم نیست.",
        "trace_granted_entry": "رسیدن به {tier}: {reward}، {units} عدد.",
        "trace_granted_reward": "قاعدهٔ {rule}: {reward}، {units} عدد.",
        "points_lapse": "{points} پس از {day} از دست می‌رود",
        "entry_grant": "پاداشی داده شد",
        "entry_given": "به شما داده شد: {reward}",
        "entry_not_given": "داده نشد: {reward}",
        "entry_given_kept": "برای شما می‌ماند: {reward}",
        "entry_given_back": "پس گرفته شد: {reward}",
        "action_revoked_earned": "پس گرفتن کار «{action}» {points} گرفت: {parts}.",
        "action_revoked_gave": "پس گرفتن کار «{action}» این را بخشید: {gifts}.",
        "entry_earn_action_revoked": "دریافت با {rule}",
    }
)

HUNGARIAN_GIFTS: Mapping[str, str | Mapping[str, str]] = MappingProxyType(
    {
        "part_reward": "{reward}",
        "part_rewards": "{units} × {reward}",
        "redemption_failed": "{reward}: nem adhattuk oda.",
        "given_ready": "{reward}: a(z) {rule} szabály adta; a kódját még nem használták fel.",
        "given_used": (
            "{reward}: a(z) {rule} szabály adta; a kódját a(z) {order} rendelés használta fel."
        ),
        "given_fulfilled": "{reward}: a(z) {rule} szabály adta, a munkatársak átadták.",
        "given_undone": "{reward}: a(z) {rule} szabály adta, majd visszavontuk.",
        "given_expired": "{reward}: a(z) {rule} szabály adta; a kódja felhasználatlanul lejárt.",
        "given_failed": "A(z) {rule} szabály ezt adta volna: {reward}.",
        "given_because_reward_out_of_stock": "Nem maradt belőle.",
        "given_because_limit_reached": "A tag már annyiszor megkapta, ahányszor lehet.",
        "given_because_member_erased": "A tagot előtte elfelejtettük.",
        "given_because_used": "Ami adta, azt visszavontuk, de már felhasználták: megmarad.",
        "trace_cap_spent_cooldown": "„{rule}” szabály: még nem telt el elég idő.",
        "trace_cap_spent": "„{rule}” szabály: nem adható többször.",
        "trace_cap_spent_forgotten": "„{rule}” szabály: későn jött, korlátja már nem ismert.",
        "trace_granted_entry": "A(z) {tier} szint elérése: {reward}, {units} darab.",
        "trace_granted_reward": "{rule} szabály: {reward}, {units} darab.",
        "points_lapse": "{day} után elvész: {points}",
        "entry_grant": "Ajándék jutalom",
        "entry_given": "Ajándékba kaptad: {reward}",
        "entry_not_given": "Nem adhattuk: {reward}",
        "entry_given_kept": "A tiéd marad: {reward}",
        "entry_given_back": "Visszavonva: {reward}",
        "action_revoked_earned": "Visszavonva: {action}. Jóváírás érte: {points} ({parts}).",
        "action_revoked_gave": "Visszavonva: {action}. Ez járt érte: {gifts}.",
        "entry_earn_action_revoked": "Jóváírás e szabály szerint: {rule}",
    }
)
