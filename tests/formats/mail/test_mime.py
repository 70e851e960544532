"""A letter becomes a message: text and HTML, names of every alphabet, and nothing smuggled in."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from cme_reflex.domain.mail.delivery import InvalidAddress
from cme_reflex.domain.mail.message import (
    ActionButton,
    Attachment,
    DefinitionList,
    MailContent,
    Paragraph,
)
from cme_reflex.formats.mail.eml_folder import EmlFolderTransport
from cme_reflex.formats.mail.mime import Mailbox, MailHeaders, build_message, render

LETTER = MailContent(
    subject="Your credit",
    preview="8.50 hours",
    heading="Your claim is <submitted>",
    greeting="Dear Kim <script>alert(1)</script>,",
    blocks=(
        Paragraph("Thank you & good-bye. " * 8),
        DefinitionList((("Hours", "8.50"), ("Name", 'O"Brien & Sons'))),
        ActionButton(label="See it", url="https://cme.example.org/link#" + "x" * 80),
    ),
    footer=("Questions? Help, help@example.org", "Claims close on Dec 31, 2030, 3:00 pm PT."),
    meeting="TEST24",
    accent="#0b5563",
)


def made(name: str = "Kim", address: str = "kim@example.org", **more: object) -> EmailMessage:
    envelope = MailHeaders(
        sender=Mailbox("SOT CME", "cme@example.org"),
        recipient=Mailbox(name, address),
        reply_to=Mailbox("Member Services", "help@example.org"),
        message_id="<confirmation.1.abc@example.org>",
        at=datetime(2024, 11, 1, 12, tzinfo=UTC),
    )
    return build_message(LETTER, envelope, **more)  # type: ignore[arg-type]


def read(sent: EmailMessage) -> EmailMessage:
    received = email.message_from_bytes(sent.as_bytes(), policy=email.policy.default)
    assert isinstance(received, EmailMessage)
    return received


def test_the_message_has_these_headers_and_both_forms() -> None:
    received = read(made())
    assert {name: str(value) for name, value in received.items()} == {
        "From": "SOT CME <cme@example.org>",
        "To": "Kim <kim@example.org>",
        "Reply-To": "Member Services <help@example.org>",
        "Subject": "Your credit",
        "Date": "Fri, 01 Nov 2024 12:00:00 +0000",
        "Message-ID": "<confirmation.1.abc@example.org>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
        "Content-Type": received["Content-Type"],
    }
    assert received.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in received.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    body = received.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == render(LETTER).text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Kathleen O'Brien-Núñez Jr", "Kathleen O'Brien-Núñez Jr"),
        ("Łukasz Żółć, MD; FACS", "Łukasz Żółć MD FACS"),
        ('Robert "Bob" <Smith>', "Robert Bob Smith"),
        ("evil@example.org, Kim", "evil example org Kim"),
        ("李偉", "李偉"),
        ("محمد علي", "محمد علي"),
        ("Дмитрий Рождественский", "Дмитрий Рождественский"),
        ("", ""),
    ],
)
def test_names_of_every_alphabet_arrive(name: str, shown: str) -> None:
    (recipient,) = read(made(name, "x" * 60 + "@example.org"))["To"].addresses
    assert (recipient.display_name, recipient.addr_spec) == (shown, "x" * 60 + "@example.org")


@pytest.mark.parametrize(
    "name", ["Дмитрий Константинович Рождественский", "evil@example.org, " + "Kim " * 40]
)
def test_a_name_that_a_header_would_fold_is_left_to_the_letter(name: str) -> None:
    assert str(read(made(name))["To"]) == "kim@example.org"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x00", "\x0b"])
def test_no_name_becomes_a_header_of_its_own(end: str) -> None:
    received = read(made(f"Kim{end}Bcc: evil@example.org{end}{end}body"))
    assert "Bcc" not in received
    assert len(received.keys()) == len(read(made()).keys())
    (recipient,) = received["To"].addresses
    assert recipient.addr_spec == "kim@example.org"


@pytest.mark.parametrize(
    "address",
    ["kim@example.org\r\nBcc: evil@example.org", "kim@example.org, evil@example.org", "kim@-.-"],
)
def test_no_address_becomes_two(address: str) -> None:
    with pytest.raises(InvalidAddress):
        made(address=address)


def test_an_attachment_goes_along_with_both_forms() -> None:
    pdf = Attachment(
        name="CME certificate\r\nX: y.pdf",
        media_type="application/pdf",
        content=b"%PDF-1.7 \xff",
    )
    received = read(made(attachments=[pdf]))
    assert received.get_content_type() == "multipart/mixed"
    (attached,) = received.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == "CME certificate X: y.pdf"
    assert attached.get_content() == b"%PDF-1.7 \xff"
    assert received.get_body(("html",)) is not None


def test_the_text_wraps_its_lines_and_leaves_addresses_whole() -> None:
    lines = render(LETTER).text.splitlines()
    assert LETTER.blocks[2].url in lines  # type: ignore[union-attr]
    assert max(len(line) for line in lines if "https:" not in line) <= 74
    assert lines[-2:] == list(LETTER.footer)


def test_nothing_in_the_html_is_markup_that_was_not_meant() -> None:
    document = render(LETTER).html
    assert "<script" not in document
    assert "Dear Kim &lt;script&gt;alert(1)&lt;/script&gt;," in document
    assert "Your claim is &lt;submitted&gt;" in document
    assert "O&#34;Brien &amp; Sons" in document
    for line in LETTER.footer:
        assert line in document
    for remote in ("<img", "<link", "url(", "src="):
        assert remote not in document


async def test_a_folder_gets_one_whole_private_file_however_often_it_is_sent(
    tmp_path: Path,
) -> None:
    folder = EmlFolderTransport(tmp_path / "new" / "mail")
    await folder.send(made())
    await folder.send(made("Łukasz", "łukasz@例子.测试"))
    (file,) = folder.folder.iterdir()
    assert file.name == "confirmation.1.abc.eml"
    assert (file.stat().st_mode & 0o777, folder.folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"\r\nTo: \xc5\x81ukasz <\xc5\x82ukasz@xn--fsqu00a.xn--0zwm56d>\r\n" in file.read_bytes()
