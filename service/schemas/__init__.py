"""What requests may hold: bodies and query parameters. Built once, used by many threads, and written into the
OpenAPI document as they stand here."""
