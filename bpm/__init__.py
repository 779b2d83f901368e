"""The platform: instances, tasks, work orders, clocks. It knows no process by its name."""
