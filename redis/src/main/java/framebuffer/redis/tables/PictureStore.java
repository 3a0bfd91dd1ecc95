package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Finding;
import framebuffer.wire.text.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest annotated picture of each camera and capability, kept for a minute. Detectors store pictures only while a viewer requests
 * them.
 */
public final class PictureStore {
    /** How long a picture is kept. */
    public static final Duration KEPT = Duration.ofMinutes(1);

    private static final Duration WANTED = Duration.ofSeconds(15);

    private PictureStore() {
    }

    /** Requests pictures for the next 15 s. */
    public static void want(RedisConnection redis, Keys keys) {
        EssentialWrites.execute(redis, List.of(List.of("SET", keys.picturesWanted(), "1", "PX", WANTED.toMillis())));
    }

    /** Whether a viewer requests pictures. */
    public static boolean wanted(RedisConnection redis, Keys keys) {
        return Replies.number(redis.call("EXISTS", keys.picturesWanted())) == 1;
    }

    /**
     * Stores a picture.
     *
     * @param found its time is replaced by Redis's clock
     */
    public static void put(RedisConnection redis, Keys keys, CameraNeed of, Finding found, byte[] jpeg) {
        Instant now = Replies.time(redis.call("TIME"));
        Finding noted = new Finding(found.frameId(), found.processorId(), found.objects(), now);
        redis.call("SET", keys.picture(of), jpeg, "PX", KEPT.toMillis());
        redis.call("HSET", keys.pictures(), of.encode(), Json.bytes(noted.json()));
        redis.call("PEXPIRE", keys.pictures(), KEPT.toMillis());
    }

    /** The current pictures; removes expired ones. */
    public static Map<CameraNeed, Finding> list(RedisConnection redis, Keys keys) {
        Instant since = Replies.time(redis.call("TIME")).minus(KEPT);
        Map<CameraNeed, Finding> there = new HashMap<>();
        List<Object> gone = new ArrayList<>(List.of(keys.pictures()));
        Replies.map(redis.call("HGETALL", keys.pictures())).forEach((of, about) -> {
            Finding found = Finding.decode(about);
            if (found == null || found.at().isBefore(since)) {
                gone.add(of);
            } else {
                there.put(CameraNeed.parse(of), found);
            }
        });
        if (gone.size() > 1) {
            redis.call("HDEL", gone.toArray());
        }
        return there;
    }

    /** Deletes the pictures of a camera; returns their number. */
    public static int remove(RedisConnection redis, Keys keys, String camera) {
        List<Object> there = new ArrayList<>(List.of(keys.pictures()));
        Replies.map(redis.call("HGETALL", keys.pictures())).keySet().stream()
                .filter(of -> CameraNeed.parse(of).camera().equals(camera)).forEach(there::add);
        if (there.size() == 1) {
            return 0;
        }
        there.subList(1, there.size()).forEach(of -> redis.call("DEL", keys.picture(CameraNeed.parse((String) of))));
        return (int) Replies.number(redis.call("HDEL", there.toArray()));
    }

    /** The picture; null: none, or expired. */
    public static byte @Nullable [] picture(RedisConnection redis, Keys keys, CameraNeed of) {
        return (byte[]) redis.call("GET", keys.picture(of));
    }
}
