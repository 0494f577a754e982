"""Distance-learning modules: registrations, marks, and results by the module's own rules."""
