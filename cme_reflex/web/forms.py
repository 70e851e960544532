"""Posted forms: the fields of pages of this site."""

from urllib.parse import parse_qsl

from starlette.requests import Request

MEDIA_TYPE = "application/x-www-form-urlencoded"
FIELD_LIMIT = 20  # fields; the longest form has three

# No field has more than one line. PostgreSQL cannot store the first of them.
_CONTROL_CHARACTERS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form by name, without control characters.

    Empty for anything that no page of this site posts: another media type, or more than
    `FIELD_LIMIT` fields.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        return {}
    try:
        fields = parse_qsl(
            (await request.body()).decode("ascii"),
            keep_blank_values=True,
            max_num_fields=FIELD_LIMIT,
        )
    except ValueError:
        return {}
    return {name: value.translate(_CONTROL_CHARACTERS) for name, value in fields}
