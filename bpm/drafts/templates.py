"""Templates: small whole processes that a new one may begin as a copy of. They lie beside the shipped processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson

import bpm
from bpm.errors import N_, NotFoundError

PROCESSES = Path(bpm.__file__).parents[1] / "processes"
_LIST = PROCESSES / "templates" / "templates.json"
_ENDINGS = (".bpmn", ".dmn", ".json")


class TemplateNotFoundError(NotFoundError):
    """There is no such template."""

    code = "template-not-found"
    sentence = N_("There is no template “{template}”.")


@dataclass(frozen=True, slots=True)
class Template:
    """A template: where its files lie (below ``processes/``), its icon, and its texts by language."""

    id: str
    folder: str
    icon: str
    name: Mapping[str, str]
    description: Mapping[str, str]


@lru_cache(1)
def every() -> tuple[Template, ...]:
    """The templates in the order in which they are offered."""
    return tuple(Template(**each) for each in orjson.loads(_LIST.read_bytes()))


def files(template: str) -> dict[str, bytes]:
    """The files of a template by name. Raises TemplateNotFoundError."""
    found = next((each for each in every() if each.id == template), None)
    if found is None:
        raise TemplateNotFoundError(template=template)
    folder = PROCESSES / found.folder
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix in _ENDINGS}
