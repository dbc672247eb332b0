"""Hungarian. Placeholders stand in the nominative, because the program's words bear no case.

No article stands before a placeholder either: "a" or "az" would depend on how it is read out.
Keys as in ``en``.
"""

from collections.abc import Mapping
from types import MappingProxyType

HUNGARIAN: Mapping[str, str | Mapping[str, str]] = MappingProxyType(
    {
        # ------------------------------------------------ history, by code
        "entry_order": "Rendelés: {order}",
        "entry_order_tier": "Rendelés: {order}, és elérted ezt a szintet: {tier}",
        "entry_reverse_order": "Visszatérített vagy módosított rendelés: {order}",
        "entry_qualify_order": "Beszámít a szintedbe ez a rendelés: {order}",
        "entry_qualify_less": "Már kevesebbet számít a szintedbe ez a rendelés: {order}",
        "entry_order_unknown": "Még ismeretlen rendelés: {order}",
        "entry_test_order": "Tesztrendelés: {order}",
        "entry_order_cancelled": "Törölt rendelés: {order}",
        "entry_order_partly_paid": "Csak részben kifizetett rendelés: {order}",
        "entry_order_unpaid": "Kifizetetlenné vált rendelés: {order}",
        "entry_other_currency": "Más pénznemű rendelés: {order}",
        "entry_guest_order": "Vendégként leadott rendelés: {order}",
        "entry_no_program": "A program létrejötte előtt kifizetett rendelés: {order}",
        "entry_before_program": "A program indulása előtt kifizetett rendelés: {order}",
        "entry_not_a_member": "Tagság nélkül leadott rendelés: {order}",
        "entry_before_joining": "A csatlakozásod előtt kifizetett rendelés: {order}",
        "entry_order_moved": "Másik fiókhoz tartozó rendelés: {order}",
        "entry_paused": "A program szünetelésekor kifizetett rendelés: {order}",
        "entry_program_ended": "A program vége után kifizetett rendelés: {order}",
        "entry_not_in_rollout": "A program megnyitása előtti rendelés: {order}",
        "entry_rule": "Jóváírás e szabály szerint: {rule}",
        "entry_joined": "Üdvözlünk! Köszönjük, hogy csatlakoztál",
        "entry_redeemed": "Beváltva: {reward}",
        "entry_captured": "Fizetés pontokkal az üzletben",
        "entry_undone": "Visszavonva: {reward}",
        "entry_order_refunded": "Visszaírva visszatérített rendelés miatt: {reward}",
        "entry_code_expired": "Visszaírva, mert a kódja felhasználatlanul lejárt: {reward}",
        "entry_code_used_late": "Újra levonva, mert a kódját mégis felhasználták: {reward}",
        "entry_expired": "Lejárt",
        "entry_active_before_expiry": (
            "Lejárt pontok visszaadva: későn érkezett egy korábbi esemény"
        ),
        "entry_order_matures": "Megvan, mikortól költhetők el a(z) {order} rendelés pontjai",
        "entry_reinstated": "A bolt visszaadott lejárt pontokat",
        "entry_extended": "Pontjaid tovább érvényesek",
        "entry_adjusted": "Egyenlegmódosítás az üzlettől",
        "entry_gift_sent": "Elajándékozva",
        "entry_gift_received": "Ajándékba kapva",
        "entry_pool_put_in": "Befizetve a közös családi keretbe",
        "entry_pool_drawn": "A közös családi keret használta fel egy jutalomhoz",
        "entry_pool_left": "Kivéve a közös családi keretből",
        "entry_merge_in_merged": "Egy másik fiókodból",
        "entry_merge_out_merged": "Átkerült egy másik fiókodba",
        "entry_merged": "Két fiók eggyé vált",
        "entry_merged_once": "Egyszer jár: {rule}",
        # ------------------------------------------------ history, by kind: nothing else is known
        "entry_earn": "Jóváírás",
        "entry_reverse": "Levonás",
        "entry_redeem": "Beváltás",
        "entry_return": "Visszaírás",
        "entry_expire": "Lejárt",
        "entry_adjust": "Egyenlegmódosítás az üzlettől",
        "entry_gift_out": "Elajándékozva",
        "entry_gift_in": "Ajándékba kapva",
        "entry_merge_in": "Egy másik fiókodból",
        "entry_merge_out": "Átkerült egy másik fiókodba",
        "entry_reinstate": "Visszaadva",
        "entry_mature": "Elkölthető",
        "entry_extend": "Tovább érvényes",
        "entry_qualify": "Beszámít a szintedbe",
        # ------------------------------------------------ orders, for staff
        "order_earned": "Rendelés ({order}), jóváírva: {points} – {parts}.",
        "order_earned_left": (
            "Rendelés ({order}), jóváírva a vissza nem térített részért: {points} – {parts}."
        ),
        "order_nothing": "Rendelés ({order}): nem járt érte jóváírás.",
        "order_nothing_because": "Rendelés ({order}): nem járt érte jóváírás, mert {reason}.",
        "order_taken_back": "A korábbi jóváírást visszavontuk.",
        "order_forgiven": {
            "one": "Nem lehetett levonni, ezért elengedtük: {points}.",
            "other": "Nem lehetett levonni, ezért elengedtük: {points}.",
        },
        "order_lapsed": {
            "one": "A levonás előtt már lejárt: {points}.",
            "other": "A levonás előtt már lejárt: {points}.",
        },
        "order_due": "Egy hozzáadott része még nincs kifizetve; akkor számít, ha az lesz.",
        "order_deleted": "Az üzlet törölte ennek a rendelésnek az adatait.",
        "reason_order_unknown": "maga a rendelés még nem érkezett meg",
        "reason_test_order": "tesztrendelés",
        "reason_order_cancelled": "törölték",
        "reason_order_partly_paid": "csak egy része van kifizetve",
        "reason_order_unpaid": "nincs kifizetve",
        "reason_other_currency": "a programnak nem volt árfolyama a pénzneméhez",
        "reason_guest_order": "vendégként adták le",
        "reason_no_program": "az üzletnek még nem volt programja",
        "reason_before_program": "a program indulása előtt fizették ki",
        "reason_not_a_member": "a vásárló nem tag",
        "reason_before_joining": "a vásárló csatlakozása előtt fizették ki",
        "reason_order_moved": "másik taghoz tartozik",
        "reason_all_refunded": "a teljes összegét visszatérítették",
        "reason_no_rule": "a program egyik szabálya sem jutalmazza",
        "reason_paused": "a kifizetésekor szünetelt a program",
        "reason_program_ended": "a program vége után fizették ki",
        "reason_not_in_rollout": "a program még nem volt nyitva ennek a vásárlónak",
        "reason_other": "nem jogosít jóváírásra ({code})",
        # ------------------------------------------------ notices to every member
        "notice_paused_earning": "A pontgyűjtés egyelőre szünetel.",
        "notice_paused_all": "A program egyelőre szünetel: pontjaid megmaradnak.",
        "notice_earn_ends": "A pontgyűjtés utolsó napja: {day}.",
        "notice_earn_ended": "A pontgyűjtés utolsó napja ez volt: {day}.",
        "notice_redeem_ends": "A pontbeváltás utolsó napja: {day}.",
        "notice_redeem_ended": "A pontbeváltás utolsó napja ez volt: {day}.",
        # ------------------------------------------------ how points add up
        "part_rule": "„{rule}” szabály: {points}",
        "part_multiplied": "„{rule}” szabály: {points}, szorzó: {by}",
        "part_multiplied_tier": "„{rule}” szabály: {points}, szorzó: {by} ({tier} szint)",
        "part_tier": "{tier} szint eléréséért: {points}",
        "part_capped": "a többi egy korlát miatt elmaradt",
        "part_more": {"one": "még {n} szabály", "other": "még {n} szabály"},
        "list_comma": ", ",
        "list_semicolon": "; ",
        # ------------------------------------------------ other documents, for staff
        "redemption_ready": "{reward}: beváltva, ára {points}; a kódját még nem használták fel.",
        "redemption_used": (
            "{reward}: beváltva, ára {points}; a kódját ez a rendelés használta fel: {order}."
        ),
        "redemption_fulfilled": "{reward}: beváltva, ára {points}; egy munkatárs átadta.",
        "redemption_undone": "{reward}: beváltva, ára {points}, majd visszavonva.",
        "hold_open": "{points} félre van téve egy folyamatban lévő fizetéshez.",
        "hold_captured": "A félretett {points} közül {captured} elkelt; a többi visszakerült.",
        "hold_voided": "{points} félre volt téve, aztán felszabadult.",
        "redemption_expired": "{reward}: beváltva, ára {points}; a kódja felhasználatlanul lejárt.",
        "redemption_came_back": {
            "one": "{points}: visszaírva.",
            "other": "{points}: visszaírva.",
        },
        "redemption_leaked": {
            "one": "{points}: korábban visszaírva, és már nem volt levonható.",
            "other": "{points}: korábban visszaírva, és már nem volt levonható.",
        },
        "redemption_returned": {
            "one": "Visszaírva, mert a rendelést visszatérítették: {points}.",
            "other": "Visszaírva, mert a rendelést visszatérítették: {points}.",
        },
        "adjustment_reinstated": "Egy munkatárs visszaadta, ami lejárt: {points}.",
        "adjustment_extended": "Egy munkatárs meghosszabbította a pontok érvényességét.",
        "adjustment_added": "Kézi jóváírás: {points}.",
        "adjustment_taken": "Kézi levonás: {points}.",
        "joining_earned": "Csatlakozás, jóváírva: {points} – {parts}.",
        "joining_nothing": "Csatlakozás: nem járt érte jóváírás.",
        "transfer_given": "Másik tagnak ajándékozva: {points}.",
        "transfer_received": "Másik tagtól kapott ajándék: {points}.",
        "merge_moved": "Egy másik tag beolvadt ebbe; átkerült: {points}.",
        "merge_nothing": "Egy másik tag beolvadt ebbe; nem volt pontja.",
        "erased": "A tag személyes adatait töröltük.",
        "pooling_created": "Létrejött egy közös családi keret.",
        "pooling_invited": "A tulajdonos meghívott valakit a közös családi keretbe.",
        "pooling_joined": "A tag belépett a közös családi keretbe.",
        "pooling_sharing": "A tag újra megadta, mit használhat fel a közös családi keret.",
        "pooling_put_in": "{points} került a közös családi keretbe.",
        "pooling_drawn": "{points}: ennyit használt fel a közös családi keret egy jutalomhoz.",
        "pooling_left_points": (
            "A tag kilépett a közös családi keretből, és ennyit vitt magával: {points}."
        ),
        "pooling_left": "A tag kilépett a közös családi keretből.",
        "pooling_dissolved": "A közös családi keret megszűnt.",
        # ------------------------------------------------ trace
        "trace_rate": "„{rule}” szabály: {amount} után {points} ({rate} / {per}).",
        "trace_rate_net": (
            "„{rule}” szabály: {amount} kedvezményes áruérték után {points} ({rate} / {per})."
        ),
        "trace_rate_gross": (
            "„{rule}” szabály: {amount} kedvezmény nélküli áruérték után {points} ({rate} / {per})."
        ),
        "trace_rate_with_tax": (
            "„{rule}” szabály: {amount} adóval növelt áruérték után {points} ({rate} / {per})."
        ),
        "trace_exchanged": "{paid} értéke {net}, {rate} árfolyamon.",
        "trace_bonus": "„{rule}” szabály: bónusz, {points}.",
        "trace_multiplied": "„{rule}” szabály: a szint szorzója {by}, így {points}.",
        "trace_cap_reached": "Betelt egy korlát; ennyi fért még bele: {points}.",
        "trace_cap_reached_rule": "„{rule}” szabály: betelt a korlátja; ennyi fért bele: {points}.",
        "trace_cap_reached_day": "Betelt a napi korlát; ennyi fért még bele: {points}.",
        "trace_cap_reached_points_max": "Egy rendelésért legfeljebb ennyi járhat: {points}.",
        "trace_rounded": "Kerekítés: {exact}, ebből {points} lett.",
        "trace_qualified": "A szintbe beszámít: {amount}.",
        "trace_tier_entered": "{tier} szint elérése: {points}.",
        "trace_condition_unmet": "„{rule}” szabály: a feltétele nem teljesült.",
        "trace_condition_unmet_lines": (
            "„{rule}” szabály: a rendelés egyik tétele sem felel meg a feltételének."
        ),
        "trace_not_running": "„{rule}” szabály: a rendelés leadásakor nem volt érvényben.",
        "trace_already_given": "„{rule}” szabály: csak egyszer jár, és már megkapta a tag.",
        "trace_dry_run": "„{rule}” szabály: csak próbaként fut, ennyi járt volna: {points}.",
        "trace_excluded_line": "{line} tétel: nem jár érte jóváírás.",
        "trace_excluded_line_gift_card": "{line} tétel: ajándékkártya, nem jár érte jóváírás.",
        "trace_excluded_line_nothing_left": (
            "{line} tétel: nem jár érte jóváírás, mert nem maradt belőle fizetett összeg."
        ),
        "trace_other": "Lépés: {code}.",
        # ------------------------------------------------ statement, a page for printing
        "statement_title": "Pontkivonat",
        "statement_shop": "Bolt",
        "statement_member": "Tag",
        "statement_made": "Készült (UTC)",
        "statement_number": "Sorszám",
        "statement_when": "Mikor (UTC)",
        "statement_what": "Mi történt",
        "statement_points": "Pont",
        "statement_balance": "Egyenleg",
        "statement_unit": "A pontok fajtája",
        "statement_closing": "Záró egyenlegek",
        "statement_booked": "Az összes tétel összege",
        "statement_available": "Elkölthető",
        "statement_pending": "Függőben",
        "statement_held": "Lefoglalva",
        "statement_deficit": "Tartozás",
        "statement_versions": "A program itt említett változatai",
        "statement_version": "Változat",
        "statement_since": "Mikortól él (UTC)",
        "statement_hash": "Pecsét",
        "statement_last_hash": "Az utolsó tétel pecsétje",
        "statement_how": (
            "Minden tétel az előtte állóval együtt van lepecsételve: "
            "a docs/verify_statement.py kapcsolat nélkül ellenőrzi a kivonat JSON-ját"
        ),
        "statement_more": "A következő lapon további tételek vannak",
        "statement_earlier": "A korábbi tételek az előző lapokon vannak",
        "statement_nothing": "Még nincsenek tételek",
    }
)
