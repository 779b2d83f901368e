"""One definition is shared by threads, each with its own instances."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from bpm.engine import commands as c
from bpm.engine.facts import InstanceEnded, TaskOpened
from bpm.engine.process import Process

from .drawing import end, gateway, model, script, several, start, sub, user
from .story import MORNING, ZONE, build


def test_eight_threads_run_instances_of_one_definition():
    body = (
        start()
        + script("i", "k = n * 2")
        + gateway("parallel", "g", "j")
        + user("a")
        + user("b", inner=several())
        + sub("sp", start("is") + user("c") + end("ie"), "is > c > ie")
    )
    definition = build(model(body + end(), "s > i > g; g > a > j; g > b > j; g > sp > j; j > e"))
    now = datetime.fromisoformat(MORNING)

    def work(number: int) -> dict:
        process = Process(definition, zone=ZONE)
        facts = process.apply(c.Start({"n": number, "units": [1, 2, 3]}), now)
        for fact in [fact for fact in facts if isinstance(fact, TaskOpened)]:
            process = Process.load(definition, process.save(), zone=ZONE)
            facts = process.apply(c.CompleteTask(fact.place.token_id, {"answer": number}), now)
        return next(fact for fact in facts if isinstance(fact, InstanceEnded)).variables

    with ThreadPoolExecutor(8) as threads:
        for number, data in enumerate(threads.map(work, range(160))):
            assert (data["k"], data["answers"]) == (number * 2, [number] * 3)
