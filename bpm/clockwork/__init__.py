"""Runs the work items: ``handlers`` says what each kind means, ``embedded`` runs them inside one process."""
