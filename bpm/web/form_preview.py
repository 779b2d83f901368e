"""A form that is still being built, drawn as the desk will draw it: a page without script, to be shown in a frame that runs none."""

from flask import render_template

from bpm.forms import Form
from bpm.forms.mail import Mail
from bpm.web import fields


def draw(form: Form, mail: Mail | None, language: str) -> str:
    """The page of the form; or, with ``mail``, the mail that somebody without our pages gets."""
    told = "zh-CN" if language == "zh" else "en"
    if mail is not None:
        return render_template("designer/form_mail.html", form=form, mail=mail, html_lang=told)
    return render_template("designer/form_page.html", form=form, fields=fields.of_form(form, {}, {}), html_lang=told)
