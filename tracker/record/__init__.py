"""What counts, as it happened: one append-only table of events, provable to somebody who does not trust the host."""
