package framebuffer.orchestrator.journey;

import framebuffer.streams.Entry;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.Replies;
import framebuffer.wire.Fields;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.List;

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
            pages = pages(redis, keys, from);
            for (Entry entry : pages) {
                Fields fields = entry.fields();
                byte[] page = fields == null ? null : fields.get("page");
                String instance = fields == null ? null : fields.text("instance");
                if (page != null && instance != null) {
                    found.addAll(reader.find(page, instance));
                }
                from = "(" + entry.id();
            }
        } while (pages.size() == PAGES);
        return found;
    }

    private static List<Entry> pages(RedisConnection redis, Keys keys, String from) {
        try {
            return Replies.entries(redis.call("XRANGE", keys.journey(), from, "+", "COUNT", PAGES));
        } catch (RedisRefused e) {
            // Its key is no stream.
            return List.of();
        }
    }
}
