"""stub"""
from typing import Any


class TargetingSystem:
    def __init__(self, *a: Any) -> None: ...
    def since(self, cursor: str, wall_s: float) -> tuple[list[dict[str, Any]], str]:
        return [], "x"
