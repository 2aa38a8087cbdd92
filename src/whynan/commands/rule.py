"""`whynan rule`: what a diagnosis looks for, why it matters, how to fix it. The page comes from the rule's own file."""

from __future__ import annotations

import difflib
import inspect
import json
from types import ModuleType
from typing import Any

import click


def meaning(module: ModuleType) -> str:
    """The first line of a rule's page."""
    return inspect.getdoc(module).partition("\n")[0].strip() if module.__doc__ else ""  # type: ignore[union-attr]


def page(slug: str, module: ModuleType) -> str:
    """The page of a rule as Markdown."""
    body = (inspect.getdoc(module) or "").strip()
    remedies = ", ".join(f"`{name}`" for name in module.REMEDIES) or "none"
    return f"# {slug}\n\nCategory: {module.CATEGORY}. Remedies: {remedies}.\n\n{body}\n"


def _facts(slug: str, module: ModuleType) -> dict[str, Any]:
    return {
        "slug": slug,
        "category": module.CATEGORY,
        "meaning": meaning(module),
        "remedies": list(module.REMEDIES),
        "page": page(slug, module),
    }


@click.command("rule", help="Explain the cause SLUG, or list all causes.")
@click.option("--all", "every", is_flag=True, help="The pages of all causes, as Markdown.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.argument("slug", required=False)
def command(slug: str | None, every: bool, output_format: str) -> None:
    """Print one page, all pages, or the list."""
    from whynan.diagnoses import rules

    found = rules()
    if slug is not None and every:
        raise click.UsageError("give a SLUG or --all, not both")
    if slug is not None and slug not in found:
        near = difflib.get_close_matches(slug.replace("-", "_"), found, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`whynan rule` lists them"
        raise click.UsageError(f"no cause {slug!r}: {hint}")
    picked = {slug: found[slug]} if slug is not None else found
    if output_format == "json":
        facts = [_facts(name, module) for name, module in sorted(picked.items())]
        click.echo(json.dumps(facts[0] if slug is not None else facts, indent=2, ensure_ascii=False))
    elif every:
        click.echo("\n".join(page(name, module) for name, module in sorted(picked.items())), nl=False)
    elif slug is not None:
        _show(page(slug, found[slug]))
    else:
        _list(found)


def _show(text: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    if console.is_terminal:
        console.print(Markdown(text))
    else:
        click.echo(text, nl=False)


def _list(found: dict[str, ModuleType]) -> None:
    width = max(len(name) for name in found)
    for category in sorted({str(module.CATEGORY) for module in found.values()}):
        click.echo(f"{category}")
        for name, module in sorted(found.items()):
            if category == module.CATEGORY:
                click.echo(f"  {name:{width}}  {meaning(module)}")
