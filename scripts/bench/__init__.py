"""What Baton promises about its speed, measured: ``python -m scripts.bench``, or ``make bench``.

Speed is told as a ratio to stock SpiffWorkflow on the same model in the same run, so that it means the same on every machine.
"""
