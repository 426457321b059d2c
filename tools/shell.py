"""What runs the pages one after another in one process, and lets go of each.

IPython keeps every shell, with all that its cells made, until Python ends, and then collects garbage once for each: for
the pages of this repository that is half of the time.
"""
import atexit

from execnb.shell import CaptureShell


class Shell(CaptureShell):
    "A shell that keeps nothing once the next one starts"
    before: "Shell | None" = None

    def __init__(self, *args, **kwargs):
        if Shell.before is not None: Shell.before.user_ns.clear()
        super().__init__(*args, **kwargs)
        atexit.unregister(self.atexit_operations)
        Shell.before = self
