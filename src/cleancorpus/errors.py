"""One tree for every error that the library raises on purpose, and one warning."""

from __future__ import annotations


class CleancorpusError(Exception):
    """Anything that cleancorpus refuses; catch this to catch all of the below."""


class InputError(CleancorpusError):
    """An input cannot be read; the message names the place and what to do."""


class DecodeError(InputError):
    """Bytes that are not text in any encoding that the library knows."""


class EditError(CleancorpusError, ValueError):
    """Edits that do not fit together, or do not fit the text they are applied to."""


class RuleError(CleancorpusError, ValueError):
    """A rule that cannot be loaded, compiled or matched safely."""


class SettingsError(CleancorpusError, ValueError):
    """A setting that does not exist or has an impossible value."""


class RecordError(CleancorpusError, ValueError):
    """A stored record that is damaged or of another version."""


class MissingDependency(CleancorpusError, ImportError):  # noqa: N818  named after what is missing, for the reader of a traceback
    """An optional package is needed; the message names the extra that installs it."""


class InputWarning(UserWarning):
    """An input can be read, but hardly as it was meant; the message names the place and what to do."""
