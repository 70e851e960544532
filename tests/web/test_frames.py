"""The frames of the socket say what Reflex's own would say."""

from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin

import pytest
from reflex_base.utils.format import json_dumps

from cme_reflex.state import views
from cme_reflex.web.frames import written

VIEWS = [
    view
    for view in vars(views).values()
    if isinstance(view, type) and is_dataclass(view) and view.__module__ == views.__name__
]
TITLE = 'Möbius “Syndrome” & <Beyond>: 皮弁 \\ "quoted"\n\u2028 😀'


def example(kind: Any) -> Any:
    """A value of this type, with one of each part."""
    if get_origin(kind) in {list, tuple}:
        return [example(get_args(kind)[0])]
    if isinstance(kind, UnionType):
        return example(get_args(kind)[0])
    if is_dataclass(kind):
        return kind(**{field.name: example(field.type) for field in fields(kind)})
    return {str: TITLE, int: 7, bool: True}.get(kind, TITLE)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_a_view_is_written_as_reflex_writes_it(view: type) -> None:
    frame = ["event", {"delta": {"page": {"shown": [example(view)], 3: None}}, "final": True}]
    assert written(frame, separators=(",", ":")) == json_dumps(frame, separators=(",", ":"))


def test_what_json_has_no_word_for_is_written_by_the_serializers_of_reflex() -> None:
    frame = ["event", {"kinds": {"panel"}, "of": int}]
    assert written(frame) == json_dumps(frame, separators=(",", ":"))
