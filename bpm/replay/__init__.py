"""Real complaints arrive on the demo clock, and simulated staff work them through the same functions as the pages."""
