package framebuffer.orchestrator.observability.results;

import framebuffer.wire.EntryId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A position in the result streams of all partitions.
 *
 * @param ids for each partition, in order, the last entry that was read; a reader continues behind it, in its own direction
 */
public record ResultCursor(List<EntryId> ids) {
    /** Short enough that the cursor of 256 partitions fits into the address of a request. */
    private static final int RADIX = 36;

    private static final int MOST_DIGITS = 13;

    public ResultCursor {
        ids = List.copyOf(ids);
    }

    /** Parses {@link #toString}; null: not a cursor of this number of partitions. */
    public static @Nullable ResultCursor parse(String text, int partitions) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != partitions) {
            return null;
        }
        List<EntryId> ids = new ArrayList<>(partitions);
        for (String part : parts) {
            int dash = part.indexOf('-');
            Long millis = number(dash < 0 ? part : part.substring(0, dash));
            Long sequence = dash < 0 ? Long.valueOf(0) : number(part.substring(dash + 1));
            if (millis == null || sequence == null) {
                return null;
            }
            ids.add(new EntryId(millis, sequence));
        }
        return new ResultCursor(ids);
    }

    private static @Nullable Long number(String digits) {
        try {
            return digits.isEmpty() || digits.length() > MOST_DIGITS || digits.startsWith("+")
                    ? null
                    : Long.valueOf(Long.parseUnsignedLong(digits, RADIX));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The position after this entry of a partition was read too. */
    ResultCursor after(int partition, EntryId id) {
        List<EntryId> further = new ArrayList<>(ids);
        further.set(partition, id);
        return new ResultCursor(further);
    }

    /** This position, but in no partition before the given entry; null: the position in this partition stays. */
    ResultCursor atLeast(@Nullable EntryId[] least) {
        List<EntryId> further = new ArrayList<>(ids);
        for (int p = 0; p < further.size(); p++) {
            EntryId bound = least[p];
            if (bound != null && further.get(p).compareTo(bound) < 0) {
                further.set(p, bound);
            }
        }
        return new ResultCursor(further);
    }

    /** The form in the API: the ids in base 36, with points between the partitions. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (EntryId id : ids) {
            text.append(text.isEmpty() ? "" : ".").append(Long.toUnsignedString(id.millis(), RADIX));
            if (id.sequence() != 0) {
                text.append('-').append(Long.toUnsignedString(id.sequence(), RADIX));
            }
        }
        return text.toString();
    }
}
