package framebuffer.orchestrator.observability.alerts;

import java.time.Duration;
import java.time.Instant;

/** The last period in which an operator had paused the service: cameras need not send frames then. */
public record PausedPeriod(Instant from, Instant until) {
    public static final PausedPeriod NONE = new PausedPeriod(Instant.EPOCH, Instant.EPOCH);

    PausedPeriod after(Instant before, ServiceObservation now) {
        if (!now.paused()) {
            // The clock was set back: a period that ends in the future is not over.
            return until.isAfter(now.at()) ? NONE : this;
        }
        return until.equals(before) && !from.isAfter(now.at())
                ? new PausedPeriod(from, now.at())
                : new PausedPeriod(now.at(), now.at());
    }

    /** Time without a frame since then, the pause not counted. */
    Duration silence(Instant since, Instant now) {
        Instant begins = since.isAfter(from) ? since : from;
        Duration silent = Duration.between(since, now);
        return until.isAfter(begins) ? silent.minus(Duration.between(begins, until)) : silent;
    }
}
