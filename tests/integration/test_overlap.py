from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.make import make_enrolment, make_person, make_supervision
from tests.world import SCHEME, STARTS, World, make_entry_facts, make_world, saving, seen
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.curricula.actions import import_document
from tracker.curricula.mapping import Pair
from tracker.curricula.mapping_actions import keep_mapping
from tracker.curricula.models import Competency, MappingKind
from tracker.curricula.plain_data import from_data
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import ChosenArea, Enrolment
from tracker.enrolments.queries import get_enrolment
from tracker.logbook import claim_actions, queries
from tracker.logbook.claim_actions import Submission
from tracker.logbook.entry_actions import Saving, delete_draft, save_entry
from tracker.logbook.models import EntryKind, EntryStatus
from tracker.logbook.overlap import chosen_same, list_same, parted
from tracker.progress.models import Stage, Standing


@dataclass(frozen=True)
class Both:
    """A trainee in two curricula that share a competency, with a supervisor of each; and in two areas that do."""

    world: World
    other: Enrolment
    tutor: Person
    ids: dict[str, UUID]

    def kept(self, *codes: str, also: bool = True, **more: Any) -> Saving:
        """Work for these codes of the scheme, ticked for all that is the same, or for nothing."""
        ids = [self.ids[code] for code in codes]
        same = list_same(self.world.trainee, self.world.enrolment)
        plain = saving(*ids, **more)
        ticked = chosen_same(same, list(same), ids) if also else []
        return Saving(plain.entry_id, 0, plain.status, plain.competency_ids, also=ticked)

    def stage(self, code: str, enrolment: Enrolment) -> Stage:
        standing = db.session.get(Standing, (enrolment.id, self.ids[code]), populate_existing=True)
        return standing.stage if standing else Stage.NOT_STARTED


@pytest.fixture
def both(app: Flask) -> Both:
    world = make_world()
    data = deepcopy(SCHEME) | {"code": "OTHER", "title": "Another scheme"}
    data["sections"] = data["sections"][:1]
    data["sections"][0]["competencies"][0]["code"] = "B-1"
    version = import_document(from_data(data), publish=True)
    keep_mapping(world.enrolment.version, version, [Pair("GEN-1", "B-1", MappingKind.SAME)], "mapping")
    areas = [Pair("NM-1", "RE-1", MappingKind.SAME)]
    keep_mapping(world.enrolment.version, world.enrolment.version, areas, "mapping")
    tutor = make_person("tutor@college.example", "Tom", "Tutor")
    other = make_enrolment(world.trainee.id, version.id, world.enrolment.centre_id, starts_on=STARTS)
    renal = next(each for each in get_outline(world.enrolment.version_id).sections if each.code == "RE")
    for layer in (
        [tutor],
        [other],
        [make_supervision(other, tutor.id), ChosenArea(enrolment_id=world.enrolment.id, section_id=renal.id)],
    ):
        db.session.add_all(layer)
        db.session.flush()
    db.session.commit()
    db.session.expire(world.enrolment, ["areas"])
    get_enrolment(world.trainee, world.enrolment.id)
    found = db.session.scalars(sa.select(Competency).order_by(Competency.code)).all()
    ids = {each.code: each.id for each in found if each.version_id == world.enrolment.version_id or each.code == "B-1"}
    return Both(world, get_enrolment(world.trainee, other.id), tutor, ids)


def test_what_is_the_same_elsewhere_is_offered_with_its_counterpart(both: Both) -> None:
    same = list_same(both.world.trainee, both.world.enrolment)
    assert {each.label for each in same.values()} == {
        "NM-1 Elute a generator. (Training scheme; the same as RE-1)",
        "RE-1 Test the water. (Training scheme; the same as NM-1)",
        "B-1 Wash hands. (Another scheme; the same as GEN-1)",
    }


def test_one_entry_counts_in_two_curricula_and_each_is_signed_on_its_own(both: Both) -> None:
    world = both.world
    entry = save_entry(world.trainee, world.enrolment, make_entry_facts(), both.kept("GEN-1"))
    assert both.stage("GEN-1", world.enrolment) is both.stage("B-1", both.other) is Stage.IN_PROGRESS
    claim = claim_actions.submit(
        world.trainee, both.other, db.session.get_one(Competency, both.ids["B-1"]), Submission(uuid4(), 2)
    )
    assert [each.id for each in queries.evidence_of(claim)] == [entry.id]
    claim_actions.sign_off(both.tutor, claim.id, seen(claim), 2, "")
    assert both.stage("B-1", both.other) is Stage.DONE
    assert both.stage("GEN-1", world.enrolment) is Stage.IN_PROGRESS


def test_what_was_not_ticked_or_has_no_counterpart_does_not_count(both: Both) -> None:
    world = both.world
    save_entry(world.trainee, world.enrolment, make_entry_facts(), both.kept("GEN-1", also=False))
    save_entry(world.trainee, world.enrolment, make_entry_facts(), both.kept("GEN-2"))
    assert both.stage("B-1", both.other) is Stage.NOT_STARTED
    assert both.stage("RE-1", world.enrolment) is Stage.NOT_STARTED


def test_an_observation_counts_for_the_same_in_another_area_though_it_counts_once(both: Both) -> None:
    world = both.world
    facts = make_entry_facts(kind=EntryKind.OBSERVED_ASSESSMENT, assessment="DOPS")
    entry = save_entry(world.trainee, world.enrolment, facts, both.kept("NM-1"))
    assert both.stage("RE-1", world.enrolment) is both.stage("NM-1", world.enrolment) is Stage.IN_PROGRESS
    linked = [competency.id for competency in entry.competencies]
    same = list_same(world.trainee, world.enrolment)
    assert parted(same, linked) == ([both.ids["NM-1"]], [both.ids["RE-1"]])


def test_an_entry_that_is_changed_can_stop_counting_elsewhere(both: Both) -> None:
    world = both.world
    entry = save_entry(world.trainee, world.enrolment, make_entry_facts(), both.kept("GEN-1"))
    again = Saving(entry.id, entry.version, entry.status, frozenset({both.ids["GEN-1"]}))
    save_entry(world.trainee, world.enrolment, make_entry_facts(), again)
    assert both.stage("B-1", both.other) is Stage.NOT_STARTED
    assert queries.shared_with(entry.id) == set()


def test_the_supervisor_of_the_other_curriculum_reads_what_counts_there(both: Both) -> None:
    world = both.world
    shared = save_entry(world.trainee, world.enrolment, make_entry_facts(), both.kept("GEN-1"))
    own = save_entry(world.trainee, world.enrolment, make_entry_facts(), both.kept("GEN-2"))
    assert queries.get_entry(both.tutor, shared.id).id == shared.id
    assert [each.id for each in queries.list_entries(both.tutor, both.other.id, 1)[0]] == [shared.id]
    with pytest.raises(NotFound):
        queries.get_entry(both.tutor, own.id)


def test_a_draft_that_was_to_count_elsewhere_can_be_deleted(both: Both) -> None:
    world = both.world
    draft = save_entry(world.trainee, world.enrolment, make_entry_facts(), both.kept("GEN-1", status=EntryStatus.DRAFT))
    assert both.stage("B-1", both.other) is Stage.NOT_STARTED
    delete_draft(world.trainee, draft)
    db.session.flush()
    assert queries.find_entry(draft.id) is None


def test_the_page_of_an_entry_offers_what_is_the_same_and_keeps_what_goes_with_the_choice(
    client: FlaskClient, both: Both
) -> None:
    world = both.world
    sign_in(client, world.trainee)
    address = f"/enrolments/{world.enrolment.id}/log/new"
    page = client.get(address)
    assert "B-1 Wash hands. (Another scheme; the same as GEN-1)" in page.text
    form: dict[str, Any] = {
        "key": str(uuid4()),
        "version": "0",
        "save": "log",
        "title": "Ward round",
        "performed_on-day": "2",
        "performed_on-month": "3",
        "performed_on-year": "2026",
        "kind": "procedure",
        "assessment": "",
        "times": "1",
        "competency_ids": [str(both.ids["GEN-1"])],
        "also_ids": [str(both.ids["B-1"]), str(both.ids["RE-1"])],
        "no_patient_details": "y",
    }
    assert client.post(address, data=form).status_code == 302
    assert both.stage("B-1", both.other) is Stage.IN_PROGRESS
    assert both.stage("RE-1", world.enrolment) is Stage.NOT_STARTED
    entry = queries.entries_for(both.other.id, both.ids["B-1"])[0]
    change = client.get(f"/entries/{entry.id}/change").text
    assert f'value="{both.ids["GEN-1"]}"' in change
    assert client.get(f"/entries/{entry.id}").status_code == 200
