"""Tables, one noun a file. Rules about them stand in the chapters of the same name."""

from bpm.models.access import ApiToken, IdempotencyKey, LoginSession
from bpm.models.calendar import Calendar, CalendarDay
from bpm.models.classes import ServiceClass
from bpm.models.customer import Customer
from bpm.models.database import Base
from bpm.models.definition import Definition, DefinitionFile, Resource
from bpm.models.draft import Draft, DraftComment, DraftReader, DraftRevision, DraftStep
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.journal import JournalEntry
from bpm.models.message import KeptMessage, SeenMessage, Subscription
from bpm.models.notice import Notice
from bpm.models.org import Membership, Unit, User
from bpm.models.setting import Setting
from bpm.models.task import HandOver, Task, TaskComment
from bpm.models.work_item import WorkItem
from bpm.models.work_order import Attachment, Contact, Evaluation, Pause, WorkOrder

__all__ = [
    "ApiToken",
    "Attachment",
    "Base",
    "Calendar",
    "CalendarDay",
    "Contact",
    "Customer",
    "Definition",
    "DefinitionFile",
    "Draft",
    "DraftComment",
    "DraftReader",
    "DraftRevision",
    "DraftStep",
    "Evaluation",
    "HandOver",
    "IdempotencyKey",
    "Incident",
    "Instance",
    "JournalEntry",
    "KeptMessage",
    "LoginSession",
    "Membership",
    "Notice",
    "Pause",
    "Resource",
    "SeenMessage",
    "ServiceClass",
    "Setting",
    "Subscription",
    "Task",
    "TaskComment",
    "Unit",
    "User",
    "WorkItem",
    "WorkOrder",
]
