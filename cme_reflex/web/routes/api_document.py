"""The OpenAPI document of the HTTP API, made of the types that are read and written."""

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
    "description": "What is wrong and what to do (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "The kind of problem, for programs."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong with this request."},
    },
    "required": ["type", "title", "status", "detail"],
}
_OF_EVERY_READING = (problems.NO_TOKEN, problems.REVOKED, problems.TOO_MANY)


@cache
def document(query: type[BaseModel]) -> dict[str, Any]:
    """The document. `query` has the query parameters of a page of claims."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Submitted claims",
            "version": __version__,
            "description": "Read-only. A claim that is submitted again is a new version with a "
            "receipt number of its own. Credit is in hours, a multiple of 0.25.",
        },
        "paths": {
            routes.API_CLAIMS: {
                "get": {
                    "operationId": "readClaims",
                    "summary": "Submitted versions, in the order in which they were committed",
                    "parameters": list(_parameters(query)),
                    "responses": _responses(
                        "FeedPage", problems.BAD_PARAMETER, problems.CURSOR_GONE
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
        # That a parameter may be left out is said by the parameter; null has no spelling here.
        of_value = next(one for one in schema.get("anyOf", [schema]) if one != {"type": "null"})
        kept = {
            key: value
            for key, value in {**schema, **of_value}.items()
            if key not in ("anyOf", "title", "description")
            and not (key == "default" and value is None)
        }
        yield {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema["description"],
            "schema": kept,
        }


def _responses(answer: str, *more: Problem) -> dict[str, Any]:
    told = {"200": _response("Done", "application/json", answer)}
    for problem in (*more, *_OF_EVERY_READING):
        described = f"{problem.title} (`{problem.type}`)"
        told[str(int(problem.status))] = _response(described, problems.MEDIA_TYPE, "Problem")
    return told


def _response(description: str, media_type: str, model: str) -> dict[str, Any]:
    schema = {"$ref": _REFERENCE.format(model=model)}
    return {"description": description, "content": {media_type: {"schema": schema}}}
