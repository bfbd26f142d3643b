"""The published formats of what sources send: versioned record models, and their JSON Schemas.

A higher minor version only adds; a reader of 1.0 reads every 1.x and passes over what it does not know. A change
that an existing reader would misread is a new major version, and a new file beside these.
"""

from typing import Any

from pydantic import BaseModel

from ops_centre.feeds.schemas.deployments import DeploymentsEnvelope
from ops_centre.feeds.schemas.targeting import TargetingEnvelope

ENVELOPES: dict[str, type[BaseModel]] = {"targeting": TargetingEnvelope, "deployments": DeploymentsEnvelope}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the format ``name``. Raises KeyError when there is none of that name."""
    schema = ENVELOPES[name].model_json_schema(by_alias=True)
    return {"$schema": DIALECT, "$id": f"urn:ops-centre:{name}:1.0", **schema}
