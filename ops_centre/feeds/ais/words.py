"""What AIS codes mean, in words for the screen (ITU-R M.1371-5, tables 53 and 74)."""

_SHIP_TENS = {
    2: "wing in ground",
    4: "high-speed craft",
    6: "passenger ship",
    7: "cargo ship",
    8: "tanker",
    9: "other ship",
}
_SHIP_TYPES = {
    30: "fishing vessel",
    31: "towing",
    32: "towing, long or wide",
    33: "dredging or underwater work",
    34: "diving",
    35: "military",
    36: "sailing vessel",
    37: "pleasure craft",
    50: "pilot vessel",
    51: "search and rescue vessel",
    52: "tug",
    53: "port tender",
    54: "anti-pollution vessel",
    55: "law enforcement",
    58: "medical transport",
    59: "ship of a neutral state",
}

_AIDS = (
    None,
    "reference point",
    "racon",
    "fixed structure",
    "emergency wreck mark",
    "light",
    "light with sectors",
    "leading light, front",
    "leading light, rear",
    "beacon, north cardinal",
    "beacon, east cardinal",
    "beacon, south cardinal",
    "beacon, west cardinal",
    "beacon, port hand",
    "beacon, starboard hand",
    "beacon, preferred channel port hand",
    "beacon, preferred channel starboard hand",
    "beacon, isolated danger",
    "beacon, safe water",
    "beacon, special mark",
    "north cardinal mark",
    "east cardinal mark",
    "south cardinal mark",
    "west cardinal mark",
    "port hand mark",
    "starboard hand mark",
    "preferred channel port hand",
    "preferred channel starboard hand",
    "isolated danger",
    "safe water",
    "special mark",
    "light vessel or platform",
)


def ship_type_text(code: int | None) -> str | None:
    """What a ship and cargo type says; None where it says nothing."""
    if not code:
        return None
    return _SHIP_TYPES.get(code) or (_SHIP_TENS.get(code // 10) if code < 100 else None)


def aid_type_text(code: int | None) -> str | None:
    """What an aid to navigation is; None where it does not say."""
    return _AIDS[code] if code is not None and 0 <= code < len(_AIDS) else None
