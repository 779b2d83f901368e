"""Forms: one file draws the page, checks the answers, fills the mail and documents the API."""

from bpm.forms.answers import AnswersError, FieldSentence, check, said
from bpm.forms.form import Form
from bpm.forms.html import from_html
from bpm.forms.resolving import made_ready, resolved

__all__ = ["AnswersError", "FieldSentence", "Form", "check", "from_html", "made_ready", "resolved", "said"]
