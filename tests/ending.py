"""The end of a forked command: all that an interpreter does at its end, but for taking apart what the server imported.

That is most of what a short command costs: a tenth of a second to free, module by module, memory which the end of the
process gives back at once. What the command itself has made is taken apart, so that a file left open is still told.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from collections.abc import Set as AbstractSet
from types import ModuleType


def end(status: int, imported: AbstractSet[str]) -> None:
    """End this process with an exit status; returns only where a stream cannot be flushed, which Python tells itself.

    Args:
        status: as the command gave it.
        imported: names of the modules that were there before the command.
    """
    threading._shutdown()  # type: ignore[attr-defined] # waits for threads, as an interpreter does
    atexit._run_exitfuncs()
    if not flushed():
        return
    sys.unraisablehook = print_unraisable
    own = [module for name, module in sys.modules.items() if name not in imported and isinstance(module, ModuleType)]
    for module in (*own, sys.modules["__main__"]):
        vars(module).clear()
    del own, module
    gc.collect()  # what the server has imported is frozen
    if flushed():
        os._exit(status)


def flushed() -> bool:
    """Whether nothing is left in the standard streams."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream and not stream.closed:
                stream.flush()
    except OSError:
        return False
    return True


def print_unraisable(told: sys.UnraisableHookArgs) -> None:
    """Print what nobody can catch, without the frames of this module: at the end of an interpreter there is none."""
    without = (told.exc_type, told.exc_value, None, told.err_msg, told.object)
    sys.__unraisablehook__(type(told)(without))  # type: ignore[call-arg] # typeshed does not know how it is made
