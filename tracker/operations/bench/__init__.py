"""The figures of docs/performance.md, each measured beside its floor in one run, on databases made for it."""
