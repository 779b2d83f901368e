"""ETag and If-Match: whoever names the version that he has read does not write over another's change. Both are optional."""

import hashlib

from flask import request as http

from bpm.request import ChangedMeanwhileError


def etag(*values: object) -> str:
    """A short text that changes with the values."""
    return hashlib.blake2b(repr(values).encode(), digest_size=12).hexdigest()


def header(*values: object) -> dict[str, str]:
    """The ETag header of what stands in these values."""
    return {"ETag": f'"{etag(*values)}"'}


def asked_for() -> bool:
    """Tell whether the caller says which version it has read."""
    return "If-Match" in http.headers


def check(*values: object) -> None:
    """Raise ChangedMeanwhileError where If-Match names another version than this one."""
    if etag(*values) not in http.if_match:
        raise ChangedMeanwhileError
