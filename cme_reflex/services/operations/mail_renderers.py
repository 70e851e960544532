"""Mail renderers by kind of message, for the worker of the server and of `cme mail send`."""

from cme_reflex.domain.mail.delivery import MailKind
from cme_reflex.services.certificates import certificate
from cme_reflex.services.claims import confirmation, reminders, withdrawal
from cme_reflex.services.mail.rendering import MailRenderers
from cme_reflex.services.sign_in import email_link, invitations

MAIL_RENDERERS: MailRenderers = {
    MailKind.CONFIRMATION: confirmation.confirmation_renderer(certificate.attachments),
    MailKind.REMINDER: reminders.render_reminder,
    MailKind.SIGN_IN_LINK: email_link.render_sign_in_link,
    MailKind.INVITATION: invitations.render_invitation,
    MailKind.ADDRESS_CHANGED: email_link.render_address_changed,
    MailKind.WITHDRAWAL: withdrawal.render_withdrawal,
}
