"""What makes the tables' revisions, the measurements and the pictures: for those who work on Baton, not for those who run it."""
