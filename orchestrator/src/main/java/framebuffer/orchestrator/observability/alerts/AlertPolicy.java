package framebuffer.orchestrator.observability.alerts;

import framebuffer.orchestrator.observability.alerts.AlertConditions.Condition;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides what fires: what has held at every look for as long as its rule asks. It ends with the first look at which it does not
 * hold. While Redis is away nothing is known of what is in it: then only that is told, and the rest stays as it was.
 *
 * @param conditions
 *            what held at the last look
 * @param held
 *            what holds, and since when
 */
record AlertPolicy(AlertThresholds thresholds, AlertConditions conditions, Map<AlertSubject, PendingAlert> held) {

    /** What an alert is about. */
    record AlertSubject(AlertRule rule, String name) {
    }

    /** Since when it holds, and whether it has fired. */
    record PendingAlert(Instant since, boolean fires, String summary) {
    }

    AlertPolicy {
        held = Map.copyOf(held);
    }

    AlertPolicy(AlertThresholds thresholds) {
        this(thresholds, AlertConditions.NONE, Map.of());
    }

    /** What is known after this look. */
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
        // A clock that was set back must not put it off.
        Instant since = before == null || before.since().isAfter(now) ? now : before.since();
        boolean fires = (before != null && before.fires())
                || !since.plus(thresholds.pending(condition.rule())).isAfter(now);
        next.put(subject, new PendingAlert(since, fires, condition.summary()));
    }

    AlertReport report() {
        return new AlertReport(firing(), new Verdicts(thresholds, conditions.pause()));
    }

    /** The alerts that fire, in {@link Alert#ORDER}. */
    List<Alert> firing() {
        return held.entrySet().stream().filter(one -> one.getValue().fires()).map(one -> new Alert(one.getKey().rule(),
                one.getKey().name(), one.getValue().since(), one.getValue().summary())).sorted(Alert.ORDER).toList();
    }
}
