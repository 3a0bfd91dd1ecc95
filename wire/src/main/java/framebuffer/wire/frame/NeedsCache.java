package framebuffer.wire.frame;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Caches the capabilities parsed from a frame's {@code detection_type} and {@code metadata}, by their bytes. Frames of one camera mostly
 * have equal values, and parsing JSON is a large part of decoding. On a collision, the newer entry stays. Thread-safe without locks: a
 * thread may miss an entry of another and parse again.
 */
final class NeedsCache {
    private static final int PLACES = 4_096;

    /** Longer values are not cached, which limits the cache to about 4 MB. */
    private static final int LONGEST = 512;

    private final @Nullable CachedNeeds[] known = new @Nullable CachedNeeds[PLACES];

    /** All fields are final, so that other threads never see a partial entry. */
    private static final class CachedNeeds {
        private final byte @Nullable [] type;
        private final byte @Nullable [] metadata;
        private final List<String> needs;

        CachedNeeds(byte @Nullable [] type, byte @Nullable [] metadata, List<String> needs) {
            this.type = type;
            this.metadata = metadata;
            this.needs = needs;
        }
    }

    /** The cached result for these bytes; null: none. */
    @Nullable
    List<String> find(byte @Nullable [] type, byte @Nullable [] metadata) {
        CachedNeeds there = known[place(type, metadata)];
        return there != null && Arrays.equals(there.metadata, metadata) && Arrays.equals(there.type, type)
                ? there.needs
                : null;
    }

    void remember(byte @Nullable [] type, byte @Nullable [] metadata, List<String> needs) {
        if (length(type) + length(metadata) <= LONGEST) {
            known[place(type, metadata)] = new CachedNeeds(type, metadata, List.copyOf(needs));
        }
    }

    private static int place(byte @Nullable [] type, byte @Nullable [] metadata) {
        int hash = 31 * Arrays.hashCode(metadata) + Arrays.hashCode(type);
        return (hash ^ hash >>> 16) & (PLACES - 1);
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
