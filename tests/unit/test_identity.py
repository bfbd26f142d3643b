"""Who a craft says it is."""

import pytest
from pyais.util import get_country

from ops_centre.domain.identity import FLAGS, MmsiKind, believed_imo, is_imo_number, maritime_identity, plain_text


@pytest.mark.parametrize(
    ("mmsi", "kind", "flag"),
    [
        (512_000_123, MmsiKind.SHIP, "NZ"),
        (235_012_345, MmsiKind.SHIP, "GB"),
        (2_190_047, MmsiKind.COAST_STATION, "DK"),
        (51_200_001, MmsiKind.GROUP, "NZ"),
        (111_512_001, MmsiKind.SAR_AIRCRAFT, "NZ"),
        (995_121_001, MmsiKind.AID_TO_NAVIGATION, "NZ"),
        (985_121_234, MmsiKind.CRAFT_OF_A_SHIP, "NZ"),
        (851_212_345, MmsiKind.HANDHELD, "NZ"),
        (970_010_001, MmsiKind.SART, None),
        (972_010_001, MmsiKind.MAN_OVERBOARD, None),
        (974_010_001, MmsiKind.EPIRB, None),
        (979_010_001, MmsiKind.FISHING_GEAR, None),
    ],
)
def test_the_form_of_an_mmsi_tells_what_it_is_and_whose(mmsi: int, kind: MmsiKind, flag: str | None) -> None:
    identity = maritime_identity(mmsi)
    assert (identity.kind, identity.flag) == (kind, flag)


@pytest.mark.parametrize("mmsi", [0, -1, 1_193_046, 123_456_789, 200_123_456, 999_999_999, 1_000_000_000, 2**30 - 1])
def test_an_mmsi_that_fits_no_form_or_no_country_is_bad(mmsi: int) -> None:
    assert maritime_identity(mmsi).kind is MmsiKind.BAD


def test_flags_agree_with_the_table_of_the_decoding_library_except_where_iso_3166_names_them_otherwise() -> None:
    differing = {mid: flag for mid, flag in FLAGS.items() if get_country(mid * 1_000_000)[0] != flag}
    assert differing == {501: "TF", 618: "TF", 635: "TF", 608: "SH", 740: "FK", 550: "TL", 638: "SS"}
    assert all(len(flag) == 2 and flag.isupper() for flag in FLAGS.values())


@pytest.mark.parametrize("number", [9_074_729, 9_383_663, 7_625_811])
def test_the_last_digit_of_an_imo_number_checks_the_others(number: int) -> None:
    assert is_imo_number(number)
    assert not is_imo_number(number + 1)
    assert believed_imo(number) == (number, False)


@pytest.mark.parametrize("number", [1, 542_186, 303_174_162, 9_999_999])
def test_an_impossible_imo_number_is_not_kept_but_noticed(number: int) -> None:
    assert believed_imo(number) == (None, True)


@pytest.mark.parametrize("number", [None, 0, 1_073_741_823])
def test_no_imo_number_given_is_no_fault(number: int | None) -> None:
    assert believed_imo(number) == (None, False)


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("RENA@@@@@@", "RENA"),
        ("RENA@XJ3", "RENA"),
        ("  TASMAN   STAR ", "TASMAN STAR"),
        ("@@@@", None),
        ("    ", None),
        ("", None),
        (None, None),
        ("ABC\u202eDEF\x00", "ABC DEF"),
    ],
)
def test_names_are_kept_as_people_write_them(sent: str | None, plain: str | None) -> None:
    assert plain_text(sent) == plain
