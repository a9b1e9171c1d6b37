"""Starts the `scenario` command, and turns every end of it into an exit code.

0 fine, 1 findings, 2 the job could not be done, 3 a bug in the tool, 130 interrupted, 143 terminated.

Nothing is imported before an interrupt is answered with a sentence, so the commands are not either.
"""

from __future__ import annotations

import sys

# The signal that ended the command: libraries turn the interrupt that it raises into errors of their own.
_received: list[int] = []
_INTERRUPT, _TERMINATE = 2, 15
_SENTENCES = {_INTERRUPT: "interrupted", _TERMINATE: "terminated"}


def __getattr__(name: str) -> object:
    """`app`, for anyone who looks for it here; it is loaded only then."""
    if name == "app":
        from scenario_cli.cli.app import app

        return app
    raise AttributeError(name)


def main() -> None:
    """Runs the command and leaves with its exit code."""
    try:
        import signal

        for number in _SENTENCES:
            signal.signal(number, _interrupt)
        _open_streams()
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command began, or after its end
        code = _ended(_received[0] if _received else _INTERRUPT)
    import gc
    import signal

    for number in _SENTENCES:
        signal.signal(number, signal.SIG_IGN)  # nothing is left to be interrupted
    gc.freeze()  # the process ends: searching the rest for cycles would take a tenth of the time of `validate`
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Runs one command line; always returns its exit code."""
    from scenario_cli.cli.console import silence_output

    code = 0
    try:
        code = _exit_code(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone, so no message is possible
        silence_output()
    except OSError as error:
        silence_output()
        _report(f"standard output cannot be written: {error.strerror}")
        code = 2
    return code


def _exit_code(arguments: list[str]) -> int:
    try:
        from scenario_cli.cli.app import execute
        from scenario_cli.cli.console import Stop

        try:
            code = execute(arguments)
            # Typer turns an interrupt into an exit code without a message.
            return _ended(_received[0]) if _received else code
        except Stop as error:
            if _received:
                raise
            _report(str(error))
            return 2
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if _received or isinstance(error, KeyboardInterrupt):
            return _ended(_received[0] if _received else _INTERRUPT)
        if message := _lack_of_room(error):
            _report(message)
            return 2
        import traceback

        # The trace without values: frames and lines, nothing of anybody's data but the error's own text.
        _report(
            "this is a bug in scenario-cli, not in your files. Please report it with this "
            f"text:\n{traceback.format_exc().rstrip()}"
        )
        return 3


def _lack_of_room(error: Exception) -> str | None:
    """A sentence about the disk or the memory that an error is about; None if it is about neither."""
    import errno

    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE):
            target = f" '{error.filename}'" if error.filename else " the temporary files"
            return f"cannot write{target}: {error.strerror}"
        return None
    if type(error).__module__.lstrip("_").startswith("duckdb") and type(error).__name__ in (
        "IOException",
        "OutOfMemoryException",
        "FatalException",
    ):
        first = str(error).strip().partition("\n")[0]
        hint = "free some space, or set TMPDIR to a larger disk"
        return f"not enough space on the disk or in memory: {first}\n  {hint}"
    return None


def _interrupt(number: int, _: object) -> None:
    _received.append(number)
    if number == _TERMINATE:
        import signal

        signal.signal(number, signal.SIG_IGN)  # the cleanup at this point runs once
    raise KeyboardInterrupt


def _ended(number: int) -> int:
    _report(_SENTENCES[number])
    return 128 + number


def _report(text: str) -> None:
    from scenario_cli.cli.console import notes

    notes(f"scenario: {text}".split("\n"))


def _open_streams() -> None:
    """Gives the process any missing standard streams, so that no file of ours gets the number of one."""
    import os

    while (opened := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(opened)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stdout is None:
        import io
        from typing import Any

        class Closed(io.RawIOBase):
            """Refuses to write once. It then takes the same bytes at the end of the process, which newer versions of
            Python would report with a traceback."""

            has_refused = False

            def writable(self) -> bool:
                return True

            def write(self, data: Any) -> int:
                if self.has_refused:
                    return memoryview(data).nbytes
                self.has_refused = True
                raise OSError(9, "it is closed")

        sys.stdout = io.TextIOWrapper(io.BufferedWriter(Closed()), encoding="utf-8")
    if sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        from scenario_cli.cli.narrow_output import take_all_characters

        take_all_characters(sys.stdout)


if __name__ == "__main__":
    main()
