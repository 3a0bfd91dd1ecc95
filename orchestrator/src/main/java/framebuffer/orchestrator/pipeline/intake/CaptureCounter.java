package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.handoff.HandOff;
import framebuffer.wire.EntryId;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts each frame as captured when it is read for the first time. For one thread. */
final class CaptureCounter {
    private final String instance;
    private final Map<String, Integer> uncounted = new LinkedHashMap<>();
    private EntryId counted = EntryId.FIRST;
    /** The newest entry that is counted in Redis. */
    private EntryId told = EntryId.FIRST;

    public CaptureCounter(String instance) {
        this.instance = instance;
    }

    /** Begins from Redis's cursor: frames up to it are counted. */
    public void begin(EntryId cursor) {
        uncounted.clear();
        counted = cursor;
        told = cursor;
    }

    /** Counts an entry of the capture stream. Returns whether it is new. */
    public boolean read(EntryId entry, String camera) {
        if (entry.compareTo(counted) <= 0) {
            return false;
        }
        counted = entry;
        uncounted.merge(camera, 1, Integer::sum);
        return true;
    }

    /** Whether there is nothing to report to Redis. */
    public boolean isEmpty() {
        return uncounted.isEmpty();
    }

    /** The newest entry that is counted in Redis. */
    public EntryId countedUpTo() {
        return told;
    }

    /** Takes the counts for the next batch; from now on they belong to Redis. Without new counts it only names this consumer. */
    public HandOff.CapturedFrames take() {
        HandOff.CapturedFrames captured = new HandOff.CapturedFrames(instance, told, counted, Map.copyOf(uncounted));
        told = counted;
        uncounted.clear();
        return captured;
    }
}
