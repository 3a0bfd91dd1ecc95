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
 * Decides which frames have waited too long for a capability that no healthy processor offers. Waiting counts while the capability is
 * missing and the frame is in the window. Before the registry is read, no capability is missing. For one thread.
 */
public final class UnroutableFrames {
    private static final List<String> ANY = List.of("");

    private final Duration timeout;
    /** Missing capability → since when; only capabilities that frames needed at the last pass through the window. */
    private final Map<String, Instant> missing = new HashMap<>();
    private final Set<String> needed = new HashSet<>();
    private List<Registration> available = List.of();
    private OfferedCapabilities offered = OfferedCapabilities.UNKNOWN;

    /**
     * @param timeout how long a frame waits; zero: for ever
     */
    public UnroutableFrames(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * Sets the available processors.
     *
     * @param processors an equal list as long as nothing has changed
     * @param known whether the registry has been read
     */
    public void available(List<Registration> processors, boolean known) {
        if (!processors.equals(available) || known != offered.known()) {
            available = processors;
            offered = OfferedCapabilities.by(processors, known);
            missing.keySet().removeAll(offered.capabilities());
        }
    }

    /** Missing capabilities as of the last pass through the window; {@code ""}: any processor. */
    public Set<String> missing() {
        return Set.copyOf(missing.keySet());
    }

    /** Begins a pass through all waiting frames. */
    public void begin() {
        missing.keySet().retainAll(needed);
        needed.clear();
    }

    /** The end of this frame if it has waited too long, else null. */
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
