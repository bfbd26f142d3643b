"""What screens say of devices in the field: true counts however few are listed, and where each opens."""

from dataclasses import replace

from layouts.components.painted import painted
from layouts.field_reports import device_card, devices_section
from ops_centre.picture.field_views import DeviceLine
from tests.support.clock import START

HOSTILE = "<img src=x onerror=alert(1)>"
LINE = DeviceLine(
    7, "ANDROID-7", "HERON 4", None, None, "a-f-G", "CUS", None, -36.5, 174.5, START, START, START, False, None, None,
    "CUS", "GREEN",
)  # fmt: skip
KNOWN = replace(
    LINE, id=8, uid="ANDROID-8", callsign=HOSTILE, identified=True, unit=(3, "HAWK 2"), mapped_by="callsign"
)


def test_the_list_counts_all_devices_and_says_how_many_it_leaves_out() -> None:
    few = str(painted(devices_section([LINE, KNOWN], [], START, counts=(1, 1), decides=True, opens_cards=True)))
    assert "Unidentified devices: 1" in few
    assert "device:7" in few
    assert "device:8" in few
    assert "are listed" not in few
    many = str(
        painted(devices_section([LINE, KNOWN], [], START, counts=(416, 1_900), decides=False, opens_cards=False))
    )
    assert "Unidentified devices: 416" in many
    assert "The first 2 are listed. The other 2,314 are found by the search" in many
    assert "device:7" not in many


def test_a_card_says_of_an_unidentified_device_that_it_has_no_trail() -> None:
    only_last = "only its last position is kept"
    assert only_last in str(painted(device_card(LINE, [], START, decides=True)))
    known = str(painted(device_card(KNOWN, [], START, decides=False)))
    assert only_last not in known
    assert "unit:3" in known
