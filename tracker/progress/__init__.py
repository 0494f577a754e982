"""Where every trainee stands, kept with the change that moved it, and explained when it is shown."""
