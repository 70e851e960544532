"""Who is told of texts that certificates cannot print, and of registered names that are none."""

from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.checks.printing_check import printing_warnings
from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from tests.support.files.folder_files import FolderFiles

UNPRINTABLE = "Write it with other characters, or certificates show □ in their place."


def test_names_titles_and_statements_of_a_folder_are_warned_of(files: FolderFiles) -> None:
    files.replace("sessions.csv", "Hand Anatomy", "🂡 Anatomy")
    files.replace("sessions.csv", "Coffee", "☕")  # nobody claims it
    files.replace("meeting.toml", "The Society designates.", "The Society designates 𓂀🂡𓂀.")
    files.replace("attendees.csv", "李", "𓂀李")
    assert list(printing_warnings(read_meeting_folder(files.write()))) == [
        _warning(
            "meeting.toml",
            "credit[1].designation_statement",
            "The certificate's fonts lack 𓂀 🂡, in 'The Society designates 𓂀🂡𓂀.'.",
        ),
        _warning(
            "sessions.csv",
            "title",
            "The certificate's fonts lack 🂡, in '🂡 Anatomy' of session S3.",
        ),
        _warning(
            "attendees.csv",
            "last_name",
            "The certificate's fonts lack 𓂀, in '𓂀李' of badge B2.",
        ),
    ]


def test_a_registered_name_that_is_none_is_warned_of(files: FolderFiles) -> None:
    files.replace("attendees.csv", "李", "Lee 3rd @home")
    (warning,) = printing_warnings(read_meeting_folder(files.write()))
    assert warning.fault.startswith("The name has '3' '@': ")
    assert warning.fault.endswith("Lee 3rd @home' of badge B2.")
    assert (warning.column, warning.severity) == ("last_name", Severity.WARNING)


def _warning(file: str, column: str, fault: str) -> InputProblem:
    return InputProblem(file, None, column, fault, UNPRINTABLE, Severity.WARNING)
