"""The commands that make a population, and measure on one."""

import sys
from datetime import datetime

import click
from flask.cli import with_appcontext

from tracker import create_app
from tracker.core.clock import today
from tracker.core.db import begin_write, db
from tracker.operations.bench.run import Run
from tracker.operations.library import AWARD, SCHEME, import_library
from tracker.operations.population.populate import Plan, populate, published, refuse_if_inhabited


@click.command()
@click.option("--trainees", type=click.IntRange(1, 100_000), required=True, help="How many trainees.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same people and work.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it is made to stand; today, if none."
)
@click.option("--scheme", default=SCHEME, show_default=True, help="The curriculum that everybody is on.")
@click.option("--award", default=AWARD, show_default=True, help="The award that a third are on as well; '' for none.")
@with_appcontext
def population(trainees: int, seed: int, as_of: datetime | None, scheme: str, award: str) -> None:
    """Fill an empty database with made-up trainees, their staff, their work and the record of it.

    Nobody in it has a password. The same seed on the same day and the same curricula gives the same rows.
    """
    begin_write()
    refuse_if_inhabited()
    import_library()
    plan = Plan(
        trainees=trainees,
        seed=seed,
        as_of=as_of.date() if as_of else today(),
        scheme=published(scheme),
        award=published(award) if award else None,
    )
    with click.progressbar(length=trainees, label=f"Making {trainees} trainees", file=sys.stderr) as bar:
        made = populate(plan, done=lambda: bar.update(1))
    db.session.commit()
    click.echo(str(made))


@click.command()
@click.option("--trainees", type=click.IntRange(20, 100_000), default=2000, show_default=True, help="How many.")
@click.option("--quick", is_flag=True, help="Few trainees and few repeats: to see that it runs, not to measure.")
@click.option("--database-url", default="", help="A PostgreSQL server, for databases that are dropped afterwards.")
def bench(trainees: int, database_url: str, *, quick: bool) -> None:
    """Measure the figures of docs/performance.md, each beside its floor, on databases made for it."""
    sizes, times, starts = ((6, 6, 18), 2, 1) if quick else ((10, trainees // 10, trainees), 60, 5)
    run = Run(create_app, database_url, sizes, times, starts, say=lambda said: click.echo(said, err=True))
    click.echo(run.all())
