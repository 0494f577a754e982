"""People, what they have been granted, and how they sign in."""
