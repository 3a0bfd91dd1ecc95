package framebuffer.migration.shadow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.shadow.SimulatedQueue.SimulatedProcessor;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the processors that are registered and work, as the simulation needs them. */
final class ProcessorReader {
    /** Assumed time for one frame of a processor that has measured none: it gets no frames from this service yet. */
    static final Duration ASSUMED = Duration.ofMillis(100);
    /** As in the service: a processor that is silent for so many intervals gets no frames. */
    private static final int INTERVALS = 2;

    private ProcessorReader() {
    }

    /**
     * A processor that works.
     *
     * @param processor for the simulation
     * @param measured whether it has measured its time for one frame
     */
    record WorkingProcessor(SimulatedProcessor processor, boolean measured) {
    }

    /** The processors that would get frames now, by id. */
    static List<WorkingProcessor> read(RedisConnection redis, Keys keys) {
        Instant now = Replies.time(redis.call("TIME"));
        Map<String, byte[]> health = Replies.map(redis.call("HGETALL", keys.health()));
        List<WorkingProcessor> working = new ArrayList<>();
        new TreeMap<>(Replies.map(redis.call("HGETALL", keys.registry()))).forEach((id, json) -> {
            if (Registration.decode(json) instanceof Decoded.Valid<Registration>(Registration registration)
                    && registration.id().equals(id) && !isDraining(json)) {
                WorkingProcessor one = working(registration, health.get(id), now);
                if (one != null) {
                    working.add(one);
                }
            }
        });
        return working;
    }

    private static boolean isDraining(byte[] registration) {
        ObjectNode object = Json.object(registration);
        return object != null && object.path("draining").booleanValue();
    }

    private static @Nullable WorkingProcessor working(Registration registration, byte @Nullable [] health,
            Instant now) {
        Double measured = null;
        if (health != null
                && Heartbeat.decode(health,
                        registration.id()) instanceof Decoded.Valid<Heartbeat>(Heartbeat heartbeat)) {
            Instant at = at(health);
            if (heartbeat.status() == HealthStatus.UNHEALTHY || (at != null
                    && at.plus(registration.heartbeatInterval().multipliedBy(INTERVALS)).isBefore(now))) {
                return null;
            }
            measured = heartbeat.avgProcessingTimeMs();
        }
        double millis = measured == null || measured <= 0 ? ASSUMED.toMillis() : measured;
        boolean known = measured != null && measured > 0;
        long micros = Math.max(1, Math.round(millis * 1_000));
        return new WorkingProcessor(new SimulatedProcessor(registration.id(), registration.capabilities(),
                registration.capacity(), registration.concurrency(), micros), known);
    }

    private static @Nullable Instant at(byte[] health) {
        ObjectNode object = Json.object(health);
        String text = object == null ? null : object.path("at").textValue();
        return text == null ? null : Timestamps.parse(text);
    }
}
