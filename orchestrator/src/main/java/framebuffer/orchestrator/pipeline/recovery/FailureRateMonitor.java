package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing;
import framebuffer.orchestrator.pipeline.intake.Intake;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision;
import framebuffer.redis.cluster.ServiceClock.Interval;
import framebuffer.redis.handoff.Move;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects at this instance that most frames of a capability fail. Meanwhile frames that have used up their attempts are retried later and
 * do not become dead letters. For the pump's thread; {@link #alert} from any.
 */
public final class FailureRateMonitor implements Intake.FailureRates, FrameEvents {
    /** Most capabilities watched at once; frames of others become dead letters as usual. */
    static final int CAPABILITIES = 1_000;

    private static final Logger log = LoggerFactory.getLogger(FailureRateMonitor.class);

    private final Map<String, SlidingCounts> tallies = new HashMap<>();
    private Instant lookedAt = Instant.EPOCH;
    private volatile Set<String> flooded = Set.of();

    @Override
    public boolean fails(String capability, Instant now) {
        SlidingCounts tally = tally(capability, now);
        if (tally == null) {
            return false;
        }
        tally.verdict(now);
        inspect(now);
        return flooded.contains(capability);
    }

    @Override
    public void settled(SettledBatch batch) {
        for (int i = 0; i < batch.items().size(); i++) {
            if (batch.outcomes().get(i) == Move.MoveOutcome.MOVED
                    && batch.items().get(i) instanceof Outgoing.Assigned(var pending, var choices, _, _, _)
                    && pending.attempt() == 1) {
                for (RoutingDecision.Choice choice : choices) {
                    begun(choice.capability(), batch.sentAt());
                }
            }
        }
    }

    /** Counts the first hand-off of a frame for this capability. */
    void begun(String capability, Instant now) {
        SlidingCounts tally = tally(capability, now);
        if (tally != null) {
            tally.begun(now);
        }
    }

    @Override
    public void tick(Instant now) {
        if (Interval.isOver(lookedAt, Duration.ofSeconds(1), now)) {
            inspect(now);
        }
    }

    /** A problem for the operator; empty: none. */
    public Optional<String> alert() {
        Set<String> now = flooded;
        return now.isEmpty()
                ? Optional.empty()
                : Optional.of("most frames that need "
                        + String.join(", ", now.stream().map(FailureRateMonitor::shown)
                                .toList())
                        + " fail: none of them becomes a dead letter for failed attempts; each is retried every "
                        + Intake.PUT_OFF.toSeconds() + " s");
    }

    private static String shown(String capability) {
        return capability.isEmpty() ? "any processor" : capability;
    }

    private @Nullable SlidingCounts tally(String capability, Instant now) {
        SlidingCounts known = tallies.get(capability);
        if (known == null) {
            if (tallies.size() >= CAPABILITIES) {
                tallies.values().removeIf(tally -> tally.lastMinute(now).equals(MinuteCounts.QUIET));
            }
            if (tallies.size() >= CAPABILITIES) {
                return null;
            }
            known = new SlidingCounts();
            tallies.put(capability, known);
        }
        return known;
    }

    private void inspect(Instant now) {
        lookedAt = now;
        Set<String> before = flooded;
        Set<String> after = new TreeSet<>();
        tallies.forEach((capability, tally) -> {
            if (FailureRatePolicy.isFlood(tally.lastMinute(now))) {
                after.add(capability);
            }
        });
        if (after.equals(before)) {
            return;
        }
        flooded = Set.copyOf(after);
        after.stream().filter(capability -> !before.contains(capability)).forEach(capability -> log.warn(
                "most frames that need {} fail; for now, none of them becomes a dead letter for failed attempts",
                shown(capability)));
        before.stream().filter(capability -> !after.contains(capability)).forEach(capability -> log.info(
                "the failure rate for {} is back to normal; frames without an attempt left become dead letters again",
                shown(capability)));
    }
}
