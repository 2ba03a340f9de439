"""What can go wrong, one class for each kind::

    MoyeoError
    ├── InvalidArgumentError (ValueError)   a value that is not allowed; nothing was changed
    ├── NotFoundError (LookupError)         the user asked about is not here
    ├── ResourceExhaustedError              the index or a set is full; nothing was changed
    └── MovesRefusedError                   part of a batch; the rest of it was carried out

A value of the wrong type, and an array of the wrong dtype, is a `TypeError`. When memory runs out,
`MemoryError` is raised; what the index holds is then undefined, and it must not be used any more.
Every message names the argument at fault and says what was expected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moyeo.results import MoveBatchResult


class MoyeoError(Exception):
    """Whatever moyeo raises of its own."""


class InvalidArgumentError(MoyeoError, ValueError):
    """An argument has a value that is not allowed. Nothing was changed."""


class NotFoundError(MoyeoError, LookupError):
    """The user asked about is not held, or is expired."""


class ResourceExhaustedError(MoyeoError):
    """There is no room for one more. Nothing was changed.

    The user is new, and `max_users` are held already; or as many have a visibility that is not the
    default one; or the set of a viewer would have more than `PresenceIndex.MAX_SET_MEMBERS`.
    """


class MovesRefusedError(MoyeoError):
    """Some moves of a batch were refused. All the others were carried out.

    `result` says what became of the batch: ``error.result.refusals`` has the index of each move
    that was refused, and the error that it would have raised by itself.
    """

    def __init__(self, result: MoveBatchResult) -> None:
        super().__init__(result)
        self.result = result

    def __str__(self) -> str:
        refusals = self.result.refusals
        others = self.result.applied + self.result.ignored
        carried_out = ", the others carried out" if others else ""
        return (
            f"{len(refusals)} of {len(refusals) + others} moves refused{carried_out}; "
            f"the first {refusals[0].error}"
        )
