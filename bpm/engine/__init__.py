"""The engine room: the only door to SpiffWorkflow. Pure: it writes nothing, calls nobody and reads no clock of its own."""
