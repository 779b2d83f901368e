"""The operator's billing system (BOSS): customers, bills, refunds."""
