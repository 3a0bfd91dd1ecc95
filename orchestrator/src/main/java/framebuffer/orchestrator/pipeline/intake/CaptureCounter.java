package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.handoff.HandOff;
import framebuffer.wire.EntryId;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts frames as captured: each when it is read for the first time, and never again. For one thread. */
final class CaptureCounter {
    private final String instance;
    private final Map<String, Integer> uncounted = new LinkedHashMap<>();
    private EntryId counted = EntryId.FIRST;
    /** Up to where Redis was told. */
    private EntryId told = EntryId.FIRST;

    public CaptureCounter(String instance) {
        this.instance = instance;
    }

    /** From now on by what Redis says: up to where our frames are counted. */
    public void begin(EntryId cursor) {
        uncounted.clear();
        counted = cursor;
        told = cursor;
    }

    /** A frame was read from the capture stream. Answers whether that was for the first time. */
    public boolean read(EntryId entry, String camera) {
        if (entry.compareTo(counted) <= 0) {
            return false;
        }
        counted = entry;
        uncounted.merge(camera, 1, Integer::sum);
        return true;
    }

    /** Whether there is nothing to tell. */
    public boolean isEmpty() {
        return uncounted.isEmpty();
    }

    /** Up to where Redis was told. */
    public EntryId countedUpTo() {
        return told;
    }

    /** What is to be told with the next batch, and counts as told from now on. With nothing new it says who it is that hands off. */
    public HandOff.CapturedFrames take() {
        HandOff.CapturedFrames captured = new HandOff.CapturedFrames(instance, told, counted, Map.copyOf(uncounted));
        told = counted;
        uncounted.clear();
        return captured;
    }
}
