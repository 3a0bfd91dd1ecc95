package framebuffer.orchestrator.observability.stats;

import framebuffer.orchestrator.observability.journey.JournalReader;
import framebuffer.orchestrator.observability.journey.JournalReader.JournalPageReader;
import framebuffer.orchestrator.observability.journey.JournalStep;
import framebuffer.orchestrator.observability.journey.JournalStep.HandOffResult;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Recent hand-offs by way, and how long the frames waited. Counted from the journal of all instances, so empty while that is switched off.
 * Reads a bounded part of it: when more is written in 10 s, only the latest counts.
 *
 * @param over the period that was counted
 * @param handedOff way → frames
 * @param cameras camera → delays of its frames
 */
public record FlowCounts(Duration over, Map<Flow, Integer> handedOff, Map<String, FlowDelays> cameras) {
    private static final Duration SPAN = Duration.ofSeconds(10);
    private static final int PAGES = 32;

    public FlowCounts {
        handedOff = Map.copyOf(handedOff);
        cameras = Map.copyOf(cameras);
    }

    /** A way from a camera, for a capability (empty: any), to a processor. */
    public record Flow(String cameraId, String capability, String processorId) {
    }

    /**
     * Waiting times of a camera's frames, from capture to hand-off.
     *
     * @param lastFrameId the frame that was handed off last
     */
    public record FlowDelays(int frames, Duration sum, Duration longest, String lastFrameId) {
        FlowDelays plus(Duration wait, String frameId) {
            return new FlowDelays(frames + 1, sum.plus(wait), longest.compareTo(wait) < 0 ? wait : longest, frameId);
        }

        /** Mean waiting time. */
        public Duration mean() {
            return sum.dividedBy(frames);
        }
    }

    /** The sum over several partitions; a camera is in one of them. */
    public static FlowCounts sum(List<FlowCounts> each) {
        Duration over = each.stream().map(FlowCounts::over).max(Comparator.naturalOrder()).orElse(SPAN);
        Map<Flow, Integer> ways = new HashMap<>();
        Map<String, FlowDelays> cameras = new HashMap<>();
        for (FlowCounts one : each) {
            // Scales counts over a shorter period to the longest one.
            double share = one.over.isZero() ? 1 : (double) over.toNanos() / one.over.toNanos();
            one.handedOff.forEach((way, frames) -> ways.merge(way, (int) Math.round(frames * share), Integer::sum));
            cameras.putAll(one.cameras);
        }
        return new FlowCounts(over, ways, cameras);
    }

    /** Counts of the last 10 s, as far as recorded. */
    public static FlowCounts read(RedisConnection redis, Keys keys, Instant now) {
        List<StreamEntry> newest = JournalReader.newest(redis, keys, PAGES);
        FlowCount count = new FlowCount(now.minus(SPAN));
        for (StreamEntry entry : newest.reversed()) {
            byte[] page = JournalReader.page(entry);
            if (page != null) {
                count.add(page);
            }
        }
        Instant since = newest.size() < PAGES || count.first.isBefore(count.since) ? count.since : count.first;
        return new FlowCounts(Duration.between(since, now), count.ways, count.cameras);
    }

    private static final class FlowCount {
        private final Instant since;
        private final Map<Flow, Integer> ways = new HashMap<>();
        private final Map<String, FlowDelays> cameras = new HashMap<>();
        /** Time of the first step that was read. */
        private Instant first = Instant.MAX;

        FlowCount(Instant since) {
            this.since = since;
        }

        void add(byte[] page) {
            Instant at = Instant.MIN;
            for (String line : new String(page, StandardCharsets.UTF_8).split("\n", -1)) {
                try {
                    String[] values = line.split("\t", -1);
                    if (values[0].equals("L")) {
                        at = Instant.EPOCH.plus(Long.parseLong(values[1]), ChronoUnit.MICROS);
                        first = first.isBefore(at) ? first : at;
                    } else if (values[0].equals("H") && !at.isBefore(since)) {
                        add(JournalPageReader.handOff(values, at));
                    }
                } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException
                        | ArithmeticException e) {
                    // A malformed line was not written by the service; neither were the lines after it.
                    return;
                }
            }
        }

        private void add(JournalStep.HandOffStep step) {
            if (step.outcome() != HandOffResult.HANDED_OFF) {
                return;
            }
            step.choices().forEach(choice -> ways
                    .merge(new Flow(step.cameraId(), choice.capability(), choice.processor()), 1, Integer::sum));
            if (step.from() == SourceKind.CAPTURE) {
                Duration wait = Duration.between(step.captureId().time(), step.at());
                cameras.merge(step.cameraId(),
                        new FlowDelays(1, wait.isNegative() ? Duration.ZERO : wait,
                                wait.isNegative() ? Duration.ZERO : wait, step.frameId()),
                        (all, one) -> all.plus(one.sum(), one.lastFrameId()));
            }
        }
    }
}
