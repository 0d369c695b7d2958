"""`dealside duplicates`: what stands in the CRM more than once, and what becomes of it."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from desktop.cli.parser import EXIT_OK
from desktop.cli.printing import Printer
from desktop.domain.cleanup import Cluster, MergePlan, Strategy, merged_fields, usual_plan
from desktop.domain.errors import Cancelled, Rejected
from desktop.domain.ids import RecordId
from desktop.domain.records import FIELDS, RecordKind
from desktop.review.cleanup_views import CleanupShelf, ClusterView, state_sentence, what_happens
from desktop.services import Cleanup

MOST = 100
SHORTEST_ID = 4
NAMES = {RecordKind.ACCOUNT: "account", RecordKind.CONTACT: "contact"}
SHOWN = ("email", "phone", "mobile", "domain")
HEADS = {
    CleanupShelf.OPEN: "probably the same",
    CleanupShelf.DECIDED: "to be merged, or merged",
    CleanupShelf.APART: "not the same, as you said",
}
HINT = (
    "Nothing was changed. `dealside duplicates show ID` says what a merge would do, `merge ID` and `dismiss ID` decide."
)
_NO_SUCH_ID = "That id names nothing, or more than one thing: `dealside duplicates list` shows the ids."


def duplicates(args: Namespace, printer: Printer, cleanup: Cleanup, ask: Callable[[str], bool]) -> int:
    """List, show, merge, dismiss, undo, or send again. Ids may be shortened to their beginning."""
    if args.action in (None, "list"):
        _list(printer, cleanup, CleanupShelf(getattr(args, "shelf", CleanupShelf.OPEN.value)))
        return EXIT_OK
    view = _find(cleanup, args.id)
    if args.action == "show":
        _show(printer, view)
        printer.document(_object(view))
        return EXIT_OK
    said = _decide(args, printer, cleanup, view, ask)
    printer.line(said)
    printer.document({"id": view.cluster.id, "said": said})
    return EXIT_OK


def _list(printer: Printer, cleanup: Cleanup, shelf: CleanupShelf) -> None:
    cleanup.look()
    views = cleanup.clusters(shelf)
    groups = "1 group is" if len(views) == 1 else f"{len(views) or 'No'} groups are"
    printer.line(f"{groups} {HEADS[shelf]}")
    for view in views[:MOST]:
        _print(printer, view)
    if len(views) > MOST:
        printer.line(f"   and {len(views) - MOST} more that are less likely")
    if views and shelf is CleanupShelf.OPEN:
        printer.line(HINT)
    printer.document([_object(view) for view in views])


def _decide(args: Namespace, printer: Printer, cleanup: Cleanup, view: ClusterView, ask: Callable[[str], bool]) -> str:
    cluster_id = view.cluster.id
    if args.action == "dismiss":
        cleanup.dismiss(cluster_id)
        return "Not the same: they come back only when one of them changes."
    if args.action == "undo":
        return cleanup.take_back(cluster_id)
    if args.action == "retry":
        cleanup.retry(cluster_id)
        return "It is sent again."
    planned = replace(view, plan=_plan(args, view))
    _show(printer, planned)
    if not ask(what_happens(planned)):
        raise Cancelled("Nothing was changed.")
    cleanup.merge(cluster_id, planned.plan, seen=view.cluster)
    return "It is on its way: `dealside duplicates list --shelf decided` says how far it has got."


def _plan(args: Namespace, view: ClusterView) -> MergePlan:
    """Return what the command line asks for, on top of what is planned."""
    cluster = view.cluster
    apart = tuple(_record(cluster, start) for start in args.apart)
    left = replace(cluster, members=tuple(m for m in cluster.members if m.record.ref.id not in apart))
    if len(left.members) < 2:
        raise Rejected("A merge takes two records at least: set fewer of them apart.")
    kept = _record(left, args.keep) if args.keep else view.plan.kept if not apart else usual_plan(left).kept
    strategies = dict(view.plan.strategies)
    for given in args.strategies:
        name, _, word = given.partition("=")
        if name not in FIELDS[cluster.kind] or word not in set(Strategy):
            listed = ", ".join(Strategy)
            raise Rejected(f"“{given}” should be FIELD=STRATEGY, where a strategy is one of: {listed}.")
        strategies[name] = Strategy(word)
    return MergePlan(kept, strategies, apart, with_note=args.note)


def _record(cluster: Cluster, start: str) -> RecordId:
    found = [m.record.ref.id for m in cluster.members if m.record.ref.id == start]
    found = found or [m.record.ref.id for m in cluster.members if start and m.record.ref.id.startswith(start)]
    if len(found) != 1:
        raise Rejected(f"“{start}” names none of these records: `dealside duplicates show` gives their ids.")
    return found[0]


def _find(cleanup: Cleanup, start: str) -> ClusterView:
    views = [view for shelf in CleanupShelf for view in cleanup.clusters(shelf)]
    found = [view for view in views if view.cluster.id.startswith(start)]
    if len(start) < SHORTEST_ID or len(found) != 1:
        raise Rejected(_NO_SUCH_ID)
    return found[0]


def _print(printer: Printer, view: ClusterView) -> None:
    cluster = view.cluster
    printer.line()
    printer.line(f"━━ {NAMES[cluster.kind]} {cluster.title}   [{cluster.id[:12]}]   {view.crm}")
    for member in cluster.members:
        why = f"   ({', '.join(member.reasons)})" if member.reasons else ""
        details = "".join(f"  {value}" for name in SHOWN if (value := member.record.fields.get(name)))
        printer.line(f"   {member.record.title}{details}{why}")
    if said := state_sentence(view):
        printer.line(f"   ! {said}")


def _show(printer: Printer, view: ClusterView) -> None:
    """Print what a merge would do: which Record stays, the value of each field, and what would vanish."""
    _print(printer, view)
    cluster, plan = view.cluster, view.plan
    printer.line()
    for member in cluster.members:
        ref = member.record.ref
        part = "stays" if ref.id == plan.kept else "is another" if ref.id in plan.apart else "goes"
        links = "1 record points" if member.links == 1 else f"{member.links} records point"
        printer.line(f"   {part:<10} {member.record.title}   record {ref.id}, {links} to it")
    for field in merged_fields(cluster, plan):
        if not field.after and not field.vanishing:
            continue
        label = FIELDS[cluster.kind][field.name].label
        after = view.names.get(field.after or "", field.after) or "(empty)"
        lost = ", ".join(view.names.get(value, value) for value in field.vanishing)
        printer.line(f"   {label:<12} {after}   [{field.strategy.value}]{f'   vanishes: {lost}' if lost else ''}")
    printer.line(f"   {what_happens(view)}")


def _object(view: ClusterView) -> dict[str, Any]:
    cluster, plan = view.cluster, view.plan
    return {
        "id": cluster.id,
        "connection": cluster.connection_id,
        "crm": view.crm,
        "kind": cluster.kind.value,
        "chance": round(cluster.chance, 3),
        "state": view.state.value,
        "sentence": state_sentence(view),
        "can_merge": cluster.can_merge,
        "kept": plan.kept,
        "records": [
            {
                "id": member.record.ref.id,
                "title": member.record.title,
                "links": member.links,
                "reasons": list(member.reasons),
                "is_apart": member.record.ref.id in plan.apart,
            }
            for member in cluster.members
        ],
        "fields": [
            {
                "field": field.name,
                "strategy": field.strategy.value,
                "before": field.before,
                "after": field.after,
                "vanishing": list(field.vanishing),
            }
            for field in merged_fields(cluster, plan)
        ],
    }
