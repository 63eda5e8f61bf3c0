"""Signing in by OpenID Connect: with the account that a company gives its people anyway."""
