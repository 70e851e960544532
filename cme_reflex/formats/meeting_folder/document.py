"""Conversion of meetings to and from JSON documents."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from pydantic import TypeAdapter

from cme_reflex.domain.meetings.meeting import Meeting


@lru_cache
def meeting_adapter() -> TypeAdapter[Meeting]:
    """Pydantic adapter for meetings; created on first use, because that is slow."""
    return TypeAdapter(Meeting)


def meeting_document(meeting: Meeting) -> dict[str, Any]:
    """The meeting as JSON values, as stored in the database."""
    # The fallback is for mapping proxies; sets are sorted, so that equal meetings are equal here.
    dumped = meeting_adapter().dump_python(meeting, mode="json", fallback=dict, warnings="none")
    document = cast(dict[str, Any], dumped)
    for credit_type in document["credit_types"]:
        for key in ("awarded_to", "participation_for"):
            credit_type[key].sort()
    return document


def meeting_from_document(document: Mapping[str, Any]) -> Meeting:
    """The meeting of a JSON document. Raises pydantic.ValidationError."""
    return meeting_adapter().validate_python(document)
