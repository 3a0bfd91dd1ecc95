package framebuffer.orchestrator.journey;

import framebuffer.streams.Entry;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.Replies;
import framebuffer.wire.Fields;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks through all pages that are kept, of all instances. */
final class JournalReader {
    private static final int PAGES = 64;

    private JournalReader() {
    }

    /** What was done with frames of this name, the oldest first. A journal that somebody else has spoilt says nothing. */
    static List<Noted> find(RedisConnection redis, Keys keys, String frameId) {
        PageReader reader = new PageReader(frameId);
        List<Noted> found = new ArrayList<>();
        String from = "-";
        List<Entry> pages;
        do {
            pages = entries(redis, "XRANGE", keys.journey(), from, "+", "COUNT", PAGES);
            for (Entry entry : pages) {
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
    static List<Entry> newest(RedisConnection redis, Keys keys, int most) {
        return entries(redis, "XREVRANGE", keys.journey(), "+", "-", "COUNT", most);
    }

    /** What is written on it; null when it is none of ours. */
    static byte @Nullable [] page(Entry entry) {
        Fields fields = entry.fields();
        return fields == null ? null : fields.get("page");
    }

    private static List<Entry> entries(RedisConnection redis, String command, Object... arguments) {
        try {
            return Replies.entries(redis.call(command, arguments));
        } catch (RedisRefused e) {
            // Its key is no stream.
            return List.of();
        }
    }
}
