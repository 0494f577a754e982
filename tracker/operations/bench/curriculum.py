"""The curriculum that the bench measures on: 120 competencies in 12 sections."""

from typing import Any

from tracker.curricula.document import Document
from tracker.curricula.plain_data import from_data

CODE = "BENCH"
SECTIONS, COMPETENCIES = 12, 10  # in each
THEMES = (
    "Working with patients",
    "Radiation safety",
    "Radiopharmacy",
    "Imaging",
    "Processing",
    "Quality control",
    "Dosimetry",
    "Planning",
    "Electrical safety",
    "Maintenance",
    "Fault finding",
    "Records and audit",
)
WORK = (
    "Prepare for {}, and check that everything needed is there and in date.",
    "Carry out the routine of {} under the local rules, and record each step when it is done.",
    "Explain {} to a patient, and to a colleague of another profession.",
    "Recognise when {} does not go to plan, stop, and tell the right person in time.",
    "Check the equipment used for {}, and act when a result is outside its limits.",
    "Calculate and write down the results of {} with their units and uncertainty.",
    "Hand over work in {} that is not finished, so that nobody has to guess.",
    "Look back at your own work in {}, and plan what to do better.",
    "Take part in an audit of {}, and carry your share of it to the end.",
    "Teach somebody new a part of {}, and make sure that it was understood.",
)
ONCE = {"entries": 1, "reflections": 1, "since_enrolment": True}
OFTEN = {
    "entries": 2,
    "days": 2,
    "span_days": 14,
    "reflections": 1,
    "assessments": [{"count": 1, "any_of": ["DOPS"]}],
    "since_enrolment": True,
}


def bench_document() -> Document:
    """Sections for everybody, a third of whose competencies are to be shown more than once."""
    return from_data(
        {
            "format": "tracker-curriculum/1",
            "code": CODE,
            "title": "Curriculum of the bench",
            "language": "en-GB",
            "length_months": 24,
            "owner": "The bench",
            "scale": {"title": "Supervision", "levels": [{"value": n, "title": f"Level {n}"} for n in range(1, 5)]},
            "assessments": [{"code": "DOPS", "title": "Direct observation of a practical skill"}],
            "kinds": [
                {"code": "once", "title": "Once", "meaning": "Shown once.", "level": 2, "evidence": ONCE},
                {"code": "often", "title": "Often", "meaning": "Shown often.", "level": 3, "evidence": OFTEN},
            ],
            "sections": [_section(number) for number in range(SECTIONS)],
        }
    )


def _section(number: int) -> dict[str, Any]:
    code = f"S{number + 1:02}"
    return {
        "code": code,
        "title": THEMES[number],
        "kind": "generic",
        "competencies": [_competency(code, number, place) for place in range(COMPETENCIES)],
    }


def _competency(code: str, number: int, place: int) -> dict[str, Any]:
    return {
        "code": f"{code}-{place + 1:02}",
        "statement": WORK[place].format(THEMES[number].lower()),
        "guidance": "Entries that tell what you did, what you found, and whom you told.",
        "kind": "often" if place % 3 == 0 else "once",
        "expected_month": 2 + (number * COMPETENCIES + place) * 21 // (SECTIONS * COMPETENCIES),
    }
