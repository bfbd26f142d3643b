"""Airports, airlines and city pairs of the exercise. Tables only; flight numbers and registrations are invented."""

from dataclasses import dataclass

# IATA code -> ICAO code, latitude, longitude
AIRPORTS: dict[str, tuple[str, float, float]] = {
    "AKL": ("NZAA", -37.0081, 174.7917),
    "WLG": ("NZWN", -41.3272, 174.8053),
    "CHC": ("NZCH", -43.4894, 172.5322),
    "ZQN": ("NZQN", -45.0211, 168.7392),
    "DUD": ("NZDN", -45.9281, 170.1983),
    "NSN": ("NZNS", -41.2983, 173.2211),
    "NPE": ("NZNR", -39.4658, 176.8700),
    "TRG": ("NZTG", -37.6719, 176.1961),
    "NPL": ("NZNP", -39.0086, 174.1792),
    "PMR": ("NZPM", -40.3206, 175.6169),
    "GIS": ("NZGS", -38.6633, 177.9783),
    "BHE": ("NZWB", -41.5183, 173.8703),
    "IVC": ("NZNV", -46.4124, 168.3130),
    "KKE": ("NZKK", -35.2628, 173.9119),
    "HLZ": ("NZHN", -37.8667, 175.3320),
    "ROT": ("NZRO", -38.1092, 176.3172),
    "HKK": ("NZHK", -42.7136, 170.9853),
    "CHT": ("NZCI", -43.8100, -176.4572),
    "SYD": ("YSSY", -33.9461, 151.1772),
    "MEL": ("YMML", -37.6733, 144.8433),
    "BNE": ("YBBN", -27.3842, 153.1175),
    "OOL": ("YBCG", -28.1644, 153.5047),
    "ADL": ("YPAD", -34.9450, 138.5306),
    "PER": ("YPPH", -31.9403, 115.9670),
    "NAN": ("NFFN", -17.7554, 177.4434),
    "TBU": ("NFTF", -21.2412, -175.1496),
    "APW": ("NSFA", -13.8300, -172.0083),
    "RAR": ("NCRG", -21.2027, -159.8056),
    "PPT": ("NTAA", -17.5567, -149.6114),
    "NOU": ("NWWW", -22.0146, 166.2130),
    "LAX": ("KLAX", 33.9425, -118.4081),
    "SFO": ("KSFO", 37.6190, -122.3750),
    "HNL": ("PHNL", 21.3187, -157.9225),
    "YVR": ("CYVR", 49.1939, -123.1844),
    "SCL": ("SCEL", -33.3930, -70.7858),
    "SIN": ("WSSS", 1.3502, 103.9944),
    "HKG": ("VHHH", 22.3089, 113.9146),
    "NRT": ("RJAA", 35.7647, 140.3864),
    "PVG": ("ZSPD", 31.1434, 121.8052),
    "CAN": ("ZGGG", 23.3924, 113.2988),
    "DXB": ("OMDB", 25.2528, 55.3644),
    "DOH": ("OTHH", 25.2731, 51.6081),
    "TPE": ("RCTP", 25.0777, 121.2328),
    "DPS": ("WADD", -8.7482, 115.1672),
}
CITIES: dict[str, str] = {
    "AKL": "Auckland",
    "WLG": "Wellington",
    "CHC": "Christchurch",
    "ZQN": "Queenstown",
    "DUD": "Dunedin",
    "NSN": "Nelson",
    "NPE": "Napier",
    "TRG": "Tauranga",
    "NPL": "New Plymouth",
    "PMR": "Palmerston North",
    "GIS": "Gisborne",
    "BHE": "Blenheim",
    "IVC": "Invercargill",
    "KKE": "Kerikeri",
    "HLZ": "Hamilton",
    "ROT": "Rotorua",
    "HKK": "Hokitika",
    "CHT": "Chatham Islands",
}
HOME = frozenset(CITIES)  # airports inside the border


@dataclass(frozen=True, slots=True)
class Airline:
    """An operator: ICAO and IATA designators, how registrations begin, where 24-bit addresses lie (ICAO annex 10)."""

    icao: str
    iata: str
    registration: str
    block: int


AIRLINES: dict[str, Airline] = {
    airline.iata: airline
    for airline in (
        Airline("ANZ", "NZ", "ZK-X", 0xC81000),
        Airline("QFA", "QF", "VH-X", 0x7C8000),
        Airline("JST", "JQ", "VH-Y", 0x7C8000),
        Airline("VOZ", "VA", "VH-Z", 0x7C8000),
        Airline("FJI", "FJ", "DQ-F", 0xC88000),
        Airline("SIA", "SQ", "9V-S", 0x76E000),
        Airline("UAE", "EK", "A6-E", 0x896800),
        Airline("CPA", "CX", "B-L", 0x789400),
        Airline("QTR", "QR", "A7-B", 0x06A400),
        Airline("UAL", "UA", "N2", 0xA3F000),
        Airline("LAN", "LA", "CC-B", 0xE80600),
        Airline("THT", "TN", "F-O", 0x39A000),
        Airline("ACI", "SB", "F-O", 0x39A000),
        Airline("CES", "MU", "B-2", 0x781000),
        Airline("CSN", "CZ", "B-1", 0x781000),
        Airline("CAL", "CI", "B-1", 0x899200),
        Airline("HAL", "HA", "N3", 0xA3F000),
        Airline("", "", "ZK-", 0xC81000),
    )
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """How one aircraft spends its rounds: from place to place and back to the first."""

    airline: str
    stops: tuple[str, ...]
    type_code: str  # ICAO type designator
    cruise_kn: float
    cruise_ft: int
    category: str  # emitter category (RTCA DO-260B)
    turn_h: float = 1.2


PATTERNS: tuple[Pattern, ...] = (
    Pattern("NZ", ("SYD", "AKL"), "A21N", 450, 35000, "A3"),
    Pattern("NZ", ("LAX", "AKL"), "B789", 485, 39000, "A5"),
    Pattern("NZ", ("AKL", "WLG", "CHC", "WLG"), "A320", 440, 31000, "A3", 0.6),
    Pattern("QF", ("SYD", "AKL"), "B738", 450, 36000, "A3"),
    Pattern("NZ", ("WLG", "NPE", "AKL", "NPE"), "DH8C", 270, 19000, "A2", 0.5),
    Pattern("SQ", ("SIN", "AKL"), "A359", 485, 39000, "A5"),
    Pattern("", ("AKL",), "C172", 100, 2500, "A1"),
    Pattern("JQ", ("MEL", "AKL"), "A320", 445, 35000, "A3"),
    Pattern("NZ", ("NAN", "AKL"), "A21N", 450, 36000, "A3"),
    Pattern("EK", ("DXB", "AKL"), "A388", 490, 40000, "A5", 1.6),
    Pattern("NZ", ("CHC", "DUD", "CHC", "NSN"), "AT76", 275, 18000, "A2", 0.5),
    Pattern("VA", ("BNE", "ZQN"), "B738", 450, 37000, "A3"),
    Pattern("NZ", ("AKL", "ZQN"), "A320", 440, 34000, "A3", 0.7),
    Pattern("CX", ("HKG", "AKL"), "A35K", 485, 39000, "A5"),
    Pattern("NZ", ("SYD", "CHC"), "A21N", 450, 35000, "A3"),
    Pattern("LA", ("SCL", "AKL"), "B789", 485, 37000, "A5"),
    Pattern("NZ", ("AKL", "TRG", "WLG", "TRG"), "AT76", 275, 18000, "A2", 0.5),
    Pattern("QF", ("MEL", "WLG"), "B738", 450, 36000, "A3"),
    Pattern("FJ", ("NAN", "AKL"), "B38M", 450, 36000, "A3"),
    Pattern("NZ", ("SIN", "AKL"), "B789", 485, 39000, "A5"),
    Pattern("", ("NSN",), "EC30", 120, 1800, "A7"),
    Pattern("NZ", ("BNE", "AKL"), "A21N", 450, 35000, "A3"),
    Pattern("UA", ("SFO", "AKL"), "B789", 485, 39000, "A5"),
    Pattern("NZ", ("AKL", "CHC"), "A21N", 445, 35000, "A3", 0.7),
    Pattern("QR", ("DOH", "AKL"), "A35K", 490, 40000, "A5", 1.6),
    Pattern("NZ", ("RAR", "AKL"), "A21N", 450, 36000, "A3"),
    Pattern("JQ", ("SYD", "ZQN"), "A320", 445, 36000, "A3"),
    Pattern("NZ", ("WLG", "PMR", "AKL", "GIS"), "DH8C", 270, 17000, "A2", 0.5),
    Pattern("MU", ("PVG", "AKL"), "B789", 485, 38000, "A5"),
    Pattern("NZ", ("MEL", "CHC"), "A320", 445, 35000, "A3"),
    Pattern("TN", ("PPT", "AKL"), "B789", 480, 38000, "A5"),
    Pattern("NZ", ("PER", "AKL"), "B789", 480, 38000, "A5"),
    Pattern("QF", ("SYD", "CHC"), "B738", 450, 36000, "A3"),
    Pattern("NZ", ("HNL", "AKL"), "B789", 480, 38000, "A5"),
    Pattern("SB", ("NOU", "AKL"), "A20N", 445, 35000, "A3"),
    Pattern("", ("CHC",), "DA42", 140, 4500, "A1"),
    Pattern("CI", ("TPE", "AKL"), "A359", 485, 38000, "A5"),
    Pattern("NZ", ("TBU", "AKL"), "A320", 445, 35000, "A3"),
    Pattern("CZ", ("CAN", "AKL"), "B789", 485, 38000, "A5"),
    Pattern("NZ", ("WLG", "CHT"), "AT76", 275, 19000, "A2", 1.5),
)
