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
            "own_tier.entered": "Reaching a tier",
            "own_referral.friend": "coming by a friend",
            "own_referral.advocate": "bringing a friend",
            "rule_referral_friend": "the offer for friends",
            "rule_referral_advocate": "the offer for advocates",
            "trace_granted_waiting": "Rule {rule}: {reward}, {units} in number, once the "
            "friend's order has stood.",
            "trace_granted_waiting_cause": "Rule {rule}: {units} for {cause}, once the friend's "
            "order has stood.",
            "trace_badge_given_waiting": "Rule {rule}: the badge {badge}, once the friend's order "
            "has stood.",
            "trace_tier_given_waiting": "Rule {rule}: the tier {tier}, once the friend's order has "
            "stood.",
            "trace_message_given_waiting": "Rule {rule}: message for the member, “{message}”, once "
            "the friend's order has stood.",
            "referral_joined": "A friend joined by a member's code.",
            "referral_ordered": "The friend's order counts; both sides wait until it has stood.",
            "referral_qualified": "The referral has qualified.",
            "referral_flagged": "The referral waits for a review.",
            "referral_rejected": "The referral was rejected.",
            "referral_reversed": "The friend's order came back in time: nobody gets anything.",
            "referral_check_self": "Friend and advocate turned out to be one customer.",
            "referral_check_email": "Their e-mail addresses are alike.",
            "referral_check_address": "Both used one delivery or billing address.",
            "referral_check_payment": "Both paid by one card or account.",
            "referral_check_device": "Both were seen on one device.",
            "referral_check_ip": "Both were seen at one IP address.",
            "referral_check_ip_velocity": "Many friends joined from one IP address in a few days.",
        },
        "fa": {
            "entry_referral_friend": "خوش آمدید! با معرفی یک دوست آمدید",
            "entry_referral_advocate": "یکی از دوستان شما خرید کرد",
            "entry_qualify_referral_advocate": "برای سطح شما حساب می‌شود: یکی از دوستان شما",
            "entry_referral_reversed": "پس گرفته شد: سفارش دوست برگشت خورد",
            "reason_action_referral_reversed": "سفارش دوست برگشت خورد",
            "reason_action_referral_flagged": "معرفی در انتظار بررسی است",
            "reason_action_referral_rejected": "معرفی رد شد",
            "own_tier.entered": "رسیدن به سطح",
            "own_referral.friend": "آمدن با معرفی دوست",
            "own_referral.advocate": "معرفی یک دوست",
            "rule_referral_friend": "پیشنهاد برای دوست",
            "rule_referral_advocate": "پیشنهاد برای معرف",
            "trace_granted_waiting": "قاعدهٔ {rule}: {reward}، {units} عدد، "
            "پس از قطعی شدن سفارش دوست.",
            "trace_granted_waiting_cause": "قاعدهٔ {rule}: {units} برای «{cause}»، "
            "پس از قطعی شدن سفارش دوست.",
            "trace_badge_given_waiting": "قاعدهٔ {rule}: نشان {badge}، پس از قطعی شدن سفارش دوست.",
            "trace_tier_given_waiting": "قاعدهٔ {rule}: سطح {tier}، پس از قطعی شدن سفارش دوست.",
            "trace_message_given_waiting": "قاعدهٔ {rule}: پیام «{message}» برای عضو، "
            "پس از قطعی شدن سفارش دوست.",
            "referral_joined": "یک دوست با کد یک عضو پیوست.",
            "referral_ordered": "سفارش دوست به حساب می‌آید؛ هر دو طرف تا قطعی شدن آن منتظرند.",
            "referral_qualified": "معرفی کامل شد.",
            "referral_flagged": "معرفی در انتظار بررسی است.",
            "referral_rejected": "معرفی رد شد.",
            "referral_reversed": "سفارش دوست به‌موقع برگشت خورد: به کسی چیزی نمی‌رسد.",
            "referral_check_self": "معلوم شد دوست و معرف یک مشتری هستند.",
            "referral_check_email": "نشانی‌های ایمیل آن‌ها شبیه هم است.",
            "referral_check_address": "هر دو از یک نشانی تحویل یا صورت‌حساب استفاده کرده‌اند.",
            "referral_check_payment": "هر دو با یک کارت یا حساب پرداخت کرده‌اند.",
            "referral_check_device": "هر دو روی یک دستگاه دیده شده‌اند.",
            "referral_check_ip": "هر دو با یک نشانی اینترنتی دیده شده‌اند.",
            "referral_check_ip_velocity": (
                "دوستان زیادی در چند روز از یک نشانی اینترنتی پیوسته‌اند."
            ),
        },
        "hu": {
            "entry_referral_friend": "Üdvözöljük! Egy barátja hozta",
            "entry_referral_advocate": "Egy barátja vásárolt",
            "entry_qualify_referral_advocate": "Beleszámít a szintjébe: egy barátja",
            "entry_referral_reversed": "Visszavonva: a barát visszaküldte a rendelést",
            "reason_action_referral_reversed": "a barát rendelése visszajött",
            "reason_action_referral_flagged": "az ajánlás ellenőrzésre vár",
            "reason_action_referral_rejected": "az ajánlást elutasították",
            "own_tier.entered": "Szint elérése",
            "own_referral.friend": "érkezés egy barát ajánlásával",
            "own_referral.advocate": "egy barát ajánlása",
            "rule_referral_friend": "a barát ajánlata",
            "rule_referral_advocate": "az ajánló ajánlata",
            "trace_granted_waiting": "„{rule}” szabály: {reward}, {units} darab, amint a barát "
            "rendelése megállt.",
            "trace_granted_waiting_cause": "„{rule}” szabály: {units} ennek a célnak: {cause}, "
            "amint a barát rendelése megállt.",
            "trace_badge_given_waiting": "„{rule}” szabály: {badge} jelvény, amint a barát "
            "rendelése megállt.",
            "trace_tier_given_waiting": "„{rule}” szabály: {tier} szint, amint a barát rendelése "
            "megállt.",
            "trace_message_given_waiting": "„{rule}” szabály: üzenet a tagnak, „{message}”, amint "
            "a barát rendelése megállt.",
            "referral_joined": "Egy barát csatlakozott egy tag kódjával.",
            "referral_ordered": "A barát rendelése számít; mindkét fél vár, amíg az megáll.",
            "referral_qualified": "Az ajánlás teljesült.",
            "referral_flagged": "Az ajánlás ellenőrzésre vár.",
            "referral_rejected": "Az ajánlást elutasították.",
            "referral_reversed": "A barát rendelése időben visszajött: senki sem kap semmit.",
            "referral_check_self": "A barát és az ajánló egy és ugyanaz a vásárló.",
            "referral_check_email": "Az e-mail-címük hasonló.",
            "referral_check_address": "Ugyanazt a szállítási vagy számlázási címet adták meg.",
            "referral_check_payment": "Mindketten ugyanazzal a kártyával vagy számláról fizettek.",
            "referral_check_device": "Mindkettőjüket ugyanazon az eszközön látták.",
            "referral_check_ip": "Mindkettőjüket ugyanazon az IP-címen látták.",
            "referral_check_ip_velocity": "Egy IP-címről néhány nap alatt sok barát csatlakozott.",
        },
    }
)
