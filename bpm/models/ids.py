"""Ids of rows."""

from uuid import UUID

from uuid_utils.compat import uuid7


def row_id() -> UUID:
    """An id that sorts by when it was given (UUID version 7, RFC 9562): new rows come to lie beside each other in every index,
    and of two that are alike the older comes first. It can be guessed, so it is never a secret.
    """
    return uuid7()
