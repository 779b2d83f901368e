"""Asks the billing system over HTTP. Requests are POSTs with a JSON body: no customer's number stands in an address or in its logs."""

import json
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from bpm.connecting import Json, Manifest, OutsideError

SIZE_LIMIT = 1_000_000
"""Bytes of an answer; a longer one is not read."""

_BILLING_CODE = re.compile(r"[a-z][a-z0-9-]{0,59}")
_TEMPORARY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Settings:
    """Where billing is, and how we say who we are."""

    url: str
    token: str = field(repr=False)
    ca_file: str | None = None


class Connector:
    """Customers, bills and refunds of the billing system."""

    def __init__(self, settings: Json, manifest: Manifest) -> None:
        self._settings = Settings(**settings)
        self._manifest = manifest
        # no kept connections: a look-up is rare, and a connection that died unseen would look like an outage
        self._client = httpx.Client(
            verify=ssl.create_default_context(cafile=self._settings.ca_file),
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
        )
        self._operations: dict[str, Callable[[Json, str], Json]] = {
            "customer": self._customer,
            "bills": self._bills,
            "adjust": self._adjust,
        }

    def perform(self, operation: str, inputs: Json, key: str) -> Json:
        """Carry out an operation; see the manifest."""
        return self._operations[operation](inputs, key)

    def _customer(self, inputs: Json, key: str) -> Json:
        answer = self._ask("customer", inputs, key)
        return {name: answer[name] for name in self._manifest.operations["customer"].outputs["properties"] if name in answer}

    def _bills(self, inputs: Json, key: str) -> Json:
        months = inputs.get("months", self._manifest.operations["bills"].inputs["properties"]["months"]["default"])
        return {"bills": self._ask("bills", {"number": inputs["number"], "months": months}, key).get("bills")}

    def _adjust(self, inputs: Json, key: str) -> Json:
        amount = Decimal(str(inputs["amount"]))
        if amount != round(amount, 2):
            raise OutsideError("refused", reason="amount-below-one-fen")
        answer = self._ask("adjust", {**inputs, "amount": f"{amount:.2f}"}, key)
        return {"adjustment": answer.get("adjustment"), "amount": _money(answer.get("amount"))}

    def _ask(self, operation: str, body: Json, key: str) -> Json:
        limit = self._manifest.operations[operation].time_limit
        try:
            status, content = self._exchange(operation, body, key, limit)
        except httpx.TimeoutException:
            raise OutsideError("billing-down", reason="timeout") from None
        except httpx.HTTPError:
            raise OutsideError("billing-down", reason="connection") from None
        return _answer(status, content, str(body["number"]))

    def _exchange(self, operation: str, body: Json, key: str, limit: float) -> tuple[int, bytes]:
        """One request and its answer, both within nine tenths of the limit: then billing's silence is told as such."""
        deadline = time.monotonic() + 0.9 * limit
        headers = {"Authorization": f"Bearer {self._settings.token}", "Idempotency-Key": key, "Accept-Encoding": "identity"}
        url = f"{self._settings.url.rstrip('/')}/{operation}"
        timeout = httpx.Timeout(0.6 * limit, connect=0.3 * limit)
        with self._client.stream("POST", url, json=body, headers=headers, timeout=timeout) as response:
            content = b""
            for chunk in response.iter_raw():
                content += chunk
                if len(content) > SIZE_LIMIT:
                    raise OutsideError("refused", reason="answer-too-long")
                if time.monotonic() > deadline:
                    raise OutsideError("billing-down", reason="timeout")
            return response.status_code, content


def _answer(status: int, content: bytes, number: str) -> Json:
    """What billing's status and body mean in the manifest's words."""
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in _TEMPORARY:
        raise OutsideError("billing-down", reason=f"http-{status}")
    answer = _read(content)
    if status == httpx.codes.OK:
        if answer is None:
            raise OutsideError("billing-down", reason="unreadable")
        return answer
    reason = (answer or {}).get("error")
    if reason == "unknown-customer":
        raise OutsideError("unknown-customer", number=_masked(number))
    known = isinstance(reason, str) and _BILLING_CODE.fullmatch(reason)
    raise OutsideError("refused", reason=str(reason) if known else f"http-{status}")


def _read(content: bytes) -> Json | None:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _money(amount: Any) -> Any:
    """Billing writes amounts as texts such as "30.50"; anything else stays as it is and does not fit the manifest."""
    return float(amount) if isinstance(amount, str) and re.fullmatch(r"\d{1,12}\.\d{2}", amount) else None


def _masked(number: str) -> str:
    """A customer's number as errors and logs may carry it: 138****1234."""
    return f"{number[:3]}****{number[-4:]}" if len(number) > 7 else f"****{number[-2:]}"
