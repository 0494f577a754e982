"""How kinds of entry and ways of taking part are called on a page."""

from tracker.logbook.models import EntryKind, Mark, Part

KINDS = {
    EntryKind.PROCEDURE: "Work I did or took part in",
    EntryKind.REFLECTION: "A reflection",
    EntryKind.OBSERVED_ASSESSMENT: "An assessment where somebody watched me",
    EntryKind.CASE_DISCUSSION: "A case discussion",
    EntryKind.TESTIMONY: "A witness testimony",
    EntryKind.DOCUMENT: "A document, such as a report, a record or a certificate",
}
PARTS = {
    Part.OBSERVED: "I observed",
    Part.ASSISTED: "I assisted",
    Part.SUPERVISED: "I did it, supervised",
    Part.INDEPENDENT: "I did it independently",
}
MARKS = {
    Mark.ACCEPTED: "Accepted, and kept as it is",
    Mark.NOT_ACCEPTED: "Not accepted",
    Mark.SEEN: "Seen before, unchanged",
    Mark.CHANGED: "Changed since it was last seen",
    Mark.STILL_NOT_ACCEPTED: "Not accepted last time, and unchanged",
}
