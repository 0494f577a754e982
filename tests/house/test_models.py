import pytest
import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty, configure_mappers

from tracker.core.db import Model
from tracker.operations.models import METADATA

LONGEST_NAME = 63  # PostgreSQL cuts what is longer


def relationships() -> list[RelationshipProperty[object]]:
    configure_mappers()
    found = [relation for mapper in Model.registry.mappers for relation in mapper.relationships]
    return sorted(found, key=str)  # in one order, whichever process collects them


def enums() -> list[sa.Column[object]]:
    return [
        column for table in METADATA.tables.values() for column in table.columns if isinstance(column.type, sa.Enum)
    ]


def constraints() -> list[sa.Constraint]:
    return [constraint for table in METADATA.tables.values() for constraint in table.constraints]


@pytest.mark.parametrize("relation", relationships(), ids=str)
def test_no_page_loads_rows_one_by_one(relation: RelationshipProperty[object]) -> None:
    assert relation.lazy == "raise_on_sql"


@pytest.mark.parametrize("column", enums(), ids=str)
def test_an_enum_is_stored_by_value_and_checked(column: sa.Column[object]) -> None:
    assert isinstance(column.type, sa.Enum)
    assert column.type.enum_class is not None
    assert column.type.enums == [member.value for member in column.type.enum_class]
    assert column.type.create_constraint
    assert not column.type.native_enum
    assert max(map(len, column.type.enums)) <= (column.type.length or 0)


def test_every_constraint_has_a_name_that_both_databases_keep() -> None:
    names = {str(constraint): str(constraint.name or "") for constraint in constraints()}
    assert [told for told, name in names.items() if not 0 < len(name) <= LONGEST_NAME] == []


def test_every_foreign_key_leads_to_a_table() -> None:
    assert all(key.column is not None for table in METADATA.tables.values() for key in table.foreign_keys)
