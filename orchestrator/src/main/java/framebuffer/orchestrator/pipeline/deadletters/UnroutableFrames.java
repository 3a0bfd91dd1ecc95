package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.control.Registration;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait for a capability that no healthy processor offers: they wait for some time, from when it was missing and they were
 * here, and are then given up on. As long as it is not known who is there, nothing is missing. For one thread.
 */
public final class UnroutableFrames {
    private static final List<String> ANY = List.of("");

    private final Duration timeout;
    /** What is missing, and since when; only what a frame needed when they were last looked through. */
    private final Map<String, Instant> missing = new HashMap<>();
    private final Set<String> needed = new HashSet<>();
    private List<Registration> available = List.of();
    private OfferedCapabilities offered = OfferedCapabilities.UNKNOWN;

    /**
     * @param timeout
     *            how long a frame waits; zero: for ever
     */
    public UnroutableFrames(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * From now on these may be sent frames, as far as it is known who is there.
     *
     * @param processors
     *            an equal list as long as nothing has changed
     */
    public void available(List<Registration> processors, boolean known) {
        if (!processors.equals(available) || known != offered.known()) {
            available = processors;
            offered = OfferedCapabilities.by(processors, known);
            missing.keySet().removeAll(offered.capabilities());
        }
    }

    /** What frames wait for that nobody offers, as of when they were last looked through; {@code ""}: any processor. */
    public Set<String> missing() {
        return Set.copyOf(missing.keySet());
    }

    /** All frames that wait are looked through now, once. */
    public void begin() {
        missing.keySet().retainAll(needed);
        needed.clear();
    }

    /** How this frame ends, if it has waited long enough; else null. */
    public @Nullable TerminalArrival givenUp(PendingFrame pending, Instant now) {
        if (!offered.known() || offered.answers(pending.needs())) {
            return null;
        }
        List<String> wanting = new ArrayList<>();
        boolean over = false;
        for (String need : pending.needs().isEmpty() ? ANY : pending.needs()) {
            if (!offered.capabilities().contains(need)) {
                needed.add(need);
                Instant since = missing.merge(need, now, (before, any) -> before.isAfter(now) ? now : before);
                Instant from = since.isBefore(pending.readAt()) ? pending.readAt() : since;
                over |= !timeout.isZero() && !from.plus(timeout).isAfter(now);
                wanting.add(need);
            }
        }
        return over ? ended(pending, wanting, now) : null;
    }

    private TerminalArrival ended(PendingFrame pending, List<String> wanting, Instant now) {
        String detail = (wanting.equals(ANY)
                ? "no healthy processor was registered"
                : "no healthy processor offered " + String.join(", ", wanting)) + " for " + timeout.toSeconds()
                + " s (unroutable-timeout); the frame is requeued when one registers";
        DeadLetter letter = new DeadLetter(pending.frame().fields(), DeadLetterReason.NO_PROCESSOR, detail, now,
                new DeadLetter.DeadLetterSource(pending.source().stream(), pending.entry()), pending.attempt() - 1);
        return new TerminalArrival(new Move.ToDeadLetters(pending.entry(), pending.captureId(), pending.cameraId(),
                letter.encode()), DeadLetterReason.NO_PROCESSOR.word(), detail);
    }
}
