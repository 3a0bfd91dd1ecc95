package framebuffer.wire.frame;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a frame's {@code detection_type} and {@code metadata} is remembered by their bytes: the frames of one camera mostly
 * say the same there, and to read JSON is a good part of what it costs to decode a frame. Of two that fall on one place the newer
 * stays. For any number of threads: what one remembers another may not see, and reads again.
 */
final class NeedsCache {
    private static final int PLACES = 4_096;

    /** Longer ones are not remembered, so that all of it stays below some 4 MB. */
    private static final int LONGEST = 512;

    private final @Nullable CachedNeeds[] known = new @Nullable CachedNeeds[PLACES];

    /** Final fields throughout, so that whoever sees one sees all of it. */
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

    /** What these were read as before; null when that is not known. */
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
