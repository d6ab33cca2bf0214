"""The templates of the mails: those of whoever sends them, and a deployer's in their place."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)

from betterauth_py.errors import ConfigurationError
from betterauth_py.mail.kinds import BUILT_IN, MailKind
from betterauth_py.mail.languages import LANGUAGE_TAG
from betterauth_py.mail.message import RenderedMail

logger = logging.getLogger("betterauth.mail")

_OURS: Final = Path(__file__).parents[1]
_PARTS: Final = ("subject.txt", "txt", "html")


class MailTemplates:
    """The templates of all mails in all languages, those of a deployer read and tried at the start."""

    def __init__(
        self,
        kinds: Sequence[MailKind],
        *,
        directory: Path | None,
        languages: Sequence[str],
        default_language: str,
        shared: Mapping[str, Any],
    ) -> None:
        """Read and try every template; `shared` are variables that all of them have.

        Raises:
            ConfigurationError: naming the template, the line and what is wrong with it.
        """
        if directory is not None and not directory.is_dir():
            raise ConfigurationError(
                f"Option `mail.templates`: {directory} is not a directory. Make it, or name another one."
            )
        self._directory = directory
        self.default_language = _checked(default_language, "mail.default_language")
        self.languages = self._known_languages(languages)
        self._shared = shared
        # Languages that nobody has asked for by name are no promise: a plugin may lack one of them.
        self._may_lack = directory is None and not languages
        self._environments = {
            (folder, language): self._environment(folder, language)
            for folder in {kind.templates for kind in kinds}
            for language in self.languages
        }
        self._lacking: frozenset[tuple[str, str]] = frozenset()
        self._lacking = frozenset(
            (kind.name, language) for language in self.languages for kind in kinds if not self._try(kind, language)
        )

    def render(self, kind: MailKind, language: str, variables: Mapping[str, Any]) -> RenderedMail:
        """Return a mail in `language`, or in the default one where the kind has no templates in it.

        Raises:
            jinja2.TemplateError: if a template does not get along with these variables.
        """
        if (kind.name, language) in self._lacking:
            language = self.default_language
        environment = self._environments[kind.templates, language]
        values = {**self._shared, "language": language, **variables}
        parts = [self._find(kind, part, language) for part in _PARTS]
        texts = [environment.get_template(part).render(values) if part else None for part in parts]
        subject, text, html = texts
        return RenderedMail(
            kind.name,
            language,
            (subject or "").strip(),
            (text or "").strip() + "\n",
            html.strip() or None if html else None,
        )

    def _known_languages(self, listed: Sequence[str]) -> tuple[str, ...]:
        found = [_checked(language, "mail.languages") for language in listed]
        if not listed:
            place = self._directory or BUILT_IN
            found = sorted(item.name for item in place.iterdir() if item.is_dir() and LANGUAGE_TAG.fullmatch(item.name))
        elif self.default_language not in found:
            raise ConfigurationError(
                f"Option `mail.default_language`: {self.default_language!r} is not in `mail.languages`. Add it there."
            )
        return tuple(dict.fromkeys([self.default_language, *found]))

    def _folders(self, folder: Path, language: str) -> list[Path]:
        """Return where files for `language` may lie: a deployer's before a plugin's before those of the core."""
        own = [self._directory / language] if self._directory else []
        if self._directory and language == self.default_language:
            # What lies beside the folders is in the default language.
            own.append(self._directory)
        return [*own, *dict.fromkeys((folder / language, BUILT_IN / language, folder, BUILT_IN))]

    def _environment(self, folder: Path, language: str) -> Environment:
        # What templates include may lie beside the folders for every language.
        shared = [self._directory] if self._directory else []
        folders = self._folders(folder, language)
        in_language = [one for one in folders if one not in {folder, BUILT_IN}]
        return Environment(
            loader=FileSystemLoader([*in_language, *shared, *folders[len(in_language) :]]),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def _find(self, kind: MailKind, part: str, language: str) -> str | None:
        name = f"{kind.name}.{part}"
        return name if any((folder / name).is_file() for folder in self._folders(kind.templates, language)) else None

    def _try(self, kind: MailKind, language: str) -> bool:
        """Return whether the templates of a mail are there; read and try them where they are not ours."""
        for part in _PARTS[:2]:
            if self._find(kind, part, language) is None:
                file = f"{language}/{kind.name}.{part}"
                if self._may_lack and language != self.default_language:
                    logger.info(
                        "Mails %s are in %s where %s would be chosen: there is no template %s. Write it in a folder "
                        "that `mail.templates` names, or list the languages of your mails in `mail.languages`.",
                        kind.name, self.default_language, language, file,
                    )  # fmt: skip
                    return False
                fix = "Write it, or list the languages that are complete in `mail.languages`."
                if kind.templates != BUILT_IN:
                    fix = f"Write it in {self._directory or 'a folder that `mail.templates` names'}, or {fix[13:]}"
                raise ConfigurationError(
                    f"The mail template {file} is missing in {self._directory or kind.templates}. {fix}"
                )
        if self._directory is None and kind.templates.is_relative_to(_OURS):
            # Ours are tried by our tests; reading them takes longer than the rest of the start.
            return True
        try:
            self.render(kind, language, kind.sample)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, OSError) as error:
            raise ConfigurationError(self._explain(error, kind, language)) from None
        return True

    def _explain(self, error: Exception, kind: MailKind, language: str) -> str:
        if isinstance(error, TemplateSyntaxError):
            name = error.filename or error.name
            return f"The mail template {name}, line {error.lineno}, cannot be read: {error.message}."
        place = next(
            (frame for frame in reversed(traceback.extract_tb(error.__traceback__)) if _is_template(frame.filename)),
            None,
        )
        where = f"{place.filename}, line {place.lineno}," if place else f"{language}/{kind.name}"
        if isinstance(error, TemplateNotFound):
            return f"The mail template {where} needs the template {error.name}, which is not there. Write it."
        if isinstance(error, UnicodeDecodeError):
            return f"The mail template {where} is not UTF-8. Save it as UTF-8."
        known = ", ".join(sorted({*self._shared, "language", *kind.sample}))
        return f"The mail template {where} cannot be rendered: {error}. It can use: {known}."


def _is_template(filename: str) -> bool:
    return filename.endswith((".txt", ".html"))


def _checked(language: str, option: str) -> str:
    if LANGUAGE_TAG.fullmatch(language):
        return language
    raise ConfigurationError(f"Option `{option}`: {language!r} is not a language tag. Write for example en or pt-BR.")
