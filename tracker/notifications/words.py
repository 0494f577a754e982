"""What each notice says, on the page and in mail."""

from tracker.notifications.models import NoticeKind

SENTENCES = {
    NoticeKind.CLAIM_WAITING: "{actor} submitted {about} and waits for your sign-off.",
    NoticeKind.CLAIM_WITHDRAWN: "{actor} withdrew {about}: there is nothing for you to do.",
    NoticeKind.CLAIM_SIGNED_OFF: "{actor} signed off {about}.",
    NoticeKind.CLAIM_RETURNED: "{actor} returned {about} with a reason. Read it, mend what it names, and submit again.",
    NoticeKind.CLAIM_REVOKED: "{actor} revoked the sign-off of {about}, with a reason.",
    NoticeKind.RESULT_WAITING: (
        "{actor} recorded all marks of {about}. Check them against the provider's letter and confirm the result."
    ),
    NoticeKind.RESULT_CONFIRMED: "{actor} confirmed the result of {about}.",
    NoticeKind.REVIEW_HELD: "{actor} put {about} on record. Read what was agreed.",
    NoticeKind.ENROLMENT_MOVED: (
        "{actor} moved the training to {about}. Look at the progress page: what was signed off stays on record, "
        "and it says what is to be confirmed and what is new."
    ),
    NoticeKind.ENROLMENT_MOVE_UNDONE: "{actor} undid a move: the training follows {about} again, as before.",
}

SUBJECTS = {
    NoticeKind.CLAIM_WAITING: "Waiting for your sign-off",
    NoticeKind.CLAIM_WITHDRAWN: "Withdrawn",
    NoticeKind.CLAIM_SIGNED_OFF: "Signed off",
    NoticeKind.CLAIM_RETURNED: "Returned with a reason",
    NoticeKind.CLAIM_REVOKED: "Sign-off revoked",
    NoticeKind.RESULT_WAITING: "Module result to confirm",
    NoticeKind.RESULT_CONFIRMED: "Module result confirmed",
    NoticeKind.REVIEW_HELD: "Review on record",
    NoticeKind.ENROLMENT_MOVED: "Moved to another version",
    NoticeKind.ENROLMENT_MOVE_UNDONE: "Move undone",
}


def sentence(kind: NoticeKind, actor: str, about: str) -> str:
    """The notice as a person reads it."""
    return SENTENCES[kind].format(actor=actor, about=about)


def subject(kind: NoticeKind, about: str) -> str:
    """The subject of the mail: no names, since it shows on locked screens."""
    return f"{SUBJECTS[kind]}: {about}"
