package framebuffer.migration.steps;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The journal of a migration, in Redis. Each step is recorded before it begins and after it has ended, so that one can be repeated after a crash. */
public final class StepJournal {
    private static final String NUMBER = "step";
    private static final String STEP = "step:";

    private final RedisConnection redis;
    private final Keys keys;

    public StepJournal(RedisConnection redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /**
     * A step.
     *
     * @param number from 1
     * @param action what was asked for, such as {@code split 10}
     * @param begun when it began, by Redis's clock
     * @param ended null: it was interrupted, or runs
     * @param ours frames that went to this service since it began
     * @param legacy frames that went to the older service since it began
     */
    public record MigrationStep(long number, String action, Instant begun, @Nullable Instant ended, long ours,
            long legacy) {
    }

    /** Runs a step. If the same step was interrupted, it continues. */
    public <T> T run(String action, Supplier<T> step) {
        long number = all().stream().max(Comparator.comparingLong(MigrationStep::number))
                .filter(last -> last.ended() == null && last.action().equals(action)).map(MigrationStep::number)
                .orElseGet(() -> Replies.number(redis.call("HINCRBY", keys.migration(), NUMBER, 1)));
        Instant begun = now();
        write(number, action, begun, null);
        T result = step.get();
        write(number, action, begun, now());
        return result;
    }

    private Instant now() {
        return Replies.time(redis.call("TIME"));
    }

    private void write(long number, String action, Instant begun, @Nullable Instant ended) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("action", action).put("begun", begun.toString());
        if (ended != null) {
            json.put("ended", ended.toString());
        }
        redis.call("HSET", keys.migration(), STEP + number, Json.bytes(json));
    }

    /** All steps, the oldest first. */
    public List<MigrationStep> all() {
        Map<String, byte[]> fields = Replies.map(redis.call("HGETALL", keys.migration()));
        List<MigrationStep> steps = new ArrayList<>();
        fields.forEach((name, value) -> {
            if (name.startsWith(STEP)) {
                steps.add(read(Long.parseLong(name.substring(STEP.length())), value, fields));
            }
        });
        steps.sort(Comparator.comparingLong(MigrationStep::number));
        return steps;
    }

    private static MigrationStep read(long number, byte[] written, Map<String, byte[]> fields) {
        JsonNode json = Objects.requireNonNull(Json.object(written), () -> "step " + number + " is no JSON");
        return new MigrationStep(number, json.path("action").asText(), Instant.parse(json.path("begun").asText()),
                Optional.of(json.path("ended").asText()).filter(text -> !text.isEmpty()).map(Instant::parse)
                        .orElse(null),
                count(fields, "ours:" + number), count(fields, "legacy:" + number));
    }

    static long count(Map<String, byte[]> fields, String name) {
        byte[] value = fields.get(name);
        return value == null ? 0 : Long.parseLong(new String(value, StandardCharsets.US_ASCII));
    }
}
