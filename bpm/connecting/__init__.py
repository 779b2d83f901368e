"""The connector contract: what a connector promises (its manifest), how it is asked, and what may come back from outside.

A connector is a folder ``connectors/<name>``: ``manifest.json``, ``connector.py`` with a class ``Connector``, ``strings/zh.json`` and
``strings/en.json``, a simulator and a README. The manifest draws the panel in the designer, checks a call when it is deployed and when
it is carried out, reads the settings and says what is tried again. Outside words and foreign exceptions stop here.
"""

from bpm.connecting.contract import Attachment, Connector, ConnectorError, IncomingMessage, Inlet, Json, OutsideError
from bpm.connecting.loading import ConnectorSettingError, load, typed_settings
from bpm.connecting.manifest import Manifest, ManifestError, Operation, Retry, delay, read_manifest
from bpm.connecting.registry import Registry

__all__ = [
    "Attachment",
    "Connector",
    "ConnectorError",
    "ConnectorSettingError",
    "IncomingMessage",
    "Inlet",
    "Json",
    "Manifest",
    "ManifestError",
    "Operation",
    "OutsideError",
    "Registry",
    "Retry",
    "delay",
    "load",
    "read_manifest",
    "typed_settings",
]
