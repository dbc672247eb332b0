"""Persian. Read from right to left; ``phrases`` isolates what runs the other way.

A counted noun stays in the singular, so plural forms differ in the verb alone, and for things
the singular verb is right for both. Keys as in ``en``.
"""

from collections.abc import Mapping
from types import MappingProxyType

PERSIAN: Mapping[str, str | Mapping[str, str]] = MappingProxyType(
    {
        # ------------------------------------------------ history, by code
        "entry_order": "سفارش {order}",
        "entry_order_tier": "سفارش {order} و رسیدن به سطح {tier}",
        "entry_reverse_order": "بازپرداخت یا تغییر سفارش {order}",
        "entry_qualify_order": "سفارش {order} برای سطح شما حساب می‌شود",
        "entry_qualify_less": "سهم سفارش {order} در سطح شما کمتر شد",
        "entry_order_unknown": "سفارش {order} هنوز شناخته نشده است",
        "entry_test_order": "سفارش {order} آزمایشی بود",
        "entry_order_cancelled": "سفارش {order} لغو شد",
        "entry_order_partly_paid": "سفارش {order} فقط تا اندازه‌ای پرداخت شده است",
        "entry_order_unpaid": "سفارش {order} دیگر پرداخت‌شده نیست",
        "entry_other_currency": "سفارش {order} با ارز دیگری است",
        "entry_guest_order": "سفارش {order} به‌صورت مهمان ثبت شد",
        "entry_no_program": "سفارش {order} وقتی پرداخت شد که هنوز برنامه‌ای نبود",
        "entry_before_program": "سفارش {order} پیش از آغاز برنامه پرداخت شد",
        "entry_not_a_member": "سفارش {order} بدون عضویت ثبت شد",
        "entry_before_joining": "سفارش {order} پیش از عضویت شما پرداخت شد",
        "entry_order_moved": "سفارش {order} متعلق به حساب دیگری است",
        "entry_paused": "سفارش {order} هنگام توقف برنامه پرداخت شد",
        "entry_program_ended": "سفارش {order} پس از پایان برنامه پرداخت شد",
        "entry_not_in_rollout": "سفارش {order}: برنامه هنوز برای شما باز نبود",
        "entry_rule": "بر پایهٔ قاعدهٔ «{rule}»",
        "entry_joined": "خوش آمدید! سپاس از عضویت شما",
        "entry_redeemed": "دریافت جایزه: {reward}",
        "entry_captured": "پرداخت با امتیاز در فروشگاه",
        "entry_undone": "برگرداندن جایزه: {reward}",
        "entry_order_refunded": "بازگشت به‌سبب بازپرداخت سفارش: {reward}",
        "entry_code_expired": "بازگشت امتیاز، کد آن بی‌استفاده منقضی شد: {reward}",
        "entry_code_used_late": "کسر دوباره، کد آن سرانجام به کار رفت: {reward}",
        "entry_expired": "منقضی شد",
        "entry_active_before_expiry": (
            "امتیازهای منقضی‌شده برگشت داده شد، چون فعالیتی دیر ثبت شده بود"
        ),
        "entry_order_matures": "تاریخ قابل‌استفاده شدن امتیازهای سفارش {order} مشخص شد",
        "entry_reinstated": "فروشگاه امتیازهای منقضی‌شده را برگرداند",
        "entry_extended": "امتیازهای شما دیرتر منقضی می‌شود",
        "entry_adjusted": "اصلاح از سوی فروشگاه",
        "entry_gift_sent": "هدیه‌ای که دادید",
        "entry_gift_received": "هدیه‌ای که گرفتید",
        "entry_pool_put_in": "واریز به صندوق خانواده",
        "entry_pool_drawn": "برداشت صندوق خانواده برای یک پاداش",
        "entry_pool_left": "برداشت از صندوق خانواده هنگام خروج",
        "entry_merge_in_merged": "از حساب دیگر شما",
        "entry_merge_out_merged": "به حساب دیگر شما رفت",
        "entry_merged": "دو حساب یکی شد",
        "entry_merged_once": "تنها یک بار داده می‌شود: {rule}",
        # ------------------------------------------------ history, by kind: nothing else is known
        "entry_earn": "دریافت شد",
        "entry_reverse": "پس گرفته شد",
        "entry_redeem": "خرج شد",
        "entry_return": "بازگردانده شد",
        "entry_expire": "منقضی شد",
        "entry_adjust": "اصلاح از سوی فروشگاه",
        "entry_gift_out": "هدیه‌ای که دادید",
        "entry_gift_in": "هدیه‌ای که گرفتید",
        "entry_merge_in": "از حساب دیگر شما",
        "entry_merge_out": "به حساب دیگر شما رفت",
        "entry_reinstate": "برگشت داده شد",
        "entry_mature": "قابل استفاده شد",
        "entry_extend": "دیرتر منقضی می‌شود",
        "entry_qualify": "برای سطح شما حساب می‌شود",
        # ------------------------------------------------ orders, for staff
        "order_earned": "به سفارش {order}، {points} تعلق گرفت: {parts}.",
        "order_earned_left": ("به بخش بازپرداخت‌نشدهٔ سفارش {order}، {points} تعلق گرفت: {parts}."),
        "order_nothing": "به سفارش {order} چیزی تعلق نگرفت.",
        "order_nothing_because": "به سفارش {order} چیزی تعلق نگرفت، چون {reason}.",
        "order_taken_back": "آنچه پیش‌تر به آن تعلق گرفته بود، پس گرفته شد.",
        "order_forgiven": {
            "one": "پس گرفتن {points} ممکن نبود و بخشیده شد.",
            "other": "پس گرفتن {points} ممکن نبود و بخشیده شد.",
        },
        "order_lapsed": {
            "one": "{points} پیش از پس گرفتن منقضی شده بود.",
            "other": "{points} پیش از پس گرفتن منقضی شده بود.",
        },
        "order_due": "بخشی که افزوده شد هنوز پرداخت نشده است و پس از پرداخت حساب می‌شود.",
        "order_deleted": "فروشگاه سابقهٔ این سفارش را پاک کرده است.",
        "reason_order_unknown": "خود سفارش هنوز نرسیده است",
        "reason_test_order": "سفارشی آزمایشی است",
        "reason_order_cancelled": "لغو شد",
        "reason_order_partly_paid": "فقط بخشی از آن پرداخت شده است",
        "reason_order_unpaid": "پرداخت نشده است",
        "reason_other_currency": "برنامه برای ارز آن نرخی نداشت",
        "reason_guest_order": "به‌صورت مهمان ثبت شد",
        "reason_no_program": "فروشگاه هنوز برنامه‌ای نداشت",
        "reason_before_program": "پیش از آغاز برنامه پرداخت شد",
        "reason_not_a_member": "مشتری عضو نیست",
        "reason_before_joining": "پیش از عضویت مشتری پرداخت شد",
        "reason_order_moved": "متعلق به عضو دیگری است",
        "reason_all_refunded": "همهٔ آن بازپرداخت شد",
        "reason_no_rule": "هیچ قاعده‌ای از برنامه به آن پاداش نمی‌دهد",
        "reason_paused": "هنگام پرداخت آن برنامه متوقف بود",
        "reason_program_ended": "پس از پایان برنامه پرداخت شد",
        "reason_not_in_rollout": "برنامه هنوز برای این مشتری باز نبود",
        "reason_other": "واجد شرایط نیست ({code})",
        # ------------------------------------------------ notices to every member
        "notice_paused_earning": "گردآوری امتیاز فعلاً متوقف است.",
        "notice_paused_all": "برنامه فعلاً متوقف است: امتیازهای شما محفوظ است.",
        "notice_earn_ends": "آخرین روز گردآوری امتیاز: {day}.",
        "notice_earn_ended": "آخرین روز گردآوری امتیاز {day} بود.",
        "notice_redeem_ends": "آخرین روز استفاده از امتیاز: {day}.",
        "notice_redeem_ended": "آخرین روز استفاده از امتیاز {day} بود.",
        # ------------------------------------------------ how points add up
        "part_rule": "قاعدهٔ «{rule}»: {points}",
        "part_multiplied": "قاعدهٔ «{rule}»: {points}، {by} برابر",
        "part_multiplied_tier": "قاعدهٔ «{rule}»: {points}، {by} برابر برای سطح {tier}",
        "part_tier": "{points} برای رسیدن به سطح {tier}",
        "part_capped": "بقیه به‌سبب سقف حذف شد",
        "part_more": {"one": "{n} قاعدهٔ دیگر", "other": "{n} قاعدهٔ دیگر"},
        "list_comma": "، ",
        "list_semicolon": "؛ ",
        # ------------------------------------------------ other documents, for staff
        "redemption_ready": (
            "جایزهٔ «{reward}» در برابر {points} دریافت شد؛ کد آن هنوز به کار نرفته است."
        ),
        "redemption_used": (
            "جایزهٔ «{reward}» در برابر {points} دریافت شد؛ کد آن در سفارش {order} به کار رفت."
        ),
        "redemption_fulfilled": (
            "جایزهٔ «{reward}» در برابر {points} دریافت شد و کارکنان آن را تحویل دادند."
        ),
        "redemption_undone": "جایزهٔ «{reward}» در برابر {points} دریافت و سپس برگردانده شد.",
        "hold_open": "{points} برای پرداختی در جریان کنار گذاشته شد.",
        "hold_captured": "از {points} کنارگذاشته، {captured} خرج شد و بقیه برگشت.",
        "hold_voided": "{points} کنار گذاشته و سپس آزاد شد.",
        "redemption_expired": (
            "جایزهٔ «{reward}» در برابر {points} دریافت شد؛ کد آن بی‌استفاده منقضی شد."
        ),
        "redemption_came_back": {
            "one": "{points} بازگردانده شد.",
            "other": "{points} بازگردانده شد.",
        },
        "redemption_leaked": {
            "one": "{points} پیش‌تر بازگردانده شده بود و دیگر کسرشدنی نبود.",
            "other": "{points} پیش‌تر بازگردانده شده بود و دیگر کسرشدنی نبود.",
        },
        "redemption_returned": {
            "one": "{points} بازگردانده شد، چون سفارش بازپرداخت شد.",
            "other": "{points} بازگردانده شد، چون سفارش بازپرداخت شد.",
        },
        "adjustment_reinstated": "کارکنان {points} منقضی‌شده را برگرداندند.",
        "adjustment_extended": "کارکنان اعتبار امتیازها را تمدید کردند.",
        "adjustment_added": "کارکنان {points} به‌صورت دستی افزودند.",
        "adjustment_taken": "کارکنان {points} به‌صورت دستی کم کردند.",
        "joining_earned": "برای عضویت، {points} داده شد: {parts}.",
        "joining_nothing": "برای عضویت چیزی داده نشد.",
        "transfer_given": "{points} به عضو دیگری هدیه شد.",
        "transfer_received": "{points} از عضو دیگری هدیه گرفته شد.",
        "merge_moved": "عضو دیگری در این عضو ادغام شد و {points} جابه‌جا شد.",
        "merge_nothing": "عضو دیگری که امتیازی نداشت در این عضو ادغام شد.",
        "erased": "داده‌های شخصی این عضو پاک شد.",
        "pooling_created": "یک صندوق خانواده ساخته شد.",
        "pooling_invited": "صاحب صندوق کسی را به صندوق خانواده دعوت کرد.",
        "pooling_joined": "عضو به صندوق خانواده پیوست.",
        "pooling_sharing": "عضو دوباره گفت که صندوق خانواده از چه برداشت کند.",
        "pooling_put_in": "{points} به صندوق خانواده واریز شد.",
        "pooling_drawn": "{points} را صندوق خانواده برای یک پاداش برداشت.",
        "pooling_left_points": "عضو از صندوق خانواده بیرون رفت و {points} با خود برد.",
        "pooling_left": "عضو از صندوق خانواده بیرون رفت.",
        "pooling_dissolved": "صندوق خانواده برچیده شد.",
        # ------------------------------------------------ trace
        "trace_rate": "قاعدهٔ «{rule}»: برای {amount}، {points} (هر {per}، {rate}).",
        "trace_rate_net": (
            "قاعدهٔ «{rule}»: برای {amount} کالا پس از تخفیف، {points} (هر {per}، {rate})."
        ),
        "trace_rate_gross": (
            "قاعدهٔ «{rule}»: برای {amount} کالا پیش از تخفیف، {points} (هر {per}، {rate})."
        ),
        "trace_rate_with_tax": (
            "قاعدهٔ «{rule}»: برای {amount} کالا با مالیات، {points} (هر {per}، {rate})."
        ),
        "trace_exchanged": "{paid} با نرخ {rate} برابر با {net} حساب می‌شود.",
        "trace_bonus": "قاعدهٔ «{rule}»: {points} پاداش.",
        "trace_multiplied": "قاعدهٔ «{rule}»: {by} برابر به‌سبب سطح، یعنی {points}.",
        "trace_cap_reached": "یک سقف پر شد؛ جا برای {points} مانده بود.",
        "trace_cap_reached_rule": "سقف قاعدهٔ «{rule}» پر شد؛ جا برای {points} مانده بود.",
        "trace_cap_reached_day": "سقف روزانه پر شد؛ جا برای {points} مانده بود.",
        "trace_cap_reached_points_max": "یک سفارش نمی‌تواند بیش از {points} بدهد.",
        "trace_rounded": "{exact} به {points} گرد شد.",
        "trace_qualified": "{amount} برای سطح حساب می‌شود.",
        "trace_tier_entered": "رسیدن به سطح {tier}، {points} داد.",
        "trace_condition_unmet": "قاعدهٔ «{rule}»: شرط آن برقرار نبود.",
        "trace_condition_unmet_lines": "قاعدهٔ «{rule}»: هیچ قلمی از سفارش با شرط آن جور نیست.",
        "trace_not_running": "قاعدهٔ «{rule}» هنگام ثبت سفارش در جریان نبود.",
        "trace_already_given": "قاعدهٔ «{rule}» تنها یک بار داده می‌شود و پیش‌تر داده شده است.",
        "trace_dry_run": "قاعدهٔ «{rule}» آزمایشی است: اگر فعال بود، {points} می‌داد.",
        "trace_excluded_line": "به قلم {line} چیزی تعلق نمی‌گیرد.",
        "trace_excluded_line_gift_card": "قلم {line} کارت هدیه است و چیزی به آن تعلق نمی‌گیرد.",
        "trace_excluded_line_nothing_left": (
            "به قلم {line} چیزی تعلق نمی‌گیرد: از بهای آن چیزی نمانده است."
        ),
        "trace_other": "گام {code}.",
        # ------------------------------------------------ statement, a page for printing
        "statement_title": "صورت‌حساب امتیاز",
        "statement_shop": "فروشگاه",
        "statement_member": "عضو",
        "statement_made": "زمان تهیه (UTC)",
        "statement_number": "شماره",
        "statement_when": "زمان (UTC)",
        "statement_what": "شرح",
        "statement_points": "امتیاز",
        "statement_balance": "مانده",
        "statement_unit": "نوع امتیاز",
        "statement_closing": "مانده‌های پایانی",
        "statement_booked": "جمع همهٔ ردیف‌ها",
        "statement_available": "قابل استفاده",
        "statement_pending": "در انتظار",
        "statement_held": "رزروشده",
        "statement_deficit": "بدهی",
        "statement_versions": "نسخه‌های برنامه که اینجا آمده‌اند",
        "statement_version": "نسخه",
        "statement_since": "آغاز اعتبار (UTC)",
        "statement_hash": "مُهر",
        "statement_last_hash": "مُهر آخرین ردیف",
        "statement_how": (
            "هر ردیف همراه با ردیف پیش از خود مُهر شده است: "
            "docs/verify_statement.py فایل JSON این صورت‌حساب را بدون اتصال بررسی می‌کند"
        ),
        "statement_more": "ردیف‌های بیشتر در صفحهٔ بعد است",
        "statement_earlier": "ردیف‌های پیشین در صفحه‌های قبل است",
        "statement_nothing": "هنوز ردیفی نیست",
    }
)
