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

/** The reports of all instances about waiting frames; the instance with the lease publishes backpressure to producers. */
public final class PressureStore {
    /** Lifetime of a report: an instance with an older report counts as gone. */
    private static final Duration SAID = Duration.ofSeconds(2);

    /** A key among capabilities; no capability has this name. */
    private static final String SERVED = "/served";

    private static final Script REPORT = Script.of("report_pressure.lua");
    private static final Script PUBLISH = Script.of("publish_pressure.lua");

    private final Keys keys;
    private final String instance;
    private final Duration lease;

    /**
     * The reply to a report.
     *
     * @param isOurs whether this instance holds the lease
     * @param now time by Redis's clock
     * @param waiting capability → frames that wait for it in all instances; {@code ""}: for any processor
     * @param served capability → frames recently handed to its processors by all instances
     * @param published the backpressure published last
     */
    public record PressureReport(boolean isOurs, Instant now, Map<String, Long> waiting,
            Map<String, ServedFrames> served,
            Backpressure published) {
    }

    /**
     * @param lease time without a report after which another instance takes over
     */
    public PressureStore(Keys keys, String instance, Duration lease) {
        this.keys = keys;
        this.instance = instance;
        this.lease = lease;
    }

    /** Reports the waiting frames and the recent hand-offs of this instance, by capability. */
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

    /** The backpressure published last, for producers; {@link Backpressure#NONE} if it is out of date. */
    public static Backpressure read(RedisConnection redis, Keys keys) {
        Backpressure told = Backpressure.decode(Replies.map(redis.call("HGETALL", keys.backpressure())));
        return told.isHeeded(Replies.time(redis.call("TIME"))) ? told : Backpressure.NONE;
    }

    /** Publishes backpressure; returns false when another instance has taken over. */
    public boolean publish(RedisConnection redis, Backpressure told) {
        List<Object> line = new ArrayList<>(List.of(instance, Json.bytes(told.json())));
        line.addAll(told.encode().flat());
        return Replies.number(PUBLISH.call(redis, List.of(keys.backpressureLease(), keys.backpressure()), line)) == 1;
    }
}
