"""The demo's trainee: ten months into the scheme, with something at every stage."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.logbook.models import EntryStatus
from tracker.operations.population.calendar import DAY, Calendar, at_work, seeded
from tracker.operations.population.claims import ClaimStory
from tracker.operations.population.courses import Course, make_course
from tracker.operations.population.diary import Diary, counting_entries
from tracker.operations.population.entries import MadeEntry, Writer
from tracker.operations.population.modules import ModuleStory, module_standings, study
from tracker.operations.population.people import Training
from tracker.progress.models import Stage

SEED = "demo trainee"
TRIES = 1000
EVERY_WEEKDAY = Calendar(frozenset(range(5)), frozenset())
PREPARED = 10 * DAY  # from the last entry to the submission

# How many days ago each was submitted and decided, oldest first.
SIGNED = {
    "GEN-05": (238, 231),
    "GEN-04": (226, 215),
    "GEN-01": (205, 198),
    "GEN-07": (198, 187),
    "NM-14": (176, 170),
    "NM-08": (150, 139),
    "GEN-11": (122, 116),
    "NM-04": (108, 96),
    "NM-01": (81, 77),
    "NM-05": (66, 59),
    "GEN-02": (45, 40),
    "NM-06": (33, 27),
}
RETURNED = {"NM-07": (12, 5)}
REASON = (
    "You inject safely, and the residue measurements are good. What I cannot see is the extravasation that you told me "
    "about last month. Please add an entry on it: how you noticed, what you did for the patient, what was recorded."
)
WAITING = {"NM-03": 17, "GEN-03": 3}
READY = ("GEN-06",)
BEGUN = {"NM-02": 2, "NM-09": 2, "GEN-10": 1, "NM-12": 1}  # entries so far
DRAFTS = {"NM-11": 1, "NM-02": 4}  # days ago
COMMENTS = ("Safe and careful throughout.", "Good records, and you asked at the right moment.", "")


@dataclass(frozen=True)
class Book:
    """The trainee's log while it is written."""

    training: Training
    as_of: date

    def diary(self) -> Diary:
        """Something at every stage. Order: entries and claims by stage."""
        signed = [self.course(code, times[0]) for code, times in SIGNED.items()]
        claimed = [*signed, *(self.course(code, times[0]) for code, times in RETURNED.items())]
        claimed += [self.course(code, days_ago) for code, days_ago in WAITING.items()]
        entries = [entry for course in claimed for entry in self.entries(course)]
        Writer(seeded(SEED, "share"), self.training).share(entries, signed)
        counting = counting_entries(entries)
        stories = [self.story(course, counting[course.requirement.id]) for course in claimed]
        for story in stories:
            self.tell(story)
        entries += [entry for code in READY for entry in self.entries(self.course(code, 0))]
        entries += [entry for code, number in BEGUN.items() for entry in self.entries(self.course(code, 0))[:number]]
        entries += [self.draft(code, days_ago) for code, days_ago in DRAFTS.items()]
        return Diary(self.training, entries, stories)

    def course(self, code: str, submitted_ago: int) -> Course:
        """The course of a competency that was to be submitted that many days ago."""
        due = self.as_of - submitted_ago * DAY - PREPARED
        requirement = next(each for each in self.training.requirements if each.code == code)
        return make_course(seeded(SEED, code), requirement, due, self.training, EVERY_WEEKDAY)

    def entries(self, course: Course) -> list[MadeEntry]:
        """The entries of a course. Order: by day."""
        rng = seeded(SEED, course.requirement.code, "entries")
        return Writer(rng, self.training).entries_of(course, self.as_of - DAY)

    def draft(self, code: str, days_ago: int) -> MadeEntry:
        """An entry that is not finished."""
        draft = self.entries(self.course(code, 0))[-1]
        draft.status, draft.performed_on, draft.reflection = EntryStatus.DRAFT, self.weekday(days_ago), ""
        draft.written_at = self.moment(code, days_ago)
        return draft

    def story(self, course: Course, entries: list[MadeEntry]) -> ClaimStory:
        """A claim on these entries, not yet submitted."""
        rng = seeded(SEED, course.requirement.code, "claim")
        return ClaimStory(rng, self.training, course, EVERY_WEEKDAY, entries, self.as_of - DAY)

    def tell(self, story: ClaimStory) -> None:
        """Let a claim go as far as it went."""
        code = story.course.requirement.code
        story.submit(self.moment(code, WAITING[code] if code in WAITING else (SIGNED | RETURNED)[code][0]))
        if code in SIGNED:
            story.sign_off(self.moment(code, SIGNED[code][1]), seeded(SEED, code).choice(COMMENTS))
        if code in RETURNED:
            story.return_(self.moment(code, RETURNED[code][1]), REASON)

    def weekday(self, days_ago: int) -> date:
        """The weekday that was that many days ago, or just before."""
        day = self.as_of - days_ago * DAY
        return day - max(0, day.weekday() - 4) * DAY

    def moment(self, code: str, days_ago: int) -> datetime:
        """A moment of that weekday."""
        return at_work(seeded(SEED, code, days_ago), self.weekday(days_ago))


def demo_modules(training: Training, as_of: date) -> list[ModuleStory]:
    """Modules of which one is passed and one waits to be confirmed. Order: as in the curriculum."""
    for number in range(TRIES):
        stories = study(seeded(SEED, "award", number), training, as_of)
        stages = [facts.stage for _, facts, _ in module_standings(stories)]
        if Stage.DONE in stages and stages.count(Stage.SUBMITTED) == 1 and Stage.FAILED not in stages:
            return stories
    raise LookupError("No course of studies has a passed module and one that waits.")
