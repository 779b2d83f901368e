"""The message catalogue: what translators write (.po) compiled to what programs read (.mo), and kept in step with the code.

``python -m scripts.messages`` takes new texts over, drops those that are gone, and names what has no translation yet.
"""

from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
TRANSLATIONS = Path(__file__).parent / "translations"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
"""What marks a text in code and templates."""

_WIDTH = 140
_READ_BY_ALL = 0o644
_HEAD = """msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
"""No dates and no names of tools: a catalogue changes only where a text does."""

_NOT_OURS = frozenset({"node_modules", ".venv", "var", "tests"})


def compile_stale() -> list[Path]:
    """Compile every catalogue that was changed since it was last compiled, and return them. Several programs may do so at once."""
    stale = [po for po in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po") if _is_stale(po)]
    for po in stale:
        with NamedTemporaryFile(dir=po.parent, suffix=".mo.part", delete=False) as part:
            write_mo(part, _read(po))
        made = Path(part.name)
        made.chmod(_READ_BY_ALL)
        made.replace(po.with_suffix(".mo"))
    return stale


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def _read(po: Path) -> Catalog:
    with po.open("rb") as source:
        return read_po(source, locale=po.parts[-3])


def texts() -> dict[str, str | tuple[str, str]]:
    """The English texts of code and templates by their (singular) form; a text with a plural is a pair."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as source:
        methods, options = parse_mapping_cfg(source)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS, directory_filter=lambda folder: Path(folder).name not in _NOT_OURS)
    ids = (message for _, _, message, _, _ in found)
    return {
        message if isinstance(message, str) else message[0]: message if isinstance(message, str) else (message[0], message[1])
        for message in ids
    }


def renew(language: str) -> list[str]:
    """Bring a language's catalogue in step with the code; returns the texts that have no translation yet."""
    po = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    before, renewed = _read(po), Catalog(locale=language)
    missing = []
    for english, message in sorted(texts().items()):
        translated = _translation(before, english)
        renewed.add(message, translated if isinstance(message, str) else (translated,))
        missing += [] if translated else [english]
    with po.open("wb") as target:
        write_po(target, renewed, width=_WIDTH, sort_output=True, omit_header=True)
    po.write_text(_HEAD.format(language=language) + po.read_text(encoding="utf-8"), encoding="utf-8")
    return missing


def _translation(catalogue: Catalog, english: str) -> str:
    """The translation of a text; of one with a plural the only form that Chinese has."""
    known = catalogue.get(english)
    found = known.string if known is not None else None
    if isinstance(found, str):
        return found
    return next(iter(found or ()), "")
