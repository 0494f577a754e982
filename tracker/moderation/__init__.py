"""People from outside who look at a training: the moderator's visit, and the examiner's final assessment."""
