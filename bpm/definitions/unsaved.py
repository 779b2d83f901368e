"""Files that are no version yet, read as a version is: for trying out what is being drawn. Nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from bpm.definitions import reading, sorting
from bpm.definitions.checks import form_faults
from bpm.definitions.deployment import NothingToDeployError, called_files
from bpm.definitions.scenario_files import scenario_name
from bpm.definitions.settings import ProcessSettings
from bpm.definitions.sorting import Bundle
from bpm.engine.definition import Definition as EngineDefinition
from bpm.errors import N_, Finding, RefusedError


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What a version made of these files would be. ``files`` are its own, without those of called processes."""

    files: Mapping[str, bytes]
    whole: Mapping[str, bytes]
    settings: ProcessSettings
    engine: EngineDefinition
    parts: reading.Parts

    def text(self, zh: str, language: str) -> str:
        """A text of the drawing in a reader's language: itself where that is Chinese, or nobody has translated it."""
        found: Any = self.parts.strings.get(language[:2], {}).get(zh)
        return found if isinstance(found, str) else zh

    def form(self, name: str) -> dict[str, Any]:
        """A form as its author wrote it. Raises RefusedError where there is none of this name, or one that cannot be shown."""
        file = f"forms/{name}.json"
        form = self.parts.forms.get(name)
        if form is None:
            text = N_("There is no file {file} that holds a form.")
            raise RefusedError([Finding("error", file, None, "form-missing", text, {"file": file})])
        faults = form_faults(file, form)
        if faults:
            raise RefusedError(faults)
        return form

    def scenarios(self) -> dict[str, Any]:
        """The content of the scenarios' files by their names; None for one that is no JSON."""
        return {name: _json(self.files[file]) for file in sorted(self.files) if (name := scenario_name(file)) is not None}


def read_unsaved(session: Session, files: Mapping[str, bytes]) -> Unsaved:
    """Read files as ``deploy`` would, processes that they call from their published versions.

    Raises RefusedError with what keeps them from running, and what ``sorting.sort`` raises. What is wrong with a form is told when the
    form is asked for: the rest can be tried without it.
    """
    bundles, remarks = sorting.sort(session, files)
    bundle, settings = _first(bundles, remarks)
    main_missing = [finding for finding in bundle.findings if finding.level == "error"]
    if main_missing:
        raise RefusedError(main_missing)
    whole = {**bundle.files, **called_files(session, bundle, bundles)}
    return Unsaved(bundle.files, whole, settings, reading.built(whole, settings), reading.parts(whole, settings))


def _first(bundles: list[Bundle], remarks: list[Finding]) -> tuple[Bundle, ProcessSettings]:
    if not bundles:
        raise RefusedError(remarks) if remarks else NothingToDeployError
    if bundles[0].settings is None:
        raise RefusedError(bundles[0].findings)
    return bundles[0], bundles[0].settings


def _json(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
