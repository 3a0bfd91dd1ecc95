package framebuffer.orchestrator.alerts;

import framebuffer.orchestrator.alerts.Conditions.Condition;
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
record AlertPolicy(Thresholds thresholds, Conditions conditions, Map<Subject, Held> held) {

    /** What an alert is about. */
    record Subject(Rule rule, String name) {
    }

    /** Since when it holds, and whether it has fired. */
    record Held(Instant since, boolean fires, String summary) {
    }

    AlertPolicy {
        held = Map.copyOf(held);
    }

    AlertPolicy(Thresholds thresholds) {
        this(thresholds, Conditions.NONE, Map.of());
    }

    /** What is known after this look. */
    AlertPolicy after(Observation now) {
        Map<Subject, Held> next = new HashMap<>();
        if (now.redis().isPresent()) {
            next.putAll(held);
            hold(next, new Condition(Rule.REDIS_DOWN, "", now.redis().get()), now.at());
            return new AlertPolicy(thresholds, conditions, next);
        }
        Conditions found = conditions.after(now, thresholds);
        found.holding().forEach(condition -> hold(next, condition, now.at()));
        return new AlertPolicy(thresholds, found, next);
    }

    private void hold(Map<Subject, Held> next, Condition condition, Instant now) {
        Subject subject = new Subject(condition.rule(), condition.subject());
        Held before = held.get(subject);
        // A clock that was set back must not put it off.
        Instant since = before == null || before.since().isAfter(now) ? now : before.since();
        boolean fires = (before != null && before.fires())
                || !since.plus(thresholds.pending(condition.rule())).isAfter(now);
        next.put(subject, new Held(since, fires, condition.summary()));
    }

    /** What fires, in {@link Alert#ORDER}. */
    List<Alert> firing() {
        return held.entrySet().stream().filter(one -> one.getValue().fires()).map(one -> new Alert(one.getKey().rule(),
                one.getKey().name(), one.getValue().since(), one.getValue().summary())).sorted(Alert.ORDER).toList();
    }
}
