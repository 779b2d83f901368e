"""Connectors to the outside. Each folder keeps the contract of bpm.connecting; none knows another."""
