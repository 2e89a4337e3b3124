"""The command line: arguments, printing, exit codes. Nothing else prints.

Exit codes: 0 done; 3 done, but some files were left out (listed); 2 wrong input, a line per fault;
1 a bug, shown as frames without values (MOTIF_DEBUG=1 shows all).
"""

from __future__ import annotations

import os
import sys
import traceback

from pipeline.errors import PipelineError


def _usage_errors() -> tuple[type[BaseException], ...]:
    """What typer raises for wrong words on the command line; newer ones carry their own click."""
    import typer

    return tuple(kind for kind in typer.BadParameter.__mro__ if hasattr(kind, "show"))


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not know every letter
            stream.reconfigure(errors="replace")
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    import typer

    from pipeline.cli.app import app

    try:
        result = app(args=arguments, prog_name="motif", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except PipelineError as error:
        print("\n".join(str(fault) for fault in error.faults), file=sys.stderr)
        return 2
    except typer.Exit as leave:
        return leave.exit_code
    except (typer.Abort, KeyboardInterrupt):
        print("Stopped; what was finished before is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output, `head` say, has gone
        sys.stderr.close()
        return 0
    except Exception as error:
        if isinstance(error, _usage_errors()):
            error.show()  # type: ignore[attr-defined]
            return 2
        _show_bug(error)
        return 1


def _show_bug(error: Exception) -> None:
    """Frames without values: a value may be what a participant said."""
    if os.environ.get("MOTIF_DEBUG") == "1":
        traceback.print_exception(error)
        return
    print(f"This is a bug in Motif ({type(error).__name__}), not in your files.", file=sys.stderr)
    for frame in traceback.extract_tb(error.__traceback__):
        print(f"  {frame.filename}, line {frame.lineno}, in {frame.name}", file=sys.stderr)
    print(
        "Please report these lines; they hold nothing of your data. MOTIF_DEBUG=1 shows all, which "
        "may quote participants.",
        file=sys.stderr,
    )
