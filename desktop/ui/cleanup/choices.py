"""What the rep's keys change in a plan. Pure functions: each returns another plan, or None where nothing changes."""

from dataclasses import replace

from desktop.domain.cleanup import Cluster, MergePlan, Strategy, merged_fields, merging, usual_plan
from desktop.domain.ids import RecordId


def with_kept(cluster: Cluster, plan: MergePlan, record_id: RecordId) -> MergePlan | None:
    """Let another Record stay; one that was set apart takes part again. What was chosen field by field is reset."""
    if record_id == plan.kept:
        return None
    apart = tuple(other for other in plan.apart if other != record_id)
    return _if_enough(cluster, MergePlan(record_id, {}, apart, plan.with_note))


def with_apart(cluster: Cluster, plan: MergePlan, record_id: RecordId) -> MergePlan | None:
    """Set a Record apart, or take it in again; None where fewer than two would be left."""
    if record_id in plan.apart:
        return replace(plan, apart=tuple(other for other in plan.apart if other != record_id))
    apart = (*plan.apart, record_id)
    kept = plan.kept
    if record_id == kept:
        left = tuple(member for member in cluster.members if member.record.ref.id not in apart)
        if len(left) < 2:
            return None
        kept = usual_plan(replace(cluster, members=left)).kept
    return _if_enough(cluster, replace(plan, kept=kept, apart=apart))


def with_next_value(cluster: Cluster, plan: MergePlan, name: str) -> MergePlan | None:
    """Give a field the next of the values it could have; None where there is but one."""
    values = {strategy: _value(cluster, plan, name, strategy) for strategy in Strategy}
    now = next((field.strategy for field in merged_fields(cluster, plan) if field.name == name), None)
    if now is None:
        return None
    order = list(Strategy)
    start = order.index(now)
    for strategy in order[start + 1 :] + order[:start]:
        is_first = next(each for each in order if values[each] == values[strategy]) is strategy
        if values[strategy] != values[now] and is_first:
            return replace(plan, strategies={**plan.strategies, name: strategy})
    return None


def with_note(cluster: Cluster, plan: MergePlan, *, can_note: bool) -> MergePlan | None:
    """Keep what vanishes in a note, or do not; None where there is no note to be had or nothing to put there."""
    vanishes = any(field.vanishing for field in merged_fields(cluster, plan))
    return replace(plan, with_note=not plan.with_note) if plan.with_note or (can_note and vanishes) else None


def _value(cluster: Cluster, plan: MergePlan, name: str, strategy: Strategy) -> str | None:
    tried = replace(plan, strategies={**plan.strategies, name: strategy})
    return next(field.after for field in merged_fields(cluster, tried) if field.name == name)


def _if_enough(cluster: Cluster, plan: MergePlan) -> MergePlan | None:
    try:
        merging(cluster, plan)
    except LookupError:
        return None
    return plan
