"""A form that is still being built, drawn as the desk will draw it: a page without script, to be shown in a frame that runs none."""

from dataclasses import replace

from flask import render_template

from bpm.forms import Form
from bpm.forms.form import choices
from bpm.forms.mail import Mail
from bpm.web import fields
from bpm.web.fields import Field
from bpm.web.speech import gettext


def draw(form: Form, mail: Mail | None, language: str) -> str:
    """The page of the form; or, with ``mail``, the mail that somebody without our pages gets."""
    told = "zh-CN" if language == "zh" else "en"
    if mail is not None:
        return render_template("designer/form_mail.html", form=form, mail=mail, html_lang=told)
    # the frame that shows the page is a stranger to this server and gets no icons from it
    drawn = [_with_condition(form, field) for field in fields.of_form(form, {}, {})]
    return render_template("designer/form_page.html", form=form, fields=drawn, html_lang=told, icon=_no_icon)


def _no_icon(_name: str, _words: str | None = None) -> str:
    return ""


def _with_condition(form: Form, field: Field) -> Field:
    """All fields are seen at once here: those that are asked only beside some answers say which."""
    show = field.show or (field.section.show if field.section else None)
    rule = form.fields.get(show["field"]) if show else None
    if show is None or rule is None:
        return field
    words = dict(choices(rule)) | {True: gettext("Yes"), False: gettext("No")}
    values = ", ".join(str(words.get(value, value)) for value in show["in"] if not isinstance(value, list | dict))
    when = gettext("Only if “%(field)s” is: %(values)s.", field=rule.get("title", show["field"]), values=values)
    return replace(field, help=f"{when} {field.help}".strip())
