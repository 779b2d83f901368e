"""Outgoing electronic mail."""
