package framebuffer.orchestrator.processors.health;

import framebuffer.redis.queues.ProcessorActivity;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What we have found out about a processor ourselves, beside what it says.
 *
 * @param activity
 *            what it was seen to do with its queue; null: nobody has looked yet
 * @param poll
 *            what its health endpoint answered
 * @param circuit
 *            how its circuit stands
 */
public record ProcessorEvidence(@Nullable ProcessorActivity activity, HealthPoll poll, Circuit circuit) {
    static final ProcessorEvidence NONE = new ProcessorEvidence(null, HealthPoll.NONE, Circuit.CLOSED);

    /** Its last sign of life at its queue, or an earlier one that is known otherwise. */
    Instant lastSign(Instant known) {
        return activity == null || activity.lastSign().isBefore(known) ? known : activity.lastSign();
    }

    /** The same with the answers of its health endpoint. */
    Instant lastAnswer(Instant known) {
        return Stream.ofNullable(poll.lastGood()).filter(known::isBefore).findFirst().orElse(known);
    }

    /** What is left of it when its health endpoint is another. */
    ProcessorEvidence unpolled() {
        return new ProcessorEvidence(activity, HealthPoll.NONE, circuit);
    }

}
