"""A meeting as a JSON document, there and back."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from pydantic import TypeAdapter

from cme_reflex.domain.meetings.meeting import Meeting


@lru_cache
def meeting_adapter() -> TypeAdapter[Meeting]:
    """What checks and writes meetings; made when first needed, because it takes a while."""
    return TypeAdapter(Meeting)


def meeting_document(meeting: Meeting) -> dict[str, Any]:
    """The meeting as JSON values: what the database keeps."""
    return cast(dict[str, Any], meeting_adapter().dump_python(meeting, mode="json"))


def meeting_from_document(document: Mapping[str, Any]) -> Meeting:
    """The meeting that was written as this document. Raises pydantic.ValidationError."""
    return meeting_adapter().validate_python(document)
