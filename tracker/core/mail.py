"""Mail that is written with the change it tells of, and leaves later: nothing is lost when the mail server is down."""

import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.clock import now
from tracker.core.db import Model, WithId, db

LONGEST_WAIT = timedelta(hours=1)


class OutgoingMail(WithId, Model):
    """One message to one address, until it is delivered; then its texts are emptied."""

    __tablename__ = "outgoing_mail"

    to_address: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[datetime]
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]
    attachments: Mapped[dict[str, Any] | None]  # texts by their file names; none: a message without


def write_mail(
    to_address: str, subject: str, text: str, html: str, attachments: dict[str, str] | None = None
) -> OutgoingMail:
    """Add a message to the transaction of the change it tells of, with texts attached by their file names."""
    written_at = now()
    mail = OutgoingMail(
        to_address=to_address, subject=subject, text=text, html=html, written_at=written_at, next_try_at=written_at
    )
    mail.attachments = attachments
    db.session.add(mail)
    return mail


def due_mail(limit: int = 50) -> list[UUID]:
    """The ids of messages that can be tried now. Order: the longest due first."""
    due = sa.select(OutgoingMail.id).where(OutgoingMail.delivered_at.is_(None), OutgoingMail.next_try_at <= now())
    return list(db.session.scalars(due.order_by(OutgoingMail.next_try_at, OutgoingMail.id).limit(limit)))


def deliver(mail: OutgoingMail) -> bool:
    """Try to hand the message over once, and note the outcome on its row.

    At least once: when the tracker dies between delivery and commit, the message is sent again with the same id.
    """
    try:
        _hand_over(mail)
    except (OSError, smtplib.SMTPException) as failure:
        mail.tries += 1
        mail.next_try_at = now() + min(timedelta(seconds=10) * 2**mail.tries, LONGEST_WAIT)
        current_app.logger.warning(
            "Mail %s was not delivered (try %s): %s", mail.id, mail.tries, type(failure).__name__
        )
        return False
    mail.delivered_at, mail.text, mail.html, mail.attachments = now(), "", "", None
    return True


def outbox() -> Path:
    """The folder that stands in for a mail server in demo mode."""
    folder: Path = current_app.config["FOLDER"]
    return folder / "outbox"


def _hand_over(mail: OutgoingMail) -> None:
    message = _message(mail)
    if current_app.config["DEMO"]:
        outbox().mkdir(parents=True, exist_ok=True)
        (outbox() / f"{mail.written_at:%Y%m%dT%H%M%S%f}-{mail.id}.eml").write_bytes(bytes(message))
        return
    config = current_app.config
    with smtplib.SMTP(config["SMTP_HOST"], config["SMTP_PORT"], timeout=20) as server:
        if config["SMTP_STARTTLS"]:
            server.starttls()
        if config["SMTP_USER"]:
            server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
        server.send_message(message)


def _message(mail: OutgoingMail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = f"<{mail.id}@tracker.invalid>"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for name, attached in (mail.attachments or {}).items():
        # As bytes: a receipt that a mail program breaks into other lines would not verify.
        message.add_attachment(attached.encode(), maintype="text", subtype="plain", filename=name)
    return message
