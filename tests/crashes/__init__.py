"""Real servers in real processes, the people who write to them, and what cuts them off."""
