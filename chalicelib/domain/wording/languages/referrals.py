"""Words of referrals, in every language: a file of their own, beside the tables of each."""

from collections.abc import Mapping
from types import MappingProxyType

REFERRALS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "entry_referral_friend": "Welcome! You came by a friend",
            "entry_referral_advocate": "A friend of yours bought something",
            "entry_qualify_referral_advocate": "Counts towards your tier: a friend of yours",
            "entry_referral_reversed": "Taken back: the friend's order was returned",
            "reason_action_referral_reversed": "the friend's order came back",
            "reason_action_referral_flagged": "the referral waits for a review",
            "reason_action_referral_rejected": "the referral was rejected",
            "own_referral.friend": "coming by a friend",
            "own_referral.advocate": "bringing a friend",
            "rule_referral_friend": "the offer for friends",
            "rule_referral_advocate": "the offer for advocates",
            "trace_granted_waiting": "Rule {rule}: {reward}, {units} in number, once the "
            "friend's order has stood.",
            "referral_joined": "A friend joined by a member's code.",
            "referral_ordered": "The friend's order counts; both sides wait until it has stood.",
            "referral_qualified": "The referral has qualified.",
            "referral_flagged": "The referral waits for a review.",
            "referral_rejected": "The referral was rejected.",
            "referral_reversed": "The friend's order came back in time: nobody gets anything.",
        },
        "fa": {
            "entry_referral_friend": "خوش آمدید! با معرفی یک دوست آمدید",
            "entry_referral_advocate": "یکی از دوستان شما خرید کرد",
            "entry_qualify_referral_advocate": "برای سطح شما حساب می‌شود: یکی از دوستان شما",
            "entry_referral_reversed": "پس گرفته شد: سفارش دوست برگشت خورد",
            "reason_action_referral_reversed": "سفارش دوست برگشت خورد",
            "reason_action_referral_flagged": "معرفی در انتظار بررسی است",
            "reason_action_referral_rejected": "معرفی رد شد",
            "own_referral.friend": "آمدن با معرفی دوست",
            "own_referral.advocate": "معرفی یک دوست",
            "rule_referral_friend": "پیشنهاد برای دوست",
            "rule_referral_advocate": "پیشنهاد برای معرف",
            "trace_granted_waiting": "قاعدهٔ {rule}: {reward}، {units} عدد، "
            "پس از قطعی شدن سفارش دوست.",
            "referral_joined": "یک دوست با کد یک عضو پیوست.",
            "referral_ordered": "سفارش دوست به حساب می‌آید؛ هر دو طرف تا قطعی شدن آن منتظرند.",
            "referral_qualified": "معرفی کامل شد.",
            "referral_flagged": "معرفی در انتظار بررسی است.",
            "referral_rejected": "معرفی رد شد.",
            "referral_reversed": "سفارش دوست به‌موقع برگشت خورد: به کسی چیزی نمی‌رسد.",
        },
        "hu": {
            "entry_referral_friend": "Üdvözöljük! Egy barátja hozta",
            "entry_referral_advocate": "Egy barátja vásárolt",
            "entry_qualify_referral_advocate": "Beleszámít a szintjébe: egy barátja",
            "entry_referral_reversed": "Visszavonva: a barát visszaküldte a rendelést",
            "reason_action_referral_reversed": "a barát rendelése visszajött",
            "reason_action_referral_flagged": "az ajánlás ellenőrzésre vár",
            "reason_action_referral_rejected": "az ajánlást elutasították",
            "own_referral.friend": "érkezés egy barát ajánlásával",
            "own_referral.advocate": "egy barát ajánlása",
            "rule_referral_friend": "a barát ajánlata",
            "rule_referral_advocate": "az ajánló ajánlata",
            "trace_granted_waiting": "„{rule}” szabály: {reward}, {units} darab, amint a barát "
            "rendelése megállt.",
            "referral_joined": "Egy barát csatlakozott egy tag kódjával.",
            "referral_ordered": "A barát rendelése számít; mindkét fél vár, amíg az megáll.",
            "referral_qualified": "Az ajánlás teljesült.",
            "referral_flagged": "Az ajánlás ellenőrzésre vár.",
            "referral_rejected": "Az ajánlást elutasították.",
            "referral_reversed": "A barát rendelése időben visszajött: senki sem kap semmit.",
        },
    }
)
