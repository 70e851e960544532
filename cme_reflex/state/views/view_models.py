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
    """A session in the list. `day` is the heading above the first session of a day, or empty.

    `credit` is what it gives of the first primary type, with its unit, and `more` of the others.
    """

    id: int
    title: str
    when: str
    place: str
    credit: str
    more: str
    tag: str
    day: str
    refusal: str


@dataclass(frozen=True)
class TotalsView:
    """The claim's totals, for the action bar: what the sessions support of the first primary type.

    `of` follows the amount: its maximum and its unit. `why` explains the amounts of all types, one
    a line.
    """

    sessions: str = ""
    amount: str = "0.00"
    of: str = ""
    percent: int = 0
    conflicts: int = 0
    why: str = ""


@dataclass(frozen=True)
class CreditView:
    """The credit claimed of what the sessions support, near Submit.

    `claimed` and `supported` are of the first primary type, `others` sentences on the other types.
    `less` says in words that a chosen total is lower; empty if none is. `claim_all` is the label
    of the button that claims all of the type `claim_all_of`.
    """

    claimed: str = "0.00"
    supported: str = "0.00"
    percent: int = 0
    others: list[str] = field(default_factory=list)
    less: str = ""
    claim_all: str = ""
    claim_all_of: str = ""


@dataclass(frozen=True)
class TotalView:
    """The field in which the total of a credit type is chosen; without choices it is closed.

    `none` is the option of no choice. `why` explains what the sessions support. `claim_all` is the
    label of the button that claims all; empty for a subset, or if all is claimed.
    """

    code: str
    label: str
    hint: str
    none: str
    choices: list[str]
    why: str
    closed: bool
    claim_all: str


@dataclass(frozen=True)
class FigureView:
    """An amount with its label."""

    label: str
    amount: str


@dataclass(frozen=True)
class LineCreditView:
    """What a line gives of another type than the first primary one.

    `choices` are the amounts to which a subset can be lowered; a primary type has none.
    """

    code: str
    label: str
    amount: str
    choices: list[str]


@dataclass(frozen=True)
class LineView:
    """A line of the claim with its editable fields.

    `minutes` are chosen among `choices`, whose labels say what they give of the first primary
    type. `credit` says what the line gives of all types. `lowered`, `unmet` and `why` are
    sentences, and may be empty.
    """

    id: int
    title: str
    day: str
    when: str
    minutes: str
    unit: str
    choices: list[FilterOption]
    others: list[LineCreditView]
    credit: str
    on_demand: bool
    on_demand_offered: bool
    evaluation: str
    evaluated: bool
    conflict: bool
    withdrawn: bool
    lowered: str
    unmet: list[str]
    why: str


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
    """A session with its claimed credit, on a receipt or before submission.

    `amount` is that of the first primary type, `more` what it gives of others; it may be empty.
    """

    title: str
    when: str
    amount: str
    more: str
    on_demand: bool


@dataclass(frozen=True)
class CertificateLink:
    """A certificate: the label of its link, and the address of its PDF."""

    label: str
    href: str


@dataclass(frozen=True)
class ReceiptView:
    """A receipt of a submitted claim. `claimed` says what was claimed, and `amounts` only how much.

    `certificate` is the address of the PDF of the first type; `certificates` are all if there are
    several. `less` says in words that less was claimed than attended; empty if not.
    """

    number: str = ""
    version: int = 0
    submitted: str = ""
    name: str = ""
    claimed: str = ""
    amounts: str = ""
    credits: list[FigureView] = field(default_factory=list)
    certificate: str = ""
    certificates: list[CertificateLink] = field(default_factory=list)
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
    """A submitted version of a claim in the account. `claimed` says in words what was claimed.

    `less` says in words that less was claimed than attended; `state` that it is no longer or not
    simply valid. Both may be empty.
    """

    number: str = ""
    submitted: str = ""
    claimed: str = ""
    credits: list[FigureView] = field(default_factory=list)
    certificates: list[CertificateLink] = field(default_factory=list)
    less: str = ""
    state: str = ""


@dataclass(frozen=True)
class EntryView:
    """A registration in the account with its claim.

    `tone` is that of the reporting status: `done`, `warning` or `quiet`. `report` and `act` are
    the labels of the links to reporting and to the claim; both are empty for other meetings.
    `other` is the id of a registration for another meeting, and empty for this one.
    """

    key: str
    meeting: str
    short_name: str
    when: str
    registered: str
    status: str
    act: str
    other: str
    valid: VersionView
    replaced: list[VersionView]
    reporting: str
    reason: str
    tone: str
    report: str


@dataclass(frozen=True)
class SumView:
    """Sums of credit: the amount of the first type, what follows it, and those of the others."""

    amount: str = "0.00"
    of: str = ""
    others: str = ""


@dataclass(frozen=True)
class YearView:
    """A year of the account with what was claimed in it."""

    year: str
    total: SumView
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
    """All claims of a person; `member` is empty without a member record.

    `is_complete` is false after a sign-in that shows one meeting only.
    """

    is_complete: bool = True
    name: str = ""
    member: str = ""
    total: SumView = SumView()
    claims: str = ""
    open: list[EntryView] = field(default_factory=list)
    withdrawn: list[EntryView] = field(default_factory=list)
    years: list[YearView] = field(default_factory=list)
