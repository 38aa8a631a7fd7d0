"""`omen-conformance sweep`: takes back the orders that an earlier run left open."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from conformance.errors import UsageError
from conformance.fronts import options as known
from conformance.fronts.artefacts import report_folder
from conformance.fronts.listing import told
from conformance.fronts.parsing import add
from conformance.fronts.secrets import known as known_secrets
from conformance.fronts.secrets import starred
from conformance.fronts.sweeping import aim, as_object, elsewhere, swept, write
from conformance.record import RunRecord, Unbegun, read
from conformance.reporting.paper import Paper, count
from conformance.run.sweep import STILL, Sweep, Swept, Wanted, counted

HELP = "cancel the orders that an earlier run left open, also one that was killed"
ASKED = ("url", "credential", "value", "tolerance")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument(
        "target", nargs="?", default="", metavar="TARGET", help="a server's name from the documents"
    )
    parser.add_argument(
        "--run", metavar="RUN", help="the run: its run.jsonl, or the folder that holds it; what it meant to "
        "place is cancelled",
    )  # fmt: skip
    parser.add_argument(
        "--all-tagged", action="store_true",
        help="cancel whatever bears a tag of this suite, of other runs and other users of the account, too",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only look: cancel nothing")
    parser.add_argument("--report-dir", metavar="DIR", help="where sweep.json goes (default: beside the run)")
    add(parser, "which target", [one for one in known.TARGET if one.name in ASKED])
    add(parser, "which documents", known.CONTRACT)


def run(options: argparse.Namespace) -> int:
    """0: nothing of ours is open. 1: something is. 3: nobody could see."""
    wish = known.wish({**vars(options), "report_dir": None}, options.target)
    secrets = known_secrets(wish)
    try:
        record = read(Path(options.run), transcripts=False) if options.run else None
    except Unbegun as killed:
        # What is sent is written down first, behind the header.
        print(Paper.of(sys.stdout).safe(f"{killed.where} holds not even its header: nothing had been sent"))
        if not options.all_tagged:
            return 0
        record = None
    contract, target = aim(wish, record)
    for line in told(contract):
        print(starred(line), file=sys.stderr, flush=True)
    if record is not None and (note := elsewhere(record, target)):
        print(starred(note), file=sys.stderr, flush=True)
    wanted = Wanted(
        record.intents if record is not None else (),
        record.intent_ends if record is not None else (),
        every_tag=options.all_tagged,
        dry=options.dry_run,
    )
    made = asyncio.run(swept(contract, target, wanted, secrets))
    stored = as_object(made, target, wanted, record.path if record is not None else "")
    path = write(stored, _folder(options, wish, record), secrets)
    paper = Paper.of(sys.stdout)
    for text in _told(made, target.name, record, wanted):
        print("\n".join(paper.wrapped(starred(text))))
    print(paper.safe(f"record    {path}"))
    return made.exit_code


def _folder(options: argparse.Namespace, wish: known.Wish, record: RunRecord | None) -> Path:
    if options.report_dir:
        return Path(options.report_dir).expanduser()
    if record is not None:
        return Path(record.path).parent
    return report_folder(replace(wish, target=f"sweep-{wish.target}" if wish.target else ""))


def _told(made: Sweep, name: str, record: RunRecord | None, wanted: Wanted) -> Iterator[str]:
    if record is not None:
        how = "" if record.complete else ", and did not come to its end"
        yield f"{record.path} meant to send {count(made.meant, 'order')} to {record.header.target.name}{how}"
    for each in made.orders:
        yield _line(each)
    for each in made.strange:
        yield _line(each) + ": the tag of another run, not touched (--all-tagged would)"
    for account, why in made.unseen.items():
        yield f"not seen  {account}: {why}"
    counts = ", ".join(f"{number} {was}" for was, number in counted(made.orders).items())
    if counts:
        yield f"found     {counts}"
    if made.open:
        verb = "would be cancelled" if wanted.dry else "STILL OPEN"
        yield f"{count(len(made.open), 'order')} of ours {verb} at {name}"
    elif made.seen:
        rest = "" if not made.unseen else ", as far as anybody could see"
        yield f"nothing of ours is open at {name}{rest} (checked: {', '.join(made.seen)})"
    else:
        yield f"nobody knows what of ours is open at {name}"


def _line(each: Swept) -> str:
    about = " ".join(one for one in (each.side, each.size, each.symbol) if one)
    price = f" at {each.price}" if each.price else ""
    filled = f", {each.filled} of it filled" if each.filled else ""
    became = f", {each.became}" if each.became else ""
    why = f": {each.why}" if each.why and (each.became == STILL or not each.became) else ""
    case = f"  ({each.case})" if each.case else ""
    name = each.client_id or each.order_id or "an order"
    return f"{name}  {about}{price}: was {each.was}{filled}{became}{why}{case}"


def refused(words: list[str], failure: UsageError) -> None:
    """Wrong options: whatever looks like a secret among them is known."""
    known_secrets(known.Wish(url=tuple(words)))
