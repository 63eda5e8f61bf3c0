"""The engine: definitions, clocks, decisions, storage. No web, no wall clock: `now` is an argument."""
