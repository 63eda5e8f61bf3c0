"""Schemas of requests: bodies and query parameters. Built once, used by many threads, and shown in the
OpenAPI document."""
