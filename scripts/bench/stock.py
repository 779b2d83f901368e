"""The measure: SpiffWorkflow as its authors ship it, on the same case, in a process of its own that imports nothing of Baton.

Each line on standard input is ``memory N`` or ``saved N``; the answer is the wall and the CPU seconds of N cases, as JSON.
``saved`` writes the whole workflow as JSON and reads it again at each step, which is what its documentation shows.
"""

import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.util.task import TaskState

CASE = Path(__file__).with_name("case.bpmn")
DATA = {"amount": 1500, "phone": "12055310001"}


class _Service(ServiceTask):  # type: ignore[misc]
    """A service that has answered before it is asked."""

    def _execute(self, task: Any) -> bool:
        return True


class _Parser(BpmnParser):  # type: ignore[misc]
    OVERRIDE_PARSER_CLASSES = {full_tag("serviceTask"): (TaskParser, _Service)}  # noqa: RUF012 -- the parser's own way


class Stock:
    """The case, parsed once."""

    def __init__(self) -> None:
        parser = _Parser()
        parser.add_bpmn_str(CASE.read_bytes().replace(b">PT1H<", b'>"PT1H"<'))  # here a duration is an expression
        self._spec = parser.get_spec("bench_case")
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, _Service: BpmnTaskSpecConverter}))

    def run(self, *, saved: bool) -> None:
        """One case from start to end."""
        workflow = BpmnWorkflow(self._spec)
        workflow.task_tree.data.update(DATA)
        workflow.do_engine_steps()
        while not workflow.completed:
            if saved:
                workflow = self._serializer.deserialize_json(self._serializer.serialize_json(workflow))
            workflow.get_tasks(state=TaskState.READY, manual=True)[0].run()
            workflow.do_engine_steps()
        if saved:
            self._serializer.serialize_json(workflow)


def main() -> None:
    """Answer until standard input ends."""
    stock = Stock()
    for line in sys.stdin:
        how, count = line.split()
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(int(count)):
            stock.run(saved=how == "saved")
        print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}), flush=True)


if __name__ == "__main__":
    main()
