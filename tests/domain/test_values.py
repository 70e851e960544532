"""What holds for the domain's values as such: how they are made, and the words that others keep."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from cme_reflex import domain
from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import Need, Partial, Receiver, Rounding
from cme_reflex.domain.evaluations.form import QuestionKind
from cme_reflex.domain.meetings.meeting import ProfessionBy
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.domain.programme.session_filter import ClaimFilter, SortOrder


def values() -> Iterator[Any]:
    """The dataclasses of the domain, each where it is defined."""
    for module in walk_packages(domain.__path__, f"{domain.__name__}."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.name:
                yield value


def test_a_value_is_never_changed() -> None:
    assert [value.__name__ for value in values() if not value.__dataclass_params__.frozen] == []


def test_only_these_have_a_dict_for_cached_properties() -> None:
    roomy = [value.__name__ for value in values() if "__slots__" not in vars(value)]
    assert roomy == ["CreditType", "CreditTypes", "Meeting", "Programme"]


def test_where_two_texts_could_be_mixed_up_a_value_is_made_by_the_names_of_its_fields() -> None:
    for value in values():
        texts = [each for each in fields(value) if each.type is str]
        assert len(texts) < 2 or all(each.kw_only for each in fields(value)), value


def test_the_words_in_files_databases_and_addresses_stay_as_they_are() -> None:
    enumerations = (
        OverlapPolicy,
        Rounding,
        Partial,
        Need,
        Receiver,
        ProfessionBy,
        QuestionKind,
        Delivery,
        ClaimStatus,
        SortOrder,
        ClaimFilter,
    )
    assert [[*map(str, words)] for words in enumerations] == [
        ["resolve", "cap", "allow"],
        ["nearest", "down"],
        ["yes", "whole session"],
        ["none", "session evaluation", "overall evaluation", "attendance record"],
        ["none", "pars", "ce_broker", "cpe_monitor"],
        ["attendee", "registration"],
        ["yes_no", "scale", "one_of", "some_of", "text"],
        ["live", "on demand", "both"],
        ["draft", "submitted", "reopened", "withdrawn"],
        ["date", "title", "hours"],
        ["all", "added", "fits"],
    ]
