package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.StreamEntry;
import java.util.ArrayList;
import java.util.List;

/** Looks for frames in streams by what they say. Each step of it keeps Redis busy for a short while, however large the frames are. */
public final class EntrySearch {
    private static final Script SCRIPT = Script.reading("find_entries.lua");
    private static final int STEP = 200;

    private EntrySearch() {
    }

    /**
     * What is looked for.
     *
     * @param from
     *            the id of the first entry that may be it; {@code -}: the first that is there
     * @param to
     *            the last; {@code +}: the last that is there
     * @param most
     *            look at so many at most, from the first on
     */
    public record SearchRange(String from, String to, int most) {
        /** The whole stream, or as much of it. */
        public static SearchRange first(int most) {
            return new SearchRange("-", "+", most);
        }
    }

    /**
     * How it is known.
     *
     * @param field
     *            that has this value
     * @param wanted
     *            names of the fields that are answered
     */
    public record SearchCriteria(String field, String value, List<String> wanted) {
        public SearchCriteria {
            wanted = List.copyOf(wanted);
        }
    }

    /** Those that are meant, oldest first, with the wanted fields only. A key that is no stream holds none. */
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
