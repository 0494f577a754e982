"""Where the record's keys and its copies beside the database are kept, as the settings say."""

from pathlib import Path

from flask import current_app


def key_folder() -> Path:
    """Where the notary's private key is: nobody else reads it."""
    folder: Path = current_app.config["KEY_FOLDER"]
    return folder


def checkpoint_folder() -> Path:
    """Where the newest checkpoint is kept outside the database: the copy that gives an old backup away."""
    folder: Path = current_app.config["CHECKPOINT_FOLDER"]
    return folder


def segment_folder() -> Path:
    """Where the second copy of the events is."""
    folder: Path = current_app.config["SEGMENT_FOLDER"]
    return folder


def new_origin() -> str:
    """Under which name the first key is made; from then on, the key's own name is the record's."""
    origin: str = current_app.config["RECORD_ORIGIN"]
    return origin
