"""Numbers as an officer reads them: degrees and minutes, knots, compass degrees, thousands."""


def position(lat: float | None, lon: float | None) -> str | None:
    """``36°50.55′S 174°46.00′E`` (degrees and decimal minutes, as on a chart)."""
    if lat is None or lon is None:
        return None
    return f"{_angle(lat, 'NS', 2)} {_angle(lon, 'EW', 3)}"


def _angle(value: float, letters: str, width: int) -> str:
    hundredths = round(abs(value) * 6000)
    degrees, rest = divmod(hundredths, 6000)
    return f"{degrees:0{width}d}°{rest / 100:05.2f}′{letters[value < 0]}"


def course(course_deg: float | None) -> str | None:
    """``042°``."""
    return None if course_deg is None else f"{round(course_deg) % 360:03d}°"


def speed(speed_kn: float | None) -> str | None:
    """``12.4 kn``, ``455 kn``."""
    if speed_kn is None:
        return None
    return f"{speed_kn:.0f} kn" if speed_kn >= 100 else f"{speed_kn:.1f} kn"


def count(number: int) -> str:
    """``12,345``."""
    return f"{number:,}"


def counted(number: int, one: str, many: str) -> str:
    """``1 target``, ``3 targets``."""
    return f"{number:,} {one if number == 1 else many}"
