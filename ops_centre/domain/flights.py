"""Flight numbers, callsigns and registrations as different systems write them, so that they can be compared.

A schedule says NZ289, a transponder ANZ289, a passenger list NZ 0289. The rule (docs/feeds.md, "How a target finds
its track"): spaces, hyphens and case do not matter, nor do zeros before the number; an airline's two-character
designator (IATA) and its three-letter one (ICAO Doc 8585) are the same airline where both stand in `AIRLINES`.
Callsigns that carry other figures than the flight number (UAE4KQ for EK448) cannot be derived; sources give them
beside it.
"""

import re

# IATA designator -> ICAO designator, airlines that serve New Zealand, Australia and the South Pacific
AIRLINES = {
    "AA": "AAL", "AC": "ACA", "AI": "AIC", "BA": "BAW", "BI": "RBA", "BR": "EVA", "CA": "CCA", "CI": "CAL", "CX": "CPA",
    "CZ": "CSN", "D7": "XAX", "DL": "DAL", "DJ": "VOZ", "EK": "UAE", "EY": "ETD", "FJ": "FJI", "FX": "FDX", "GA": "GIA",
    "HA": "HAL", "HU": "CHH", "HX": "CRK", "IE": "SOL", "JL": "JAL", "JQ": "JST", "KE": "KAL", "KL": "KLM", "LA": "LAN",
    "LH": "DLH", "MF": "CXA", "MH": "MAS", "MU": "CES", "NF": "AVN", "NH": "ANA", "NZ": "ANZ", "ON": "RON", "OZ": "AAR",
    "PR": "PAL", "PX": "ANG", "QF": "QFA", "QR": "QTR", "SB": "ACI", "SQ": "SIA", "SV": "SVA", "TG": "THA", "TK": "THY",
    "TN": "THT", "TR": "TGW", "UA": "UAL", "UL": "ALK", "VA": "VOZ", "VN": "HVN", "3K": "JSA", "3U": "CSC", "5X": "UPS",
}  # fmt: skip
_FLIGHT = re.compile(r"([A-Z]{3}|[A-Z][A-Z0-9]|[0-9][A-Z])0*([0-9]{1,4}[A-Z]?)")
_NOISE = re.compile(r"[^A-Z0-9]")


def plain(code: str) -> str:
    """The code in capitals without anything but letters and digits."""
    return _NOISE.sub("", code.upper())


def flight_key(flight: str) -> str:
    """One spelling for all of a flight: ICAO designator where known, no leading zeros ("NZ 0289" -> "ANZ289")."""
    code = plain(flight)
    match = _FLIGHT.fullmatch(code)
    if match is None:
        return code
    airline, number = match[1], match[2]
    return AIRLINES.get(airline, airline) + number
