"""A small meeting folder for tests: valid as it is, to be changed file by file."""

from dataclasses import dataclass, field
from pathlib import Path

# The password is "password"; the parameters are the cheapest, or the tests would wait for it.
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$QLtm4XOGDJ9bF3tTthMuN0+J8bcuQpIWcGkIs+8cWSs"
)

MEETING = """
code = "test24"
name = "The Test Meeting 2024"
short_name = "TEST24"
starts_on = 2024-09-26
ends_on = 2024-09-29
additional_days = [2024-09-19]
time_zone = "America/Los_Angeles"
location = "San Diego, California"
format = "live activity"
overlap_policy = "resolve"

[provider]
name = "The Society"
short_name = "TS"
account_name = "TheSociety.org"
help_contact = "Education"
help_email = "help@example.org"

[look]
accent = "#005587"
accent_dark = "#7cc4ee"

[claim]
opens_at = 2024-09-26T08:00:00-07:00
closes_at = 2030-12-31T23:59:00-08:00
on_demand_from = 2024-10-15T09:00:00
note = "These are the maximum."
attestation = "I attest."

[[professions]]
code = "physician"
label = "Physician (MD or DO)"
degrees = ["MD", "DO"]

[[professions]]
code = "other"
label = "Other profession"

[[credit]]
code = "category1"
label = "Category 1"
name = { one = "AMA PRA Category 1 Credit", many = "AMA PRA Category 1 Credits" }
maximum = 60.75
registration_maxima = { day = 8 }
awarded_to = ["physician"]
participation_for = ["other"]
reported_to = "pars"
accreditation_statement = "The Society is accredited."
designation_statement = "The Society designates."

[[credit]]
code = "safety"
label = "Patient Safety"
name = { one = "Patient Safety", many = "Patient Safety" }
part_of = "category1"
maximum = 17.5
reported_to = "pars"

[[registration_types]]
code = "full"
label = "Full meeting"

[[registration_types]]
code = "day"
label = "One day"

[[session_evaluation]]
key = "useful"
kind = "yes_no"
text = "Was it useful?"

[[overall_evaluation]]
key = "bias"
kind = "scale"
text = "Was it free of commercial bias?"
required = true
points = 5

[[overall_evaluation]]
key = "change"
kind = "one_of"
text = "Will you change your practice?"
options = ["Yes", "No"]
tags = ["Learner Performance"]

[reporting]
name = "PARS"
consent_version = "2024-1"
text = "What it is."
consent = "I agree."
boards = ["ABS", "ABOHNS"]

[privacy]
text = "What we keep."
"""

OLD_STATEMENTS = """\
help_email = "help@example.org"
accreditation_statement = "The Society is accredited."
designation_statement = "The Society designates."
"""

OLD_CREDIT = """\
# The maximum credit.
[credit.category1]
label = "Category 1"
name = "AMA PRA Category 1 Credits"
maximum_hours = 60.75  # from the letter of designation

# Part of Category 1.
[credit.safety]
label = "Patient Safety"
name = "Patient Safety"
maximum_hours = 17.5

# Registration types.
[[registration_types]]
code = "full"
label = "Full meeting"

[[registration_types]]
code = "day"
label = "One day"
maximum_hours = 8

"""

SESSIONS = """\
code,title,kind,track,room,start,end,speakers,delivery,credit:category1,credit:safety,\
eligible,faculty_badges,on_demand_from
S1,"Facelift, Deep Plane",panel,Aesthetic,Hall A,2024-09-26T08:00,2024-09-26T09:30,\
Dr. One; Dr. Two,both,1.50,0.5,yes,B-2,
S2,Flaps,course,Reconstructive,Hall B,2024-09-26T10:00,2024-09-26T11:20,,live,,,yes,,
S3,Hand Anatomy,course,Hand,Online,2024-09-19T00:00,2024-09-19T01:00,,on demand,1,,yes,,
S4,Coffee,break,,Foyer,2024-09-26T09:30,2024-09-26T10:00,,live,,,no,,
"""

ATTENDEES = """\
last_name,first_name,suffix,badge,confirmation,email,profession,registration_type,member
O'Brien-Núñez,Ana,Jr.,b1,c 1,ana@example.org,physician,full,Ana
李,Wei,,B2,C2,,other,day,
"""

MEMBERS = f"""\
username,last_name,first_name,suffix,email,password_hash
ANA,O'Brien-Núñez,Ana,Jr.,ana@example.org,"{PASSWORD_HASH}"
"""


@dataclass
class FolderFiles:
    """The files of a folder, as text."""

    folder: Path
    texts: dict[str, str] = field(
        default_factory=lambda: {
            "meeting.toml": MEETING,
            "sessions.csv": SESSIONS,
            "attendees.csv": ATTENDEES,
            "members.csv": MEMBERS,
        }
    )

    def write(self) -> Path:
        """Write all files; the folder's path."""
        self.folder.mkdir(exist_ok=True)
        for name, text in self.texts.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        return self.folder

    def replace(self, name: str, old: str, new: str) -> "FolderFiles":
        """The same with the first `old` in a file replaced, which must be there."""
        assert old in self.texts[name], f"{old!r} is not in {name}"
        self.texts[name] = self.texts[name].replace(old, new, 1)
        return self

    def add(self, name: str, *rows: str) -> "FolderFiles":
        """The same with more rows in a file."""
        self.texts[name] += "".join(f"{row}\n" for row in rows)
        return self


def with_old_keys(files: FolderFiles) -> FolderFiles:
    """The same meeting with the keys and columns that there were before [[credit]]."""
    start = files.texts["meeting.toml"].index("[[professions]]")
    end = files.texts["meeting.toml"].index("[[session_evaluation]]")
    text = files.texts["meeting.toml"]
    files.texts["meeting.toml"] = text[:start] + OLD_CREDIT + text[end:]
    files.replace("meeting.toml", 'help_email = "help@example.org"\n', OLD_STATEMENTS)
    columns = "category1_hours,patient_safety_hours"
    return files.replace("sessions.csv", "credit:category1,credit:safety", columns)
