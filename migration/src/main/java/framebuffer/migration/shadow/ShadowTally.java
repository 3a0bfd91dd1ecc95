package framebuffer.migration.shadow;

import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds records up, in the order in which they were written. For one thread. */
final class ShadowTally {
    private static final Comparator<CameraNeed> ORDER = Comparator.comparing(CameraNeed::camera)
            .thenComparing(CameraNeed::capability);

    private final Map<CameraNeed, NeedTally> needs = new TreeMap<>(ORDER);
    private final Map<String, Long> outcomes = new TreeMap<>();
    private final Map<String, Long> reasons = new TreeMap<>();
    private final Map<CameraNeed, Instant> lastHandOff = new HashMap<>();
    /** Frames that the older service had not read at their record. */
    private final Deque<ShadowRecord> unread = new ArrayDeque<>();
    private final List<Long> ourAges = new ArrayList<>();
    private final List<Long> olderAges = new ArrayList<>();
    private long frames;
    private long readByDecision;
    private long outOfOrder;
    private @Nullable ShadowRecord first;
    private @Nullable ShadowRecord last;

    /** What was recorded for one camera and capability. */
    static final class NeedTally {
        final Map<String, Long> outcomes = new TreeMap<>();
        final Map<String, Long> reasons = new TreeMap<>();
        final Map<String, Long> processors = new TreeMap<>();
        final List<Long> waits = new ArrayList<>();

        long frames() {
            return outcomes.values().stream().mapToLong(Long::longValue).sum();
        }

        long count(String outcome) {
            return outcomes.getOrDefault(outcome, 0L);
        }
    }

    void add(ShadowRecord one) {
        passed(one.older(), one.decidedAt());
        if (last == null || !last.captureId().equals(one.captureId())) {
            frames++;
            outcomes.merge(one.outcome(), 1L, Long::sum);
            if (one.olderRead()) {
                readByDecision++;
                olderAges.add(one.age().toMillis());
            } else {
                unread.add(one);
            }
            if (!one.processor().isEmpty()) {
                ourAges.add(one.age().plus(one.waitTime()).toMillis());
            }
            if (!one.reason().isEmpty()) {
                reasons.merge(one.reason(), 1L, Long::sum);
            }
        }
        first = first == null ? one : first;
        last = one;
        addNeed(one);
    }

    private void addNeed(ShadowRecord one) {
        CameraNeed need = new CameraNeed(one.cameraId(), one.capability());
        NeedTally tally = needs.computeIfAbsent(need, _ -> new NeedTally());
        tally.outcomes.merge(one.outcome(), 1L, Long::sum);
        if (!one.reason().isEmpty()) {
            tally.reasons.merge(one.reason(), 1L, Long::sum);
        }
        if (one.processor().isEmpty()) {
            return;
        }
        tally.waits.add(one.waitTime().toMillis());
        tally.processors.merge(one.processor(), 1L, Long::sum);
        Instant handOff = one.decidedAt().plus(one.waitTime());
        Instant before = lastHandOff.put(need, handOff);
        if (before != null && handOff.isBefore(before)) {
            outOfOrder++;
            lastHandOff.put(need, before);
        }
    }

    /** The older service has read up to here at the latest then. */
    private void passed(EntryId older, Instant at) {
        while (!unread.isEmpty() && unread.peek().captureId().compareTo(older) <= 0) {
            ShadowRecord read = unread.remove();
            olderAges.add(read.age().plus(Duration.between(read.decidedAt(), at)).toMillis());
        }
    }

    Map<CameraNeed, NeedTally> needs() {
        return needs;
    }

    Map<String, Long> outcomes() {
        return outcomes;
    }

    Map<String, Long> reasons() {
        return reasons;
    }

    long frames() {
        return frames;
    }

    long readByDecision() {
        return readByDecision;
    }

    /** Frames that the older service has not read, if it has read up to here. */
    long unread(EntryId older) {
        return unread.stream().filter(one -> one.captureId().compareTo(older) > 0).count();
    }

    /** Frames that would be handed off before an earlier one of their camera and capability. */
    long outOfOrder() {
        return outOfOrder;
    }

    List<Long> ourAges() {
        return ourAges;
    }

    /** Ages when the older service read; each is at most so much, because the shadow looks when a frame comes. */
    List<Long> olderAges() {
        return olderAges;
    }

    @Nullable
    ShadowRecord first() {
        return first;
    }

    @Nullable
    ShadowRecord last() {
        return last;
    }

    /** The time from the first record to the last, in seconds; at least one, so that a rate is defined. */
    double seconds() {
        return first == null || last == null
                ? 1
                : Math.max(1, Duration.between(first.decidedAt(), last.decidedAt()).toMillis() / 1e3);
    }

    /** The value that this part of the values does not exceed, by the nearest rank; 0 without values. */
    static long quantile(List<Long> values, double part) {
        if (values.isEmpty()) {
            return 0;
        }
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(Math.max(0, (int) Math.ceil(part * sorted.size()) - 1));
    }
}
