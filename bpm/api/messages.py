"""Messages from outside to whoever awaits them."""

from typing import Any

from bpm import access, instances
from bpm.api.chapter import Chapter
from bpm.api.schemas.instances import DeliveredShape, MessageBody, instance_row
from bpm.request import actor, now, session

chapter = Chapter("messages", "Messages from outside to the processes that await them")


@chapter.post("/messages")
@chapter.takes(MessageBody)
@chapter.answers(200, DeliveredShape)
def deliver(body: dict[str, Any]) -> dict[str, Any]:
    """Hand over a message: to whoever awaits it, else to the process that it starts, else it is kept for its time to live.

    The same ``id`` again changes nothing and answers the same.
    """
    access.require(actor(), "ANALYST", "CS_MANAGER")
    found = instances.deliver(
        session(),
        body["name"],
        body.get("correlation"),
        body["variables"],
        now(),
        business_key=body.get("business_key"),
        message_id=body.get("id"),
        actor=actor(),
    )
    return {"instances": [instance_row(instance) for instance in found]}
