package framebuffer.orchestrator.pipeline.intake;

import java.time.Duration;
import java.time.Instant;

/** Whether it is time again. */
public final class Interval {
    private Interval() {
    }

    /** Whether so much time has passed; also when the clock was set back meanwhile, for else nothing would be due for as long. */
    public static boolean isOver(Instant last, Duration every, Instant now) {
        return !last.plus(every).isAfter(now) || last.isAfter(now);
    }
}
