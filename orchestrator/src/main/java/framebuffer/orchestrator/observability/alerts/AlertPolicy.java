package framebuffer.orchestrator.observability.alerts;

import framebuffer.orchestrator.observability.alerts.AlertConditions.Condition;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which alerts fire: conditions that held at every evaluation for the time of their rule. An alert ends at the first evaluation at
 * which its condition does not hold. While Redis is away, only that is reported, and all other alerts stay as they are.
 *
 * @param conditions the conditions of the last evaluation
 * @param held subject → since when its condition has held
 */
record AlertPolicy(AlertThresholds thresholds, AlertConditions conditions, Map<AlertSubject, PendingAlert> held) {

    /** A rule and its subject. */
    record AlertSubject(AlertRule rule, String name) {
    }

    /** Since when a condition has held, and whether its alert fires. */
    record PendingAlert(Instant since, boolean fires, String summary) {
    }

    AlertPolicy {
        held = Map.copyOf(held);
    }

    AlertPolicy(AlertThresholds thresholds) {
        this(thresholds, AlertConditions.NONE, Map.of());
    }

    /** The state after this observation. */
    AlertPolicy after(ServiceObservation now) {
        Map<AlertSubject, PendingAlert> next = new HashMap<>();
        if (now.redis().isPresent()) {
            next.putAll(held);
            hold(next, new Condition(AlertRule.REDIS_DOWN, "", now.redis().get()), now.at());
            return new AlertPolicy(thresholds, conditions, next);
        }
        AlertConditions found = conditions.after(now, thresholds);
        found.holding().forEach(condition -> hold(next, condition, now.at()));
        return new AlertPolicy(thresholds, found, next);
    }

    private void hold(Map<AlertSubject, PendingAlert> next, Condition condition, Instant now) {
        AlertSubject subject = new AlertSubject(condition.rule(), condition.subject());
        PendingAlert before = held.get(subject);
        // A clock that was set back must not delay the alert.
        Instant since = before == null || before.since().isAfter(now) ? now : before.since();
        boolean fires = (before != null && before.fires())
                || !since.plus(thresholds.pending(condition.rule())).isAfter(now);
        next.put(subject, new PendingAlert(since, fires, condition.summary()));
    }

    AlertReport report() {
        return new AlertReport(firing(), new Verdicts(thresholds, conditions.pause()));
    }

    /** The firing alerts, in {@link Alert#ORDER}. */
    List<Alert> firing() {
        return held.entrySet().stream().filter(one -> one.getValue().fires()).map(one -> new Alert(one.getKey().rule(),
                one.getKey().name(), one.getValue().since(), one.getValue().summary())).sorted(Alert.ORDER).toList();
    }
}
