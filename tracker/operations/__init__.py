"""Running the tracker: set-up, the demo, serving, the worker, a made-up population, and the bench."""
