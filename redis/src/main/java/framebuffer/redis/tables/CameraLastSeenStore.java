package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.ShedFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The newest frame of each camera in the capture stream, recorded by all instances. */
public final class CameraLastSeenStore {
    private static final Script NOTE = Script.of("ids.lua", "note_cameras.lua");
    private static final Script TIDY = Script.of("ledger.lua", "cameras.lua", "forget_silent_cameras.lua");
    private static final Script DELETE = Script.of("ledger.lua", "cameras.lua", "delete_camera.lua");
    /** All outcomes of a frame, as named in the ledger. */
    private static final List<String> ENDS = Stream.concat(Stream.of("done", "dead", "lost"),
            Stream.of(ShedFrame.ShedReason.values()).map(reason -> "shed." + reason.word())).toList();
    private static final int AT_ONCE = 1_000;
    /** Number of cameras inspected in one call. */
    private static final int LOOKS = 200;
    private static final String START = "0";
    /** Prefix for a camera that was deleted with frames in flight, or that is in the ledger but was never seen here. */
    private static final String UNSEEN = "0-";
    private static final Pattern ID = Pattern.compile("\\d{1,18}-\\d{1,18}");

    private CameraLastSeenStore() {
    }

    /**
     * Records frames; a frame older than the recorded one changes nothing.
     *
     * @param most maximum number of cameras; further cameras are not recorded
     */
    public static void note(RedisConnection redis, Keys keys, Map<String, EntryId> newest, int most) {
        List<Object> line = new ArrayList<>();
        for (Map.Entry<String, EntryId> one : newest.entrySet()) {
            line.add(one.getKey());
            line.add(one.getValue().toString());
            if (line.size() == 2 * AT_ONCE) {
                note(redis, keys, line, most);
                line.clear();
            }
        }
        if (!line.isEmpty()) {
            note(redis, keys, line, most);
        }
    }

    private static void note(RedisConnection redis, Keys keys, List<Object> camerasAndIds, int most) {
        List<Object> arguments = new ArrayList<>(List.of(most));
        arguments.addAll(camerasAndIds);
        NOTE.call(redis, List.of(keys.camerasSeen()), arguments);
    }

    /**
     * The newest frame of each camera, without invalid values. Read in parts, because a single read would block Redis for tens of
     * milliseconds.
     */
    public static Map<String, EntryId> read(RedisConnection redis, Keys keys) {
        Map<String, EntryId> newest = new TreeMap<>();
        String cursor = START;
        do {
            List<?> part = Replies.list(redis.call("HSCAN", keys.camerasSeen(), cursor, "COUNT", AT_ONCE));
            cursor = Replies.text(part.getFirst());
            Replies.map(part.getLast()).forEach((camera, bytes) -> {
                String id = new String(bytes, StandardCharsets.US_ASCII);
                if (ID.matcher(id).matches() && !id.startsWith(UNSEEN)) {
                    newest.put(camera, EntryId.parse(id));
                }
            });
        } while (!cursor.equals(START));
        return newest;
    }

    /**
     * The position of a search for silent cameras.
     *
     * @param gone number of cameras removed in this call
     */
    public record CameraCleanup(int gone, String inLedger, String amongSeen) {
        /** The start of a search. */
        public static final CameraCleanup START = new CameraCleanup(0, CameraLastSeenStore.START,
                CameraLastSeenStore.START);
    }

    /**
     * Removes cameras that have been silent for long; their frames then count under {@code other}. Inspects a bounded number of cameras.
     *
     * @param most maximum number of cameras
     */
    public static CameraCleanup tidy(RedisConnection redis, Keys keys, Duration retention, int most,
            CameraCleanup before) {
        List<Object> arguments = new ArrayList<>(
                List.of(retention.toMillis(), LOOKS, most, before.inLedger(), before.amongSeen()));
        arguments.addAll(ENDS);
        List<?> reply = Replies.list(TIDY.call(redis, List.of(keys.ledger(), keys.camerasSeen()), arguments));
        return new CameraCleanup((int) Replies.number(reply.get(0)), Replies.text(reply.get(1)),
                Replies.text(reply.get(2)));
    }

    /**
     * Deletes a camera and its policy; returns false if it does not exist.
     *
     * @param changes field that counts changes of policies
     */
    public static boolean delete(RedisConnection redis, Keys keys, String camera, String changes) {
        List<Object> arguments = new ArrayList<>(List.of(camera, changes));
        arguments.addAll(ENDS);
        return Replies.number(DELETE.call(redis, List.of(keys.ledger(), keys.camerasSeen(), keys.cameraPolicies()),
                arguments)) == 1;
    }
}
