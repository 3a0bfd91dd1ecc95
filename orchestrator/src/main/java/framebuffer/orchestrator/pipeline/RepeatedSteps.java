package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.observability.journey.JournalStep;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.wire.Keys;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of frames of which the journal has several steps, with the time of the last one: a list of frames shows only that. Most frames
 * have one step and cost nothing here. For one thread.
 */
final class RepeatedSteps {
    /** About 10 MB in Redis's memory. Beyond it the oldest parts are dropped, and a list may show their earlier steps too. */
    private static final int MOST = 50_000;

    private final Keys keys;
    private final Map<String, Long> last = new LinkedHashMap<>();

    RepeatedSteps(Keys keys) {
        this.keys = keys;
    }

    /** Notes a step, if the frame moved and the journal has an earlier step of it. */
    void add(JournalStep step) {
        if (step.moved() && step.from() != SourceKind.CAPTURE) {
            step.parts().forEach(part -> last.put(part, ChronoUnit.MICROS.between(Instant.EPOCH, step.at())));
        }
    }

    /** Forgets the steps that are not written. */
    void forget() {
        last.clear();
    }

    void write(RedisConnection redis) {
        if (last.isEmpty()) {
            return;
        }
        List<Object> line = new ArrayList<>(List.of(keys.journeyRepeated(), "GT"));
        last.forEach((part, micros) -> line.addAll(List.of(micros, part)));
        last.clear();
        redis.call("ZADD", line.toArray());
        redis.call("ZREMRANGEBYRANK", keys.journeyRepeated(), 0, -MOST - 1);
    }

    /** Drops the parts whose last step is before {@code then}. */
    void trim(RedisConnection redis, Instant then) {
        redis.call("ZREMRANGEBYSCORE", keys.journeyRepeated(), "-inf",
                ChronoUnit.MICROS.between(Instant.EPOCH, then));
    }
}
