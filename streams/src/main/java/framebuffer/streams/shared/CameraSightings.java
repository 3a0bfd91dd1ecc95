package framebuffer.streams.shared;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Which frame of each camera is the newest in the capture stream, as all instances have noted together. */
public final class CameraSightings {
    private static final Script NOTE = Script.of("ids.lua", "cameras_seen.lua");
    private static final int AT_ONCE = 1_000;
    private static final Pattern ID = Pattern.compile("\\d{1,18}-\\d{1,18}");

    private CameraSightings() {
    }

    /**
     * Notes frames; one that is older than what is noted changes nothing.
     *
     * @param most
     *            how many cameras are remembered; of others nothing is noted
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

    /** The newest frame of each camera; what somebody else has written there is left out. */
    public static Map<String, EntryId> read(RedisConnection redis, Keys keys) {
        Map<String, EntryId> newest = new TreeMap<>();
        Replies.map(redis.call("HGETALL", keys.camerasSeen())).forEach((camera, bytes) -> {
            String id = new String(bytes, StandardCharsets.US_ASCII);
            if (ID.matcher(id).matches()) {
                newest.put(camera, EntryId.parse(id));
            }
        });
        return newest;
    }
}
