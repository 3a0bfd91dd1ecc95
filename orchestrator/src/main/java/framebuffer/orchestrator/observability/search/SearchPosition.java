package framebuffer.orchestrator.observability.search;

import framebuffer.wire.EntryId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a search goes on in the journal of a partition, towards older steps.
 *
 * @param page a page of the journal
 * @param step the search goes on before this step of the page
 */
record SearchPosition(EntryId page, long step) {
    /** Before the newest step. */
    static final SearchPosition NEWEST = new SearchPosition(new EntryId(-1, -1), 0);
    /** Behind the oldest step. */
    static final SearchPosition END = new SearchPosition(EntryId.FIRST, 0);

    private static final String FORM = "\\d{1,20}-\\d{1,20}\\.\\d{1,18}";

    /** The position of a part on a line. */
    static long step(int line, int part) {
        return ((long) line << Integer.SIZE) + part;
    }

    boolean isEnd() {
        return equals(END);
    }

    /** The first page to read, as Redis takes it. */
    String upTo() {
        return step == 0 && !equals(NEWEST) ? "(" + page : page.toString();
    }

    /** The positions as text; null: all are at the end. */
    static @Nullable String encode(List<SearchPosition> all) {
        return all.stream().allMatch(SearchPosition::isEnd)
                ? null
                : all.stream().map(one -> one.page + "." + one.step).collect(Collectors.joining(","));
    }

    /**
     * The positions in a text; the newest ones when it is empty.
     *
     * @throws IllegalArgumentException when the text is not that of so many partitions
     */
    static List<SearchPosition> decode(String text, int partitions) {
        if (text.isEmpty()) {
            return Stream.generate(() -> NEWEST).limit(partitions).toList();
        }
        String[] each = text.split(",", -1);
        if (each.length != partitions || !Arrays.stream(each).allMatch(one -> one.matches(FORM))) {
            throw new IllegalArgumentException("not a cursor of " + partitions + " partitions");
        }
        return Arrays.stream(each).map(one -> one.split("\\."))
                .map(one -> new SearchPosition(EntryId.parse(one[0]), Long.parseLong(one[1]))).toList();
    }
}
