"""Measure the quality of search on each engine: the evaluator's table, the false alarms, and every bar.

The exit status is 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.quality import evaluate
from tests.quality.bars import CRISIS_PATH, PATH, Row, Verdict, verdicts, without_drug
from tests.quality.sites import add_engine, chosen, prepared, served

HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """Measure; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument(
        "--queries", type=Path, default=HERE / "dev.jsonl", help="one question a line, as JSON"
    )
    parser.add_argument("--alias", type=Path, default=HERE / "slug_aliases.json")
    parser.add_argument("--failures", type=Path, help="a folder for failures-<engine>.jsonl")
    add_engine(parser)
    options = parser.parse_args(arguments)
    missed = 0
    for engine in chosen(options.engine):
        print(f"=== {engine}", flush=True)
        with tempfile.TemporaryDirectory() as folder, prepared(engine) as env, served(env) as site:
            where = options.failures or Path(folder)
            where.mkdir(parents=True, exist_ok=True)
            found = measured(site, options.queries, options.alias, where / f"failures-{engine}.jsonl")
        for verdict in found:
            print(verdict)
        missed += sum(verdict.is_measured and not verdict.is_met for verdict in found)
        print(flush=True)
    print(f"{missed} bars missed." if missed else "Every bar is met.")
    return int(bool(missed))


def measured(site: str, queries: Path, alias: Path, failures: Path) -> list[Verdict]:
    """Run the evaluator against `site`, print its table, and return whether every bar is met."""
    url = f"{site}/api/v1/search?q={{q}}"
    report = failures.with_suffix(".report.json")
    evaluate.main(
        [
            *("--queries", str(queries), "--alias", str(alias), "--url", url, "--path", PATH),
            *(
                "--crisis-path",
                CRISIS_PATH,
                "--out",
                str(failures),
                "--json",
                str(report),
                "--concurrency",
                "2",
            ),
        ]
    )
    summary = json.loads(report.read_text(encoding="utf-8"))
    report.unlink()
    summary["nonsense"]["without_drug"] = without_drug(read(queries), lambda text: ask(url, text))
    print(
        f"nonsense: no result at all {summary['nonsense']['correct_empty']:.3f}, "
        f"no drug {summary['nonsense']['without_drug']:.3f}"
    )
    alarms = [row["q"] for row in read(failures) if "false-alarm" in row["why"]]
    print(f"false alarms: {len(alarms)}", *alarms, sep="\n  ")
    return verdicts(summary)


def ask(url: str, text: str) -> Row:
    """Return the answer to one question. Raises SystemExit if the site does not answer."""
    answer, _, error = evaluate.ask(url, text, 10, {}, 0)
    if error or not isinstance(answer, dict):
        raise SystemExit(f"No answer to {text!r}: {error}")
    return answer


def read(path: Path) -> list[Row]:
    """Return the rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
