"""Time, queries and memory of one piece of work."""

import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Sample:
    """What one piece of work took."""

    seconds: float = 0.0
    cpu: float = 0.0
    queries: int = 0


@dataclass
class Series:
    """Samples of the same work, on one document after the other."""

    samples: list = field(default_factory=list)

    @contextmanager
    def sample(self, env):
        """Measure the body from cold caches, with what the host does before commit."""
        env.invalidate_all()
        before = Sample(time.perf_counter(), time.process_time(), count(env))
        yield
        env.cr.flush()
        self.samples.append(
            Sample(
                time.perf_counter() - before.seconds,
                time.process_time() - before.cpu,
                count(env) - before.queries,
            )
        )

    def median(self, name: str) -> float:
        return statistics.median(getattr(sample, name) for sample in self.samples)


def count(env) -> int:
    """Queries so far in this cursor."""
    return env.cr.sql_log_count


def peak_memory() -> float:
    """Most memory that this process ever held, in MB.

    Of this program alone: `getrusage` also counts what its parent held by the time it
    was started.
    """
    with open("/proc/self/status") as status:
        [peak] = (line.split()[1] for line in status if line.startswith("VmHWM:"))
    return int(peak) / 1024


def table(head: list[str], rows: list[list]) -> str:
    """A Markdown table, numbers to the right."""
    lines = ["| " + " | ".join(head) + " |"]
    lines.append("|---" + "|--:" * (len(head) - 1) + "|")
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)
