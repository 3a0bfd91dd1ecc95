package framebuffer.orchestrator.telemetry;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * The pump's state, as it was at most a tenth of a second ago.
 *
 * @param waiting
 *            frames in the window
 * @param bytes
 *            how large they are together
 * @param oldestAge
 *            since the capture of the oldest of them; zero when none waits
 * @param outstanding
 *            processor id → frames it has outstanding, as far as the router knows
 * @param shortage
 *            capability → frames that wait for want of it; {@code ""}: for any processor
 * @param missing
 *            capabilities that frames wait for and nobody offers who may be sent frames; {@code ""}: any processor
 */
public record PumpView(int waiting, long bytes, Duration oldestAge, Map<String, Integer> outstanding,
        Map<String, Integer> shortage, Set<String> missing) {
    public static final PumpView EMPTY = new PumpView(0, 0, Duration.ZERO, Map.of(), Map.of(), Set.of());

    public PumpView {
        outstanding = Map.copyOf(outstanding);
        shortage = Map.copyOf(shortage);
        missing = Set.copyOf(missing);
    }
}
