"""A made-up population: deterministic from its seed, and written through the same tables as everything else."""
