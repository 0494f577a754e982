"""No tables of its own: once this is imported, every table is known."""

from tracker.accounts import models as _accounts  # noqa: F401 - imported to be known
from tracker.assessments import models as _assessments  # noqa: F401
from tracker.assessments import msf_models as _feedback  # noqa: F401
from tracker.core import mail as _mail  # noqa: F401
from tracker.core.db import Model
from tracker.curricula import models as _curricula  # noqa: F401
from tracker.enrolments import models as _enrolments  # noqa: F401
from tracker.equipment import models as _equipment  # noqa: F401
from tracker.evidence import models as _evidence  # noqa: F401
from tracker.learning import models as _learning  # noqa: F401
from tracker.logbook import models as _logbook  # noqa: F401
from tracker.moderation import models as _moderation  # noqa: F401
from tracker.notifications import models as _notifications  # noqa: F401
from tracker.progress import models as _progress  # noqa: F401
from tracker.record import models as _record  # noqa: F401
from tracker.reviews import models as _reviews  # noqa: F401

METADATA = Model.metadata
