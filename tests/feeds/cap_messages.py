"""CAP messages for tests, written small."""

SENT = "2026-04-01T11:00:00+13:00"
SQUARE = "-36,174 -36,176 -38,176 -38,174 -36,174"


def message(identifier: str = "W1", **change: str) -> bytes:
    """A warning in force at the time of the frozen clock; ``change`` replaces elements, an empty text takes one away."""
    head = {
        "sender": "met@example.org", "sent": SENT, "status": "Actual", "msgType": "Alert", "scope": "Public",
        "references": "",
    }  # fmt: skip
    info = {
        "category": "Met", "event": "Gale", "urgency": "Expected", "severity": "Severe", "certainty": "Likely",
        "expires": "2026-04-02T11:00:00+13:00", "headline": "Gales in the gulf", "instruction": "Stay in port.",
    }  # fmt: skip
    area = {"areaDesc": "Hauraki Gulf", "polygon": SQUARE}
    parts = [
        "".join(f"<{name}>{change.get(name, text)}</{name}>" for name, text in block.items() if change.get(name, text))
        for block in (head, info, area)
    ]
    body = f"<info>{parts[1]}<area>{parts[2]}</area></info>" if change.get("info", "yes") else ""
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>'
        f"{parts[0]}{body}</alert>"
    ).encode()


def reference(identifier: str = "W1") -> str:
    """How a message of `message` is referred to."""
    return f"met@example.org,{identifier},{SENT}"


def index(*links: str) -> bytes:
    """An Atom index."""
    entries = "".join(
        f'<entry><id>{link}</id><title>{link}</title><updated>{SENT}</updated><link href="{link}"/></entry>'
        for link in links
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Index</title>{entries}</feed>'.encode()
