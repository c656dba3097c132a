"""``solidot completion``: prints what lets a shell complete verbs, options, spiders and files."""

from __future__ import annotations

import argparse

from solidot_spider.commands import output, parser
from solidot_spider.commands.verb import PROGRAM, Verb

SHELLS = ("bash", "zsh", "fish")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("shell", choices=SHELLS, help="which shell")


def run(arguments: argparse.Namespace) -> int:
    """Print the script; the exit status."""
    import shtab

    whole = argparse.ArgumentParser("solidot", description="Crawls Solidot story by story.")
    verbs = whole.add_subparsers()
    for verb in arguments.verbs.values():
        parser.describe(verbs.add_parser(verb.name, help=verb.help, **parser.FORM), verb)
    return output.lines(shtab.complete(whole, arguments.shell).splitlines())


VERB = Verb(
    "completion",
    "print what completes verbs and options in bash, zsh or fish",
    "Prints a script for a shell. bash: eval it in ~/.bashrc; zsh: write it to _solidot in a directory of $fpath; "
    "fish: write it to ~/.config/fish/completions/solidot.fish.",
    "echo 'eval \"$(solidot completion bash)\"' >> ~/.bashrc\n"
    "solidot completion zsh > ~/.zfunc/_solidot\n"
    "solidot completion fish > ~/.config/fish/completions/solidot.fish",
    declare,
    run,
    PROGRAM,
)
