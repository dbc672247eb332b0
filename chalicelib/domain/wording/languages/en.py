"""English, the language that all others fall back to.

Keys: ``entry_*`` what a member reads in the history, by code, by kind and code, or by kind alone;
``reason_*`` why an order earns nothing, after "because"; ``order_*``, ``redemption_*``,
``adjustment_*``, ``joining_*`` what staff read of a document; ``part_*`` how points add up;
``trace_*`` one step of the reasoning; ``statement_*`` headings of the printed statement.
"""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str | Mapping[str, str]] = MappingProxyType(
    {
        # ------------------------------------------------ history, by code
        "entry_order": "Order {order}",
        "entry_order_tier": "Order {order}, and you reached {tier}",
        "entry_reverse_order": "Refund or change of order {order}",
        "entry_qualify_order": "Order {order} counts towards your tier",
        "entry_qualify_less": "Order {order} now counts less towards your tier",
        "entry_order_unknown": "Order {order} is not known yet",
        "entry_test_order": "Order {order} was a test",
        "entry_order_cancelled": "Order {order} was cancelled",
        "entry_order_unpaid": "Order {order} is no longer paid",
        "entry_other_currency": "Order {order} is in another currency",
        "entry_guest_order": "Order {order} was placed as a guest",
        "entry_no_program": "Order {order} was paid before there was a program",
        "entry_before_program": "Order {order} was paid before the program began",
        "entry_not_a_member": "Order {order} was placed without a membership",
        "entry_before_joining": "Order {order} was paid before you joined",
        "entry_order_moved": "Order {order} belongs to another account",
        "entry_rule": "Earned by {rule}",
        "entry_joined": "Welcome! Thank you for joining",
        "entry_redeemed": "Redeemed: {reward}",
        "entry_captured": "Paid with points at the shop",
        "entry_undone": "Undone: {reward}",
        "entry_order_refunded": "Given back for a refunded order: {reward}",
        "entry_expired": "Expired",
        "entry_active_before_expiry": (
            "Expired points of an activity that had not arrived yet, given back"
        ),
        "entry_order_matures": "Points of order {order} have a date from which they can be spent",
        "entry_reinstated": "Expired points given back by the shop",
        "entry_extended": "Your points live longer",
        "entry_adjusted": "Adjusted by the shop",
        "entry_gift_sent": "Given as a gift",
        "entry_gift_received": "Received as a gift",
        "entry_merge_in_merged": "From another account of yours",
        "entry_merge_out_merged": "Moved to another account of yours",
        "entry_merged": "Two accounts became one",
        "entry_merged_once": "Given once: {rule}",
        # ------------------------------------------------ history, by kind: nothing else is known
        "entry_earn": "Earned",
        "entry_reverse": "Taken back",
        "entry_redeem": "Redeemed",
        "entry_return": "Given back",
        "entry_expire": "Expired",
        "entry_adjust": "Adjusted by the shop",
        "entry_gift_out": "Given as a gift",
        "entry_gift_in": "Received as a gift",
        "entry_merge_in": "From another account of yours",
        "entry_merge_out": "Moved to another account of yours",
        "entry_reinstate": "Given back",
        "entry_mature": "Can be spent",
        "entry_extend": "Lives longer",
        "entry_qualify": "Counts towards your tier",
        # ------------------------------------------------ orders, for staff
        "order_earned": "Order {order} earned {points}: {parts}.",
        "order_earned_left": ("Order {order} earned {points} for what was not refunded: {parts}."),
        "order_nothing": "Order {order} earned nothing.",
        "order_nothing_because": "Order {order} earned nothing because {reason}.",
        "order_taken_back": "What it had earned before was taken back.",
        "order_forgiven": {
            "one": "{points} could not be taken back and was forgiven.",
            "other": "{points} could not be taken back and were forgiven.",
        },
        "order_lapsed": {
            "one": "{points} had already expired when it was to be taken back.",
            "other": "{points} had already expired when they were to be taken back.",
        },
        "order_deleted": "The shop has deleted its record of this order.",
        "reason_order_unknown": "the order itself has not arrived yet",
        "reason_test_order": "it is a test order",
        "reason_order_cancelled": "it was cancelled",
        "reason_order_unpaid": "it is not paid",
        "reason_other_currency": "the program had no rate for its currency",
        "reason_guest_order": "it was placed as a guest",
        "reason_no_program": "the shop had no program yet",
        "reason_before_program": "it was paid before the program began",
        "reason_not_a_member": "the customer is not a member",
        "reason_before_joining": "it was paid before the customer joined",
        "reason_order_moved": "it belongs to another member",
        "reason_all_refunded": "all of it was refunded",
        "reason_no_rule": "no rule of the program rewards it",
        "reason_other": "it may not earn ({code})",
        # ------------------------------------------------ how points add up
        "part_rule": "rule {rule} {points}",
        "part_multiplied": "rule {rule} {points}, multiplied {by}",
        "part_multiplied_tier": "rule {rule} {points}, multiplied {by} as {tier}",
        "part_tier": "{points} for reaching {tier}",
        "part_capped": "a limit cut the rest",
        "part_more": {"one": "{n} more rule", "other": "{n} more rules"},
        "list_comma": ", ",
        "list_semicolon": "; ",
        # ------------------------------------------------ other documents, for staff
        "redemption_ready": ("{reward} was redeemed for {points}; its code has not been used yet."),
        "redemption_used": "{reward} was redeemed for {points}; order {order} used its code.",
        "redemption_undone": "{reward} was redeemed for {points} and then undone.",
        "hold_open": "{points} were set aside for something that is being paid.",
        "hold_captured": "{captured} of {points} set aside were spent; the rest went back.",
        "hold_voided": "{points} were set aside and let go.",
        "redemption_expired": "{reward} was redeemed for {points}; its code expired unused.",
        "redemption_returned": {
            "one": "{points} was given back because the order was refunded.",
            "other": "{points} were given back because the order was refunded.",
        },
        "adjustment_reinstated": "Staff gave back {points} that had expired.",
        "adjustment_extended": "Staff let points live longer.",
        "adjustment_added": "Staff added {points} by hand.",
        "adjustment_taken": "Staff took {points} by hand.",
        "joining_earned": "Joining earned {points}: {parts}.",
        "joining_nothing": "Joining earned nothing.",
        "transfer_given": "{points} given to another member.",
        "transfer_received": "{points} received from another member.",
        "merge_moved": "Another member was merged into this one: {points} moved.",
        "merge_nothing": "Another member, who had no points, was merged into this one.",
        "erased": "The person behind this member was forgotten.",
        # ------------------------------------------------ trace
        "trace_rate": "Rule {rule}: {amount} earns {points}, at {rate} per {per}.",
        "trace_rate_net": (
            "Rule {rule}: {amount} of goods after discounts earns {points}, at {rate} per {per}."
        ),
        "trace_rate_gross": (
            "Rule {rule}: {amount} of goods before discounts earns {points}, at {rate} per {per}."
        ),
        "trace_rate_with_tax": (
            "Rule {rule}: {amount} of goods with tax earns {points}, at {rate} per {per}."
        ),
        "trace_exchanged": "{paid} counts as {net}, at {rate}.",
        "trace_bonus": "Rule {rule}: a bonus of {points}.",
        "trace_multiplied": "Rule {rule}: multiplied by {by} for the tier, that is {points}.",
        "trace_cap_reached": "A limit was reached: it left room for {points}.",
        "trace_cap_reached_rule": "Rule {rule} reached its limit, which left room for {points}.",
        "trace_cap_reached_day": "The daily limit was reached: it left room for {points}.",
        "trace_cap_reached_points_max": "One order cannot give more than {points}.",
        "trace_rounded": "{exact} was rounded to {points}.",
        "trace_qualified": "Counts towards the tier: {amount}.",
        "trace_tier_entered": "Reaching {tier} gave {points}.",
        "trace_condition_unmet": "Rule {rule}: its condition was not met.",
        "trace_condition_unmet_lines": "Rule {rule}: no item of the order meets its condition.",
        "trace_not_running": "Rule {rule} was not running when the order was placed.",
        "trace_already_given": "Rule {rule} was given before, and is given only once.",
        "trace_dry_run": "Rule {rule} is only being tried out: it would have given {points}.",
        "trace_excluded_line": "Item {line} earns nothing.",
        "trace_excluded_line_gift_card": "Item {line} is a gift card and earns nothing.",
        "trace_excluded_line_nothing_left": (
            "Item {line} earns nothing: nothing of its price is left."
        ),
        "trace_other": "Step {code}.",
        # ------------------------------------------------ statement, a page for printing
        "statement_title": "Points statement",
        "statement_shop": "Shop",
        "statement_member": "Member",
        "statement_made": "Made at (UTC)",
        "statement_number": "Number",
        "statement_when": "When (UTC)",
        "statement_what": "What happened",
        "statement_points": "Points",
        "statement_balance": "Balance",
        "statement_unit": "Kind of points",
        "statement_closing": "Balances at the end",
        "statement_booked": "Sum of all entries",
        "statement_available": "Available",
        "statement_pending": "Pending",
        "statement_held": "Reserved",
        "statement_deficit": "Owed",
        "statement_versions": "Versions of the program that are named here",
        "statement_version": "Version",
        "statement_since": "Live since (UTC)",
        "statement_hash": "Seal",
        "statement_last_hash": "Seal of the last entry",
        "statement_how": (
            "Each entry is sealed together with the one before it: "
            "docs/verify_statement.py checks the JSON of this statement without a connection"
        ),
        "statement_more": "More entries follow on the next page",
        "statement_earlier": "Earlier entries are on the pages before",
        "statement_nothing": "There are no entries yet",
    }
)
