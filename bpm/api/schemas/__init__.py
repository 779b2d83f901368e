"""What goes in and out: one file a chapter. A shape is written by the function beside it."""
