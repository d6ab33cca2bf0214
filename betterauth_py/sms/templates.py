"""The templates of text messages: those of whoever sends them, and a deployer's in their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from betterauth_py.errors import ConfigurationError
from betterauth_py.mail.kinds import BUILT_IN
from betterauth_py.mail.languages import LANGUAGE_TAG
from betterauth_py.sms.kinds import SmsKind

_OURS: Final = Path(__file__).parents[1]


class SmsTemplates:
    """The templates of all text messages in all languages."""

    def __init__(
        self,
        kinds: Iterable[SmsKind],
        *,
        directory: Path | None,
        languages: Sequence[str],
        default_language: str,
        shared: Mapping[str, Any],
    ) -> None:
        """Find every template, and try those that are not ours; `shared` are variables that all of them have.

        Raises:
            ConfigurationError: naming the template and what is wrong with it.
        """
        if directory is not None and not directory.is_dir():
            raise ConfigurationError(
                f"Option `sms.templates`: {directory} is not a directory. Make it, or name another one."
            )
        self._directory = directory
        self._listed = {*languages, default_language} if languages else None
        self.default_language = default_language
        self._shared = shared
        self._known = {kind.name: self._load(kind) for kind in kinds}

    def languages_of(self, kind: SmsKind) -> list[str]:
        """Return the languages in which a message can be written."""
        return list(self._known[kind.name])

    def render(self, kind: SmsKind, language: str, variables: Mapping[str, Any]) -> str:
        """Return the text of a message in `language`, on as few lines as it has.

        Raises:
            jinja2.TemplateError: if the template does not get along with these variables.
        """
        template = self._known[kind.name][language].get_template(_file_of(kind))
        return template.render({**self._shared, "language": language, **variables}).strip()

    def _load(self, kind: SmsKind) -> dict[str, Environment]:
        folders = [folder for folder in (self._directory, kind.templates) if folder is not None]
        found = sorted({path.parent.name for folder in folders for path in folder.glob(f"*/{_file_of(kind)}")})
        languages = [one for one in found if LANGUAGE_TAG.fullmatch(one) and one in (self._listed or {one})]
        if self.default_language not in languages:
            raise ConfigurationError(
                f"The template {self.default_language}/{_file_of(kind)} of a text message is missing. Write it in "
                f"{self._directory or 'a folder that `sms.templates` names'}, or change `mail.default_language`."
            )
        return {language: self._environment(kind, language, folders) for language in languages}

    def _environment(self, kind: SmsKind, language: str, folders: list[Path]) -> Environment:
        """Return what reads the template of a message; read and try it where it is not ours."""
        # What they share with mails, such as how a duration is said.
        places = [folder / language for folder in (*folders, BUILT_IN)] + [BUILT_IN / "en"]
        environment = Environment(  # noqa: S701 - no HTML
            loader=FileSystemLoader(places),
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        name = _file_of(kind)
        if kind.templates.is_relative_to(_OURS) and not self._is_own(language, name):
            # Ours are tried by our tests, and read when the first message is written.
            return environment
        try:
            environment.get_template(name).render({**self._shared, "language": language, **kind.sample})
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, OSError) as error:
            known = ", ".join(sorted({*self._shared, "language", *kind.sample}))
            raise ConfigurationError(
                f"The template {language}/{name} of a text message cannot be rendered: {error}. It can use: {known}."
            ) from None
        return environment

    def _is_own(self, language: str, name: str) -> bool:
        return self._directory is not None and (self._directory / language / name).is_file()


def _file_of(kind: SmsKind) -> str:
    return f"{kind.name}.txt"
