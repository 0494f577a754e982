"""The commands of curricula, with the one that moves trainees from one version to another."""

from tracker.curricula import version_cli
from tracker.curricula.cli import curriculum

__all__ = ["curriculum", "version_cli"]
