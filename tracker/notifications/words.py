"""What each notice says, on the page and in mail."""

from collections.abc import Sequence

from tracker.notifications.models import MailTime, Notice, NoticeKind

SENTENCES = {
    NoticeKind.CLAIM_WAITING: "{actor} submitted {about} and waits for your sign-off.",
    NoticeKind.CLAIM_WITHDRAWN: "{actor} withdrew {about}: there is nothing for you to do.",
    NoticeKind.CLAIM_SIGNED_OFF: "{actor} signed off {about}.",
    NoticeKind.CLAIM_RETURNED: "{actor} returned {about} with a reason. Read it, mend what it names, and submit again.",
    NoticeKind.CLAIM_REVOKED: "{actor} revoked the sign-off of {about}, with a reason.",
    NoticeKind.CLAIM_SIGNED: "{actor} signed {about}. It is signed off when a second person has signed it too.",
    NoticeKind.COUNTERSIGN_WAITING: "{actor} signed {about}, and it needs a second signature. You can give it.",
    NoticeKind.CLAIM_COUNTERSIGNED: "{actor} countersigned {about}, which you had signed: it is signed off.",
    NoticeKind.COUNTERSIGN_REFUSED: "{actor} returned {about}, which you had signed, with a reason. Read it.",
    NoticeKind.CLAIM_PASSED_ON: "{actor} asks you to decide on {about}. Open it, then sign it or return it.",
    NoticeKind.CLAIM_ASKED_OF_ANOTHER: "{actor} asked another supervisor to decide on {about}.",
    NoticeKind.CLAIM_DECLINED: "{actor} will not decide on {about}. It still waits: the page says why and for whom.",
    NoticeKind.CLAIM_DECLINED_BY_ALL: "No supervisor will decide on {about}. Read why, and find somebody who can.",
    NoticeKind.COVER_NAMED: "{actor} arranged leave cover from {about}. The page says who covers for whom.",
    NoticeKind.COVER_ENDED: "{actor} ended the leave cover from {about}.",
    NoticeKind.SUPERVISOR_APPROVED: "{actor} approved you as a supervisor: what you sign needs no second signature.",
    NoticeKind.SUPERVISOR_NOT_APPROVED: "{actor} asks that what you sign is countersigned by a second person.",
    NoticeKind.ENTRY_RETYPED: "{actor} had filed an entry under the wrong type. It counts for {about} now.",
    NoticeKind.RECHECK_DUE: (
        "{about} is due for a recheck. It is not void: the level and the signer stay. The page says why and what to do."
    ),
    NoticeKind.RECHECKED: "{actor} rechecked {about}: it still holds.",
    NoticeKind.DECISION_OFFERED: "{about} has waited long for a decision. You can decide it as well: please look.",
    NoticeKind.DECISION_STUCK: (
        "{about} has waited long for a decision, and nobody else can decide it. Ask the supervisor, or arrange cover."
    ),
    NoticeKind.RESULT_WAITING: (
        "{actor} recorded all marks of {about}. Check them against the provider's letter and confirm the result."
    ),
    NoticeKind.RESULT_CONFIRMED: "{actor} confirmed the result of {about}.",
    NoticeKind.REVIEW_HELD: "{actor} put {about} on record. Read what was agreed.",
    NoticeKind.SECTION_SIGNED: "{actor} signed the section {about}.",
    NoticeKind.TRAINING_SIGNED: "{actor} signed {about}.",
    NoticeKind.TRAINING_WAITING: "{actor} signed the last section: {about} waits for your signature.",
    NoticeKind.SIGNATURE_REVOKED: "{actor} revoked {about}, with a reason. Read it: what it covered is signed again.",
    NoticeKind.VISIT_OPENED: "{actor} opened {about} for you: read the samples and say what you find.",
    NoticeKind.VISIT_HELD: "{actor} put the outcome of {about} on record.",
    NoticeKind.VERDICT_AGAINST: (
        "{actor}, the moderator, does not agree with the sign-off of {about}. It stays as it is: read why, and decide."
    ),
    NoticeKind.EXAMINER_ASSIGNED: "{actor} asks you for {about}. The page says by when.",
    NoticeKind.FINAL_RECORDED: "{actor} put {about} on record. Release it when the trainee may read it.",
    NoticeKind.FINAL_RELEASED: "{actor} released the outcome of {about}.",
    NoticeKind.ENROLMENT_MOVED: (
        "{actor} moved the training to {about}. Look at the progress page: what was signed off stays on record, "
        "and it says what is to be confirmed and what is new."
    ),
    NoticeKind.ENROLMENT_MOVE_UNDONE: "{actor} undid a move: the training follows {about} again, as before.",
    NoticeKind.ASSESSMENT_ASKED: "{actor} asks you for an assessment of {about}.",
    NoticeKind.ASSESSMENT_WITHDRAWN: "{actor} withdrew the assessment of {about}: there is nothing for you to do.",
    NoticeKind.ASSESSMENT_PASSED_ON: "The assessment of {about} that you asked for was passed on to somebody else.",
    NoticeKind.ASSESSMENT_DECLINED: "The assessment of {about} was declined, with a reason. Ask somebody else.",
    NoticeKind.ASSESSMENT_EXPIRED: "Nobody answered your request for an assessment of {about} in time. Ask again.",
    NoticeKind.ASSESSMENT_ANSWERED: (
        "Somebody without an account answered an assessment of {about}. Read it, and say whether it counts."
    ),
    NoticeKind.ASSESSMENT_DONE: "{actor} gave the assessment of {about}. It counts, and you can read it.",
    NoticeKind.ASSESSMENT_ACCEPTED: "{actor} accepted the assessment of {about}. It counts, and you can read it.",
    NoticeKind.ASSESSMENT_NOT_ACCEPTED: "{actor} did not accept the assessment of {about}, with a reason.",
    NoticeKind.FEEDBACK_OPENED: "{actor} asked your colleagues for feedback about you ({about}). Rate yourself too.",
    NoticeKind.FEEDBACK_TOO_FEW: (
        "Too few colleagues answered ({about}): their answers stay closed. Ask more of them, or set a later day."
    ),
    NoticeKind.FEEDBACK_READY: "The feedback of your colleagues ({about}) is there. Rate yourself, then read it.",
    NoticeKind.FEEDBACK_TO_READ: "Feedback ({about}) has come in. Read the comments, and release those that help.",
    NoticeKind.FEEDBACK_RELEASED: "{actor} has read the comments of your colleagues ({about}) for you.",
}

SUBJECTS = {
    NoticeKind.CLAIM_WAITING: "Waiting for your sign-off",
    NoticeKind.CLAIM_WITHDRAWN: "Withdrawn",
    NoticeKind.CLAIM_SIGNED_OFF: "Signed off",
    NoticeKind.CLAIM_RETURNED: "Returned with a reason",
    NoticeKind.CLAIM_REVOKED: "Sign-off revoked",
    NoticeKind.CLAIM_SIGNED: "Signed by the first of two",
    NoticeKind.COUNTERSIGN_WAITING: "Waiting for your second signature",
    NoticeKind.CLAIM_COUNTERSIGNED: "Countersigned",
    NoticeKind.COUNTERSIGN_REFUSED: "Returned instead of countersigned",
    NoticeKind.CLAIM_PASSED_ON: "Passed on to you",
    NoticeKind.CLAIM_ASKED_OF_ANOTHER: "Passed on",
    NoticeKind.CLAIM_DECLINED: "Declined, and still waiting",
    NoticeKind.CLAIM_DECLINED_BY_ALL: "Nobody will decide",
    NoticeKind.COVER_NAMED: "Leave cover",
    NoticeKind.COVER_ENDED: "Leave cover ended",
    NoticeKind.SUPERVISOR_APPROVED: "Approved as a supervisor",
    NoticeKind.SUPERVISOR_NOT_APPROVED: "A second signature is asked for",
    NoticeKind.ENTRY_RETYPED: "Filed under the right type",
    NoticeKind.RECHECK_DUE: "Recheck due",
    NoticeKind.RECHECKED: "Rechecked",
    NoticeKind.DECISION_OFFERED: "A decision that waits",
    NoticeKind.DECISION_STUCK: "A decision that waits for somebody",
    NoticeKind.RESULT_WAITING: "Module result to confirm",
    NoticeKind.RESULT_CONFIRMED: "Module result confirmed",
    NoticeKind.REVIEW_HELD: "Review on record",
    NoticeKind.SECTION_SIGNED: "Section signed",
    NoticeKind.TRAINING_SIGNED: "Training signed",
    NoticeKind.TRAINING_WAITING: "Waiting for your signature",
    NoticeKind.SIGNATURE_REVOKED: "Signature revoked",
    NoticeKind.VISIT_OPENED: "A visit to make",
    NoticeKind.VISIT_HELD: "Outcome of a visit",
    NoticeKind.VERDICT_AGAINST: "A moderator does not agree",
    NoticeKind.EXAMINER_ASSIGNED: "A final assessment to make",
    NoticeKind.FINAL_RECORDED: "Final assessment on record",
    NoticeKind.FINAL_RELEASED: "Outcome released",
    NoticeKind.ENROLMENT_MOVED: "Moved to another version",
    NoticeKind.ENROLMENT_MOVE_UNDONE: "Move undone",
    NoticeKind.ASSESSMENT_ASKED: "Asked for an assessment",
    NoticeKind.ASSESSMENT_WITHDRAWN: "Assessment withdrawn",
    NoticeKind.ASSESSMENT_PASSED_ON: "Assessment passed on",
    NoticeKind.ASSESSMENT_DECLINED: "Assessment declined",
    NoticeKind.ASSESSMENT_EXPIRED: "Assessment not answered in time",
    NoticeKind.ASSESSMENT_ANSWERED: "Assessment to accept",
    NoticeKind.ASSESSMENT_DONE: "Assessment given",
    NoticeKind.ASSESSMENT_ACCEPTED: "Assessment accepted",
    NoticeKind.ASSESSMENT_NOT_ACCEPTED: "Assessment not accepted",
    NoticeKind.FEEDBACK_OPENED: "Feedback was asked for",
    NoticeKind.FEEDBACK_TOO_FEW: "Too few have answered",
    NoticeKind.FEEDBACK_READY: "Feedback to read",
    NoticeKind.FEEDBACK_TO_READ: "Comments to release",
    NoticeKind.FEEDBACK_RELEASED: "Comments were read",
}


MAIL_TIMES = {
    MailTime.AT_ONCE: "As things happen",
    MailTime.DAILY: "Once a day at 07:30, from Monday to Friday",
    MailTime.WEEKLY: "Each Monday at 07:30",
    MailTime.NEVER: "Not at all, but for receipts",
}
NEEDS_YOU = frozenset(
    {
        NoticeKind.CLAIM_WAITING,
        NoticeKind.CLAIM_RETURNED,
        NoticeKind.CLAIM_REVOKED,
        NoticeKind.COUNTERSIGN_WAITING,
        NoticeKind.COUNTERSIGN_REFUSED,
        NoticeKind.CLAIM_PASSED_ON,
        NoticeKind.CLAIM_DECLINED,
        NoticeKind.CLAIM_DECLINED_BY_ALL,
        NoticeKind.RECHECK_DUE,
        NoticeKind.DECISION_OFFERED,
        NoticeKind.DECISION_STUCK,
        NoticeKind.RESULT_WAITING,
        NoticeKind.TRAINING_WAITING,
        NoticeKind.SIGNATURE_REVOKED,
        NoticeKind.VERDICT_AGAINST,
        NoticeKind.VISIT_OPENED,
        NoticeKind.EXAMINER_ASSIGNED,
        NoticeKind.FINAL_RECORDED,
        NoticeKind.ASSESSMENT_ASKED,
        NoticeKind.ASSESSMENT_DECLINED,
        NoticeKind.ASSESSMENT_EXPIRED,
        NoticeKind.ASSESSMENT_ANSWERED,
        NoticeKind.FEEDBACK_TOO_FEW,
        NoticeKind.FEEDBACK_TO_READ,
    }
)


def sentence(kind: NoticeKind, actor: str, about: str) -> str:
    """The notice as a person reads it."""
    return SENTENCES[kind].format(actor=actor, about=about)


def subject(kind: NoticeKind, about: str) -> str:
    """The subject of the mail: no names, since it shows on locked screens."""
    return f"{SUBJECTS[kind]}: {about}"


def parted(notices: Sequence[Notice]) -> tuple[list[Notice], list[Notice]]:
    """What waits for the reader to do something, and what is good to know. Order: oldest first."""
    needed = [notice for notice in notices if notice.kind in NEEDS_YOU]
    return needed, [notice for notice in notices if notice.kind not in NEEDS_YOU]


def subject_of(needed: Sequence[Notice], other: Sequence[Notice]) -> str:
    """The subject of a message: what it tells of, where that is one thing, or else how many there are."""
    both = [*needed, *other]
    if len(both) == 1:
        return subject(both[0].kind, both[0].about)
    wait = f"{len(needed)} {'thing waits' if len(needed) == 1 else 'things wait'} for you"
    know = f"{len(other)} {'thing' if len(other) == 1 else 'things'} to know"
    return ", ".join([wait] * bool(needed) + [know] * bool(other))
