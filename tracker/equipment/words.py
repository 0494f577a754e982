"""How kinds of equipment and their revisions are called on a page."""

from tracker.equipment.models import EquipmentKind

KINDS = {
    EquipmentKind.EQUIPMENT: "Equipment",
    EquipmentKind.SOFTWARE: "Software",
    EquipmentKind.PROCEDURE: "Procedure",
}
