"""Just enough of a Dockerfile's grammar to ask questions about ours."""

import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Instruction:
    """One instruction: its name in capitals and what stands behind it, continuation lines joined."""

    name: str
    argument: str

    @property
    def words(self) -> list[str]:
        """The argument without its `--flag=value` words."""
        return [word for word in self.argument.split() if not word.startswith("--")]

    @property
    def flags(self) -> dict[str, str]:
        """The `--flag=value` words."""
        flags = (word[2:].partition("=") for word in self.argument.split() if word.startswith("--"))
        return {flag: value for flag, _, value in flags}

    @property
    def command(self) -> list[str]:
        """The argument in exec form, behind the flags and the CMD of a health check."""
        command: list[str] = json.loads(self.argument[self.argument.index("[") :])
        return command


@dataclass(frozen=True)
class Stage:
    """What stands between one FROM and the next."""

    name: str
    image: str
    instructions: list[Instruction]

    def all(self, name: str) -> list[Instruction]:
        """The instructions of that name, in order."""
        return [instruction for instruction in self.instructions if instruction.name == name]

    def last(self, name: str) -> Instruction:
        """The one that counts."""
        return self.all(name)[-1]


def stages() -> list[Stage]:
    """The stages of the project's Dockerfile."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))
    found: list[Stage] = []
    defaults: dict[str, str] = {}
    for line in text.replace("\\\n", " ").splitlines():
        name, _, argument = line.strip().partition(" ")
        if name == "FROM":
            image, _, stage = argument.partition(" AS ")
            for variable, default in defaults.items():
                image = image.replace(f"${{{variable}}}", default)
            found.append(Stage(stage, image, []))
        elif name == "ARG" and not found:
            variable, _, default = argument.partition("=")
            defaults[variable] = default
        else:
            found[-1].instructions.append(Instruction(name, argument.strip()))
    return found
