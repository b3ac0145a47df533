"""Name of a template on the command line."""

from bot.cli.runtime.program import CommandFailure


def check_template(name: str) -> None:
    """Raise CommandFailure, with the names of all templates, unless there is one called ``name``."""
    from cjm import templates
    from cjm.mistake_wording import quote_name

    if name not in templates.names():
        raise CommandFailure(
            f"there is no template {quote_name(name)}; the templates are: {', '.join(templates.names())}"
        )
