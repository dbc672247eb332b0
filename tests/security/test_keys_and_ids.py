"""Keys, scopes and keyed ids: forms that hold, ids that everybody derives alike."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.security import api_keys, keyed_ids, minting
from chalicelib.security.scopes import ALL_SCOPES, Scope, allows, scopes_of

SHOP_KEY, OTHER_KEY = b"k" * 32, b"o" * 32
ids = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1)


def test_minted_things_have_their_form_and_differ() -> None:
    keys = {minting.new_api_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(api_keys.is_well_formed(key) for key in keys)
    assert re.fullmatch(r"[A-Za-z0-9]{48}", minting.new_secret())
    assert re.fullmatch(r"[a-z2-7]{16}", minting.new_id())
    assert len(minting.new_shop_key()) == minting.SHOP_KEY_BYTES
    assert {minting.random_below(3) for _ in range(200)} == {0, 1, 2}


@pytest.mark.parametrize(
    "key",
    ["", "lrl_", "lrl_" + "a" * 42, "lrl_" + "a" * 44, "LRL_" + "a" * 43, "lrl_" + "é" * 43,
     "lrl_" + "a" * 43 + "\n", "sk_" + "a" * 43],
)  # fmt: skip
def test_keys_of_another_form_are_seen_without_a_look_up(key: str) -> None:
    assert not api_keys.is_well_formed(key)


def test_a_key_matches_its_own_hash_alone() -> None:
    key, other = minting.new_api_key(), minting.new_api_key()
    assert api_keys.hash_matches(key, api_keys.key_hash(key))
    assert not api_keys.hash_matches(other, api_keys.key_hash(key))
    assert not api_keys.hash_matches("", "")
    assert not api_keys.hash_matches("\ud800", api_keys.key_hash(key))


@pytest.mark.parametrize("wanted", list(Scope))
def test_owner_may_do_all_and_others_only_what_they_are(wanted: Scope) -> None:
    assert allows({Scope.OWNER}, wanted)
    assert allows(ALL_SCOPES, wanted)
    assert not allows(set(), wanted)
    for held in set(Scope) - {Scope.OWNER}:
        assert allows({held}, wanted) == (held is wanted)


def test_a_scope_that_we_no_longer_know_grants_nothing() -> None:
    assert scopes_of(("read", "everything")) == {Scope.READ}


def test_member_ids_never_change() -> None:
    # A change here would part every shop from its members.
    assert keyed_ids.member_id(SHOP_KEY, "main", "77") == "6rzcxemt6lgezgujejwgkma7ku"
    assert keyed_ids.email_hash(SHOP_KEY, " Ann@Example.com ") == "fmbsyztwijuvwz5ioua3a2s7nu"
    assert keyed_ids.redemption_id("m1", "k1") == "qezi2mfinf4vvvxtopxs5e6gjy"
    assert keyed_ids.code_of(SHOP_KEY, "r1") == "KVJ3-N5PD-B4"


@given(source=ids, customer=ids)
def test_ids_have_their_form_and_hang_on_the_shop_key(source: str, customer: str) -> None:
    member = keyed_ids.member_id(SHOP_KEY, source, customer)
    assert re.fullmatch(r"[a-z2-7]{26}", member)
    assert len(member) == keyed_ids.MEMBER_ID_LENGTH
    assert member == keyed_ids.member_id(SHOP_KEY, source, customer)
    assert member != keyed_ids.member_id(OTHER_KEY, source, customer)


@given(st.tuples(ids, ids), st.tuples(ids, ids))
def test_two_customers_never_share_an_id(one: tuple[str, str], two: tuple[str, str]) -> None:
    same = keyed_ids.member_id(SHOP_KEY, *one) == keyed_ids.member_id(SHOP_KEY, *two)
    assert same == (one == two)


def test_an_email_is_hashed_as_it_is_compared() -> None:
    hashed = keyed_ids.email_hash(SHOP_KEY, "ann@example.com")
    assert keyed_ids.email_hash(SHOP_KEY, " ANN@Example.COM") == hashed
    assert keyed_ids.email_hash(SHOP_KEY, "bob@example.com") != hashed
    assert keyed_ids.email_hash(OTHER_KEY, "ann@example.com") != hashed


@given(redemption=ids)
def test_codes_have_no_look_alikes_and_come_again(redemption: str) -> None:
    code = keyed_ids.code_of(SHOP_KEY, redemption)
    assert keyed_ids.CODE_PATTERN.fullmatch(code)
    assert re.fullmatch(r"[2-9A-HJ-KM-NP-TV-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2}", code)
    assert not set(code) & set("01ILOU")
    assert code == keyed_ids.code_of(SHOP_KEY, redemption)


def test_many_codes_do_not_collide() -> None:
    codes = {keyed_ids.code_of(SHOP_KEY, f"r{number}") for number in range(20_000)}
    assert len(codes) == 20_000


def test_redemptions_of_two_members_under_one_key_differ() -> None:
    assert keyed_ids.redemption_id("m1", "k") != keyed_ids.redemption_id("m2", "k")
    assert keyed_ids.redemption_id("m1", "k") != keyed_ids.redemption_id("m1", "l")


def test_subkeys_differ_by_purpose_and_shop() -> None:
    keys = {
        keyed_ids.subkey(key, purpose) for key in (SHOP_KEY, OTHER_KEY) for purpose in ("a", "b")
    }
    assert len(keys) == 4
