"""Warnings of what is conspicuous in a whole programme: lengths, and sessions that are twice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from cme_reflex.domain.credit.line import full_minutes
from cme_reflex.domain.folding import fold
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.records import SessionRecord

MIN_OF_A_KIND = 3  # sessions, from which the usual length of a kind is taken
TIMES_USUAL = 3
LONG_MINUTES = 120  # whatever is shorter is not conspicuous
ANY_KIND_MINUTES = 12 * 60  # longer than any day of a meeting


def programme_warnings(sessions: Sequence[SessionRecord]) -> Iterator[InputProblem]:
    """Warnings of live sessions with credit: a typing error in a time gives too much of it."""
    live = [each for each in sessions if each.eligible and each.delivery is not Delivery.ON_DEMAND]
    yield from _long(live)
    yield from _twice(live)


def _long(sessions: Iterable[SessionRecord]) -> Iterator[InputProblem]:
    kinds: dict[str, list[SessionRecord]] = defaultdict(list)
    for session in sessions:
        kinds[fold(session.kind)].append(session)
    for of_kind in kinds.values():
        lengths = [full_minutes(each.starts_at, each.ends_at) for each in of_kind]
        usual = median(lengths)
        for session, length in zip(of_kind, lengths, strict=True):
            is_long = len(of_kind) >= MIN_OF_A_KIND and length >= TIMES_USUAL * usual
            if length > ANY_KIND_MINUTES or (length > LONG_MINUTES and is_long):
                what = f"{session.code} lasts {length} minutes; of its kind, {usual:g} are usual."
                yield _warning(what, "Check its start and its end.")


def _twice(sessions: Iterable[SessionRecord]) -> Iterator[InputProblem]:
    titles: dict[str, list[SessionRecord]] = defaultdict(list)
    for session in sorted(sessions, key=lambda each: each.starts_at):
        titles[fold(session.title)].append(session)
    for equal in titles.values():
        for first, second in pairwise(equal):
            if second.starts_at < first.ends_at:
                what = f"{first.code} and {second.code} have the same title at one time."
                yield _warning(what, "Check whether one of them is the other.")


def _warning(what: str, remedy: str) -> InputProblem:
    return InputProblem("sessions.csv", None, None, what, remedy, severity=Severity.WARNING)
