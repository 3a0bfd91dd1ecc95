package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.StreamEntry;
import java.util.ArrayList;
import java.util.List;

/** Searches streams for frames by a field. Each step blocks Redis only briefly, even with large frames. */
public final class EntrySearch {
    private static final Script SCRIPT = Script.reading("find_entries.lua");
    private static final int STEP = 200;

    private EntrySearch() {
    }

    /**
     * The range of the search.
     *
     * @param from first id; {@code -}: the first entry
     * @param to last id; {@code +}: the last entry
     * @param most maximum number of entries to inspect, from the first
     */
    public record SearchRange(String from, String to, int most) {
        /** The whole stream, up to this number of entries. */
        public static SearchRange first(int most) {
            return new SearchRange("-", "+", most);
        }
    }

    /**
     * The condition.
     *
     * @param field the field with this value
     * @param wanted names of the fields to return
     */
    public record SearchCriteria(String field, String value, List<String> wanted) {
        public SearchCriteria {
            wanted = List.copyOf(wanted);
        }
    }

    /** Returns the matching entries, oldest first, with the wanted fields only. A key that is not a stream has none. */
    public static List<StreamEntry> find(RedisConnection redis, String stream, SearchRange range,
            SearchCriteria question) {
        List<StreamEntry> found = new ArrayList<>();
        String from = range.from();
        for (int looked = 0; looked < range.most() && !from.isEmpty(); looked += STEP) {
            List<Object> line = new ArrayList<>(List.of(from, range.to(), Math.min(STEP, range.most() - looked),
                    question.field(), question.value()));
            line.addAll(question.wanted());
            List<?> reply = Replies.list(SCRIPT.call(redis, List.of(stream), line));
            String last = Replies.text(reply.getFirst());
            found.addAll(Replies.entries(reply.subList(1, reply.size())));
            from = last.isEmpty() ? "" : "(" + last;
        }
        return found;
    }
}
