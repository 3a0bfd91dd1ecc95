package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.StreamEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
     * @param field the field with one of these values
     * @param values null: all entries match
     * @param wanted names of the fields to return
     */
    public record SearchCriteria(String field, @Nullable Set<String> values, List<String> wanted) {
        public SearchCriteria {
            values = values == null ? null : Set.copyOf(values);
            wanted = List.copyOf(wanted);
        }

        /** All entries. */
        public static SearchCriteria all(List<String> wanted) {
            return new SearchCriteria("", (Set<String>) null, wanted);
        }

        /** Entries with this one value. */
        public SearchCriteria(String field, String value, List<String> wanted) {
            this(field, Set.of(value), wanted);
        }
    }

    /** Returns the matching entries, oldest first, with the wanted fields only. A key that is not a stream has none. */
    public static List<StreamEntry> find(RedisConnection redis, String stream, SearchRange range,
            SearchCriteria question) {
        List<StreamEntry> found = new ArrayList<>();
        String from = range.from();
        for (int looked = 0; looked < range.most() && !from.isEmpty(); looked += STEP) {
            List<Object> line = new ArrayList<>(List.of(from, range.to(), Math.min(STEP, range.most() - looked),
                    question.field(), question.values() == null ? "*" : question.values().size()));
            if (question.values() != null) {
                line.addAll(question.values());
            }
            line.addAll(question.wanted());
            List<?> reply = Replies.list(SCRIPT.call(redis, List.of(stream), line));
            String last = Replies.text(reply.getFirst());
            found.addAll(Replies.entries(reply.subList(1, reply.size())));
            from = last.isEmpty() ? "" : "(" + last;
        }
        return found;
    }
}
