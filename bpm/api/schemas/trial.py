"""Trials outside."""

from marshmallow import fields

from bpm.api.schemas.base import Shape
from bpm.api.schemas.designer import Files


class ScriptToPlay(Files):
    """Files and a script."""

    script = fields.Dict(load_default=None, allow_none=True, metadata={"description": "{start, steps}; null asks how a case can begin"})


class StateShape(Shape):
    """Where a case stands after its script, in the reader's language."""

    now = fields.DateTime(metadata={"description": "By the trial's own clock"})
    zone = fields.String(metadata={"description": "Name of the zone in which people read moments"})
    ended = fields.String(allow_none=True, metadata={"description": "completed, cancelled, or null while it goes on"})
    stopped = fields.Dict(allow_none=True, metadata={"description": "{step, code, sentence, fields}: what could not be played, and why"})
    tasks = fields.List(fields.Dict(), metadata={"description": "Open tasks: whom they come to, form, limit and rungs"})
    calls = fields.List(fields.Dict(), metadata={"description": "Connectors that are asked: inputs, an example of an answer, errors"})
    timers = fields.List(fields.Dict())
    messages = fields.List(fields.Dict())
    incidents = fields.List(fields.Dict())
    next = fields.Dict(allow_none=True, metadata={"description": "The next alarm: {at, kind, element, name}"})
    order = fields.Dict(allow_none=True, metadata={"description": "The work order as it would be: {state, tier, due, columns}"})
    tokens = fields.Dict(metadata={"description": "How many tokens stand at an element"})
    done = fields.List(fields.String())
    path = fields.List(fields.String())
    flows = fields.Dict(metadata={"description": "How often a flow was taken"})
    decisions = fields.List(fields.Dict())
    notices = fields.List(fields.Dict(), metadata={"description": "What would be told to whom"})
    variables = fields.Dict()
    steps = fields.List(fields.Dict(), metadata={"description": "What each step has changed; the start comes first"})
    log = fields.List(fields.Dict())


class ResultsShape(Shape):
    """How the scenarios of a bundle went, and what they cover."""

    results = fields.List(fields.Dict(), metadata={"description": "{file, name, passed, difference}"})
    passed = fields.Boolean()
    covered = fields.List(fields.String())
    missed = fields.List(fields.String())
    percent = fields.Integer()
