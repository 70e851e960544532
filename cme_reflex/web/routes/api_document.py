"""OpenAPI document of the HTTP API, generated from its request and response types."""

from collections import defaultdict
from functools import cache
from typing import Any

from pydantic import BaseModel

from cme_reflex import __version__, routes
from cme_reflex.domain.claims.receipt_number import MAX_LENGTH
from cme_reflex.formats.reports.claims_feed import schemas
from cme_reflex.web.routes import problems
from cme_reflex.web.routes.problems import Problem

_REFERENCE = "#/components/schemas/{model}"
_SCHEME = "token"

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "The error and its remedy (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "URI of the kind of problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "The error in this request."},
    },
    "required": ["type", "title", "status", "detail"],
}
_COMMON_PROBLEMS = (
    problems.NO_TOKEN,
    problems.REVOKED,
    problems.EXPIRED,
    problems.SCOPE,
    problems.TOO_MANY,
    problems.UNAVAILABLE,
)


@cache
def document(query: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI document. `query` has the query parameters of a page of claims."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Submitted claims",
            "version": __version__,
            "description": "Read-only. Each submission of a claim is a version with a "
            "receipt number of its own. Credit is in units of its type, such as hours. Some fields "
            "are present only if the token has their scope.",
        },
        "paths": {
            routes.API_CLAIMS: {
                "get": {
                    "operationId": "readClaims",
                    "summary": "Submitted versions, in commit order",
                    "parameters": list(_parameters(query)),
                    "responses": _responses(
                        "FeedPage",
                        problems.BAD_PARAMETER,
                        problems.NO_SUCH_MEETING,
                        problems.CURSOR_GONE,
                    ),
                }
            },
            routes.API_CLAIM: {
                "get": {
                    "operationId": "readClaim",
                    "summary": "One submitted version",
                    "parameters": [
                        {
                            "name": "receipt_number",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
                        }
                    ],
                    "responses": _responses("FeedClaim", problems.NO_SUCH_CLAIM),
                }
            },
        },
        "components": {
            "schemas": {**schemas(_REFERENCE), "Problem": _PROBLEM},
            "securitySchemes": {_SCHEME: {"type": "http", "scheme": "bearer"}},
        },
        "security": [{_SCHEME: []}],
    }


def _parameters(query: type[BaseModel]) -> Any:
    for name, schema in query.model_json_schema()["properties"].items():
        # `required` says that a parameter is optional; a query string cannot spell null.
        value_schema = next(one for one in schema.get("anyOf", [schema]) if one != {"type": "null"})
        parameter_schema = {
            key: value
            for key, value in {**schema, **value_schema}.items()
            if key not in ("anyOf", "title", "description")
            and not (key == "default" and value is None)
        }
        yield {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema["description"],
            "schema": parameter_schema,
        }


def _responses(model: str, *more: Problem) -> dict[str, Any]:
    by_status: dict[int, list[Problem]] = defaultdict(list)
    for problem in (*more, *_COMMON_PROBLEMS):
        by_status[int(problem.status)].append(problem)
    responses = {"200": _response("Success", "application/json", model)}
    for status, of_status in by_status.items():
        description = "; ".join(f"{problem.title} (`{problem.type}`)" for problem in of_status)
        responses[str(status)] = _response(description, problems.MEDIA_TYPE, "Problem")
    return responses


def _response(description: str, media_type: str, model: str) -> dict[str, Any]:
    schema = {"$ref": _REFERENCE.format(model=model)}
    return {"description": description, "content": {media_type: {"schema": schema}}}
