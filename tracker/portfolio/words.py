"""How what is on record is called in a bundle."""

EVENTS = {
    "claim_submitted": "Submitted for sign-off",
    "claim_withdrawn": "Taken back by the trainee",
    "claim_signed_off": "Signed off",
    "claim_signed": "Signed by the first of two",
    "claim_countersigned": "Signed off by the second of two",
    "claim_returned": "Returned",
    "claim_revoked": "Sign-off revoked",
    "claim_lapsed": "Recheck due",
    "claim_rechecked": "Rechecked: it still holds",
    "claim_passed_on": "Passed on to another supervisor",
    "claim_declined": "Declined by a supervisor",
    "module_result_confirmed": "Module result confirmed",
    "entry_retyped": "Log entry counted as something else",
    "supervisor_approved": "Supervisor approved to sign alone",
    "supervisor_not_approved": "Supervisor signs with somebody else from now on",
    "cover_arranged": "Cover for leave arranged",
    "cover_ended": "Cover for leave ended",
    "review_held": "Review held",
    "section_signed": "Section signed",
    "training_signed": "Training signed",
    "signature_revoked": "Signature revoked",
    "enrolment_moved": "Moved to another version of the curriculum",
    "enrolment_move_undone": "Move to another version undone",
    "assessment_done": "Assessment",
    "assessment_answered": "Assessment by somebody without an account",
    "assessment_accepted": "Assessment accepted by a supervisor",
    "assessment_not_accepted": "Assessment not accepted",
    "assessment_declined": "Assessment declined",
    "feedback_opened": "Colleagues asked for feedback",
    "feedback_collated": "Feedback of colleagues put together",
    "feedback_released": "Comments of colleagues released",
    "examiner_assigned": "Examiner of the final assessment assigned",
    "final_assessment_recorded": "Final assessment recorded",
    "final_assessment_released": "Outcome of the final assessment released",
}
READ_ME = """{holder}: a training record to take away
{line}

This file holds {events} events of the training record of {holder}: what was submitted, who signed it off, and when.
They are sealed: the notary of {origin}
signed a list of {size} events in which they stand. {unsealed}

What is in it

  portfolio.pdf      the record to read: sign-offs, evidence, every event
  events/            the events themselves, exactly as they were recorded
  entries.json       the log entries that were signed, word for word
  files/             the files that were attached to them, under the SHA-256 of their content
  curriculum/        the words of the curriculum that was signed against
  openings.json      the texts (comments, reasons) that the events are bound to
  people.json        who is who
  proofs.json, checkpoint.txt, keys.txt, key-changes/
                     what shows that the events are in the sealed record
  manifest.json, seal.txt
                     the digest of every file, and the notary's signature over them
  verifier.py        a program that checks all of this, and needs no network

{kept_back}
How to check it

  On the web: {address}/verify
  On any machine with Python 3.11 or newer:

    python -m pip install cryptography
    python -I verifier.py THE-FILE.zip --key "{vkey}"

  Do not take the key from here if you do not trust this file: ask the training centre for it, or read it on the page
  above. For the same reason, take the program from somewhere else where you can.

What the answers mean

  VALID              Every event, text and file is as it was recorded, and the key that you gave sealed it.
  VALID-UNANCHORED   It all fits, but you gave no key to hold the seal against.
  SUPERSEDED         It is genuine, and a sign-off in it does not stand any more; the answer says which.
  REDACTED           It is genuine, and something was withheld or erased; the answer says what.
  DIVERGED           A receipt, or the chain of keys, shows another history. Ask the training centre.
  INVALID            Something in the file was changed. Do not rely on it; ask for a new one.
"""
SAID = {
    "VALID": "This record is genuine: everything in it is as it was recorded.",
    "VALID-UNANCHORED": "Everything in this record fits together, but there was no key to hold its seal against.",
    "SUPERSEDED": "This record is genuine, and a sign-off in it does not stand any more.",
    "REDACTED": "This record is genuine as far as it goes: something was withheld or erased.",
    "DIVERGED": "This record and what you hold it against tell two different histories.",
    "INVALID": "Do not rely on this file: it is not as it was sealed.",
    "NO KEY": "The key that you pasted is not a key.",
}
NEXT = {
    "VALID": "You can rely on the sign-offs below. Read portfolio.pdf in the file for the rest.",
    "VALID-UNANCHORED": "Ask the training centre for its key, paste it below, and check the file again.",
    "SUPERSEDED": "Read below which sign-offs ended. The others stand.",
    "REDACTED": "Read below what is not in it. Ask the trainee or the training centre if you need it.",
    "DIVERGED": "Ask the training centre for a new file, and show them this answer.",
    "INVALID": "Ask the trainee for a new file. If that one fails as well, ask the training centre.",
    "NO KEY": "Copy the whole line, from the name to the end, or leave the field empty.",
}
