package framebuffer.redis.tables;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.ServedFrames;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where instances say what waits in them, and one of them, by lease, publishes what producers are to be told. */
public final class PressureStore {
    /** What an instance said longer ago counts no more: it is gone. */
    private static final Duration SAID = Duration.ofSeconds(2);

    /** Among capabilities: none is called so. */
    private static final String SERVED = "/served";

    private static final Script REPORT = Script.of("report_pressure.lua");
    private static final Script PUBLISH = Script.of("publish_pressure.lua");

    private final Keys keys;
    private final String instance;
    private final Duration lease;

    /**
     * What an instance learns for what it said.
     *
     * @param isOurs
     *            whether it is the one that publishes
     * @param now
     *            by Redis's clock
     * @param waiting
     *            capability → frames that wait for want of it, in all instances; {@code ""}: for any processor
     * @param served
     *            capability → what its processors were handed of late, by all instances
     * @param published
     *            what was last published
     */
    public record PressureReport(boolean isOurs, Instant now, Map<String, Long> waiting,
            Map<String, ServedFrames> served,
            Backpressure published) {
    }

    /**
     * @param lease
     *            after this time without a report another instance takes over
     */
    public PressureStore(Keys keys, String instance, Duration lease) {
        this.keys = keys;
        this.instance = instance;
        this.lease = lease;
    }

    /** Says how many frames wait in this instance for want of which capability, and what it handed to whose processors. */
    public PressureReport report(RedisConnection redis, Map<String, Integer> waiting,
            Map<String, ServedFrames> served) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        waiting.forEach(json::put);
        ObjectNode handed = json.putObject(SERVED);
        served.forEach((capability, one) -> handed.set(capability, one.json()));
        List<?> reply = Replies.list(REPORT.call(redis,
                List.of(keys.backpressureLease(), keys.waiting(), keys.backpressure()),
                List.of(instance, lease.toMillis(), Json.bytes(json), SAID.toMillis())));
        Map<String, Long> all = new HashMap<>();
        Map<String, ServedFrames> ofAll = new HashMap<>();
        for (Object said : Replies.list(reply.get(2))) {
            ObjectNode one = Json.object(Replies.text(said).getBytes(StandardCharsets.UTF_8));
            if (one != null) {
                one.path(SERVED).properties().forEach(
                        member -> ofAll.merge(member.getKey(), ServedFrames.of(member.getValue()), ServedFrames::plus));
                one.remove(SERVED);
                one.properties().forEach(member -> all.merge(member.getKey(), member.getValue().asLong(), Long::sum));
            }
        }
        return new PressureReport(Replies.number(reply.get(0)) == 1, Replies.time(reply.get(1)), all, ofAll,
                Backpressure.decode(Replies.map(reply.get(3))));
    }

    /**
     * What was last published, for producers; {@link Backpressure#NONE} when that is not to be heeded any more.
     */
    public static Backpressure read(RedisConnection redis, Keys keys) {
        Backpressure told = Backpressure.decode(Replies.map(redis.call("HGETALL", keys.backpressure())));
        return told.isHeeded(Replies.time(redis.call("TIME"))) ? told : Backpressure.NONE;
    }

    /** Publishes it; false when another instance has taken over. */
    public boolean publish(RedisConnection redis, Backpressure told) {
        List<Object> line = new ArrayList<>(List.of(instance, Json.bytes(told.json())));
        line.addAll(told.encode().flat());
        return Replies.number(PUBLISH.call(redis, List.of(keys.backpressureLease(), keys.backpressure()), line)) == 1;
    }
}
