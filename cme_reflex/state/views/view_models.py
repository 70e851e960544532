"""View models of the pages: small frozen values of formatted text.

They are sent to the browser in full, so they contain only what the page displays.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FilterOption:
    """An option of a filter or a select."""

    value: str
    label: str


@dataclass(frozen=True)
class SessionRow:
    """A session in the list. `day` is the heading above the first session of a day, or empty."""

    id: int
    title: str
    when: str
    place: str
    hours: str
    safety: str
    tag: str
    day: str
    refusal: str


@dataclass(frozen=True)
class TotalsView:
    """The claim's totals, for the action bar. Hours as text."""

    sessions: str = ""
    hours: str = "0.00"
    maximum: str = "0.00"
    percent: int = 0
    safety: str = "0.00"
    conflicts: int = 0


@dataclass(frozen=True)
class CreditView:
    """The credit claimed of what the sessions support, near Submit. Hours as text.

    `less` says in words that a chosen total is lower; empty if none is. `claim_all` is the label
    of the button that claims all.
    """

    claimed: str = "0.00"
    supported: str = "0.00"
    safety: str = "0.00"
    supported_safety: str = "0.00"
    percent: int = 0
    less: str = ""
    claim_all: str = ""


@dataclass(frozen=True)
class LineView:
    """A line of the claim with its editable fields. Hours as text."""

    id: int
    title: str
    day: str
    when: str
    credit: str
    hours: str
    hours_choices: list[str]
    safety: str
    safety_choices: list[str]
    on_demand: bool
    on_demand_offered: bool
    evaluation: str
    evaluated: bool
    conflict: bool
    withdrawn: bool
    lowered: bool


@dataclass(frozen=True)
class RemovedView:
    """A session that Undo would restore."""

    id: int
    title: str


@dataclass(frozen=True)
class SessionLink:
    """A session's title with a link to its line on the claim."""

    title: str
    href: str


@dataclass(frozen=True)
class ConflictView:
    """A cluster of overlapping sessions whose credit exceeds their time."""

    windows: list[str]
    sessions: list[SessionLink]
    advice: str
    blocking: bool


@dataclass(frozen=True)
class QuestionView:
    """A question with its answer. `points` are those of a scale, `options` those of a choice."""

    key: str
    kind: str
    text: str
    required: bool
    low: str
    high: str
    points: list[int]
    options: list[str]
    answered: bool
    text_answer: str
    point: int
    chosen: list[str]


@dataclass(frozen=True)
class MissingView:
    """A missing requirement of submission, with a link to the field that fulfills it."""

    text: str
    href: str


@dataclass(frozen=True)
class ReceiptLine:
    """A session with its claimed hours, on a receipt or before submission.

    `safety` is the Patient Safety part, empty without any.
    """

    title: str
    when: str
    hours: str
    safety: str
    on_demand: bool


@dataclass(frozen=True)
class ReceiptView:
    """A receipt of a submitted claim. `certificate` is the address of its PDF.

    `less` says in words that less was claimed than attended; empty if not.
    """

    number: str = ""
    version: int = 0
    submitted: str = ""
    name: str = ""
    hours: str = ""
    safety: str = ""
    certificate: str = ""
    lines: list[ReceiptLine] = field(default_factory=list)
    less: str = ""
    withdrawn: bool = False


@dataclass(frozen=True)
class RegistrationView:
    """One of a person's registrations; `value` is the form field's value."""

    value: str
    kind: str
    numbers: str


@dataclass(frozen=True)
class VersionView:
    """A submitted version of a claim in the account. `certificate` is the address of its PDF.

    `less` says in words that less was claimed than attended; `state` that it is no longer or not
    simply valid. Both may be empty.
    """

    number: str = ""
    submitted: str = ""
    hours: str = ""
    safety: str = ""
    certificate: str = ""
    less: str = ""
    state: str = ""


@dataclass(frozen=True)
class EntryView:
    """A registration in the account with its claim.

    `tone` is that of the reporting status: `done`, `warning` or `quiet`. `report` and `act` are
    the labels of the links to reporting and to the claim; both are empty for other meetings.
    """

    key: str
    meeting: str
    short_name: str
    when: str
    registered: str
    status: str
    act: str
    valid: VersionView
    replaced: list[VersionView]
    reporting: str
    reason: str
    tone: str
    report: str


@dataclass(frozen=True)
class YearView:
    """A year of the account with its totals. Hours as text."""

    year: str
    hours: str
    safety: str
    claims: list[EntryView]


@dataclass(frozen=True)
class SignInView:
    """One of the attendee's own sign-ins."""

    reference: str = ""
    browser: str = ""
    how: str = ""
    used: str = ""
    end_label: str = ""
    is_current: bool = False
    may_end: bool = False


@dataclass(frozen=True)
class AccountView:
    """All claims of a person. Hours as text; `member` is empty without a member record.

    `is_complete` is false after a sign-in that shows one meeting only.
    """

    is_complete: bool = True
    name: str = ""
    member: str = ""
    hours: str = "0.00"
    safety: str = "0.00"
    claims: str = ""
    open: list[EntryView] = field(default_factory=list)
    withdrawn: list[EntryView] = field(default_factory=list)
    years: list[YearView] = field(default_factory=list)
