"""Trials: a case played on the real engine with a clock of its own, from a script, and nowhere kept."""

from bpm.trial.playing import Played, play, play_on
from bpm.trial.sandbox import MAX_SECONDS
from bpm.trial.script import Script, ScriptError, read_script
from bpm.trial.telling import beginnings, sentence_of, state
from bpm.trial.trail import Plan, plan_of

__all__ = [
    "MAX_SECONDS",
    "Plan",
    "Played",
    "Script",
    "ScriptError",
    "beginnings",
    "plan_of",
    "play",
    "play_on",
    "read_script",
    "sentence_of",
    "state",
]
