"""What the pages show: small frozen values of ready words.

They travel to the browser whole, so they hold what is seen and nothing else.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FilterOption:
    """One of the values that a filter or a select offers."""

    value: str
    label: str


@dataclass(frozen=True)
class SessionRow:
    """A session in the list. `day` is the heading above it, where it begins a day."""

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
    """The claim in a few words, for the bar that is always in sight. Hours as text."""

    sessions: str = ""
    hours: str = "0.00"
    maximum: str = "0.00"
    percent: int = 0
    safety: str = "0.00"
    conflicts: int = 0


@dataclass(frozen=True)
class LineView:
    """A session on the claim, with what can be changed about it. Hours as text."""

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
class SessionLink:
    """A session that is spoken of, with the address of its line on the claim."""

    title: str
    href: str


@dataclass(frozen=True)
class ConflictView:
    """A cluster of sessions that nobody can have attended at once."""

    windows: list[str]
    sessions: list[SessionLink]
    advice: str
    blocking: bool


@dataclass(frozen=True)
class QuestionView:
    """A question with its answer. `points` of a scale, `options` of the choices."""

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
    """What keeps the claim from being submitted, with the address of where to mend it."""

    text: str
    href: str


@dataclass(frozen=True)
class ReceiptLine:
    """A session that was claimed, or is about to be."""

    title: str
    when: str
    hours: str


@dataclass(frozen=True)
class ReceiptView:
    """The proof of a submitted claim, ready to read. `certificate` is the address of its PDF."""

    number: str = ""
    version: int = 0
    submitted: str = ""
    name: str = ""
    hours: str = ""
    safety: str = ""
    certificate: str = ""
    lines: list[ReceiptLine] = field(default_factory=list)


@dataclass(frozen=True)
class RegistrationView:
    """One of several registrations of one person; `value` is what the form sends."""

    value: str
    kind: str
    numbers: str


@dataclass(frozen=True)
class VersionView:
    """A submitted version of a claim in the account. `certificate` is the address of its PDF."""

    number: str = ""
    submitted: str = ""
    hours: str = ""
    safety: str = ""
    certificate: str = ""


@dataclass(frozen=True)
class EntryView:
    """A registration in the account with its claim, ready to read.

    `tone` is that of the reporting: `done`, `warning` or `quiet`. `report` is what the link to
    it says, and `act` what that to the claim does; both are empty for another meeting's.
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
class AccountView:
    """All that a person has claimed. Hours as text; `member` is empty without a member record."""

    name: str = ""
    member: str = ""
    hours: str = "0.00"
    safety: str = "0.00"
    claims: str = ""
    open: list[EntryView] = field(default_factory=list)
    years: list[YearView] = field(default_factory=list)
