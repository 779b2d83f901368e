"""Deployed processes: what is handed in, checked, kept as versions, published, and read again."""

from bpm.definitions.checks import form_faults
from bpm.definitions.deployment import DeployedMeanwhileError, NothingToDeployError, deploy, examine, publish, unstaffed
from bpm.definitions.mending import field_of, fix_of
from bpm.definitions.packing import ArchiveError, ArchiveTooLargeError, FileNameError, place, read_zip, together
from bpm.definitions.reading import (
    DefinitionNotFoundError,
    FileNotFoundInDefinitionError,
    NoProcessForTypeError,
    archive,
    engine_definition,
    file,
    find_published,
    findings,
    for_order_type,
    form,
    get,
    latest,
    page,
    settings_of,
    started_by_message,
    text,
    versions,
)
from bpm.definitions.renaming import Place, Renaming, rename
from bpm.definitions.settings import NoticeText, ProcessSettings
from bpm.definitions.sorting import CALLED

__all__ = [
    "CALLED",
    "ArchiveError",
    "ArchiveTooLargeError",
    "DefinitionNotFoundError",
    "DeployedMeanwhileError",
    "FileNameError",
    "FileNotFoundInDefinitionError",
    "NoProcessForTypeError",
    "NothingToDeployError",
    "NoticeText",
    "Place",
    "ProcessSettings",
    "Renaming",
    "archive",
    "deploy",
    "engine_definition",
    "examine",
    "field_of",
    "file",
    "find_published",
    "findings",
    "fix_of",
    "for_order_type",
    "form",
    "form_faults",
    "get",
    "latest",
    "page",
    "place",
    "publish",
    "read_zip",
    "rename",
    "settings_of",
    "started_by_message",
    "text",
    "together",
    "unstaffed",
    "versions",
]
