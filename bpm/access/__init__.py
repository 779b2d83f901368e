"""Who is asking, and what he may see."""

from bpm.access.logins import (
    LoginFailedError,
    check_password,
    hash_password,
    is_csrf,
    is_stale,
    issue_token,
    log_in,
    log_out,
    open_login,
    revoke_tokens,
    session_of,
    token_user,
    touch,
)
from bpm.access.policy import CUSTOMER, SYSTEM, Actor, actor_of, led_units, may_see_order, require, visible_orders, visible_tasks
from bpm.access.tries import TooManyTriesError, household

__all__ = [
    "CUSTOMER",
    "SYSTEM",
    "Actor",
    "LoginFailedError",
    "TooManyTriesError",
    "actor_of",
    "check_password",
    "hash_password",
    "household",
    "is_csrf",
    "is_stale",
    "issue_token",
    "led_units",
    "log_in",
    "log_out",
    "may_see_order",
    "open_login",
    "require",
    "revoke_tokens",
    "session_of",
    "token_user",
    "touch",
    "visible_orders",
    "visible_tasks",
]
