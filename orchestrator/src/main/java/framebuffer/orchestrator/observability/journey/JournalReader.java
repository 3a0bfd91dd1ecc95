package framebuffer.orchestrator.observability.journey;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks through all pages that are kept, of all instances. */
public final class JournalReader {
    private static final int PAGES = 64;

    private JournalReader() {
    }

    /** What was done with frames of this name, the oldest first. A journal that somebody else has spoilt says nothing. */
    static List<RecordedStep> find(RedisConnection redis, Keys keys, String frameId) {
        JournalPageReader reader = new JournalPageReader(frameId);
        List<RecordedStep> found = new ArrayList<>();
        String from = "-";
        List<StreamEntry> pages;
        do {
            pages = entries(redis, "XRANGE", keys.journey(), from, "+", "COUNT", PAGES);
            for (StreamEntry entry : pages) {
                byte[] page = page(entry);
                String instance = entry.fields() == null ? null : entry.fields().text("instance");
                if (page != null && instance != null) {
                    found.addAll(reader.find(page, instance));
                }
                from = "(" + entry.id();
            }
        } while (pages.size() == PAGES);
        return found;
    }

    /** The newest pages, the newest first. */
    public static List<StreamEntry> newest(RedisConnection redis, Keys keys, int most) {
        return entries(redis, "XREVRANGE", keys.journey(), "+", "-", "COUNT", most);
    }

    /** What is written on it; null when it is none of ours. */
    public static byte @Nullable [] page(StreamEntry entry) {
        Fields fields = entry.fields();
        return fields == null ? null : fields.get("page");
    }

    private static List<StreamEntry> entries(RedisConnection redis, String command, Object... arguments) {
        try {
            return Replies.entries(redis.call(command, arguments));
        } catch (RedisRefused e) {
            // Its key is no stream.
            return List.of();
        }
    }
}
