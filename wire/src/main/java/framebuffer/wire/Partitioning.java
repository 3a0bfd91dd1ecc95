package framebuffer.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * How frames are spread over partitions, each with its own keys (docs/protocol.md 4.2). A camera has a fixed partition, which keeps the order of its
 * frames: the CRC-32 (IEEE 802.3, as in gzip) of its id's UTF-8 bytes, as an unsigned number, modulo the number of partitions.
 *
 * @param prefix prefix of every name
 * @param count number of partitions, 1 to {@link #MOST}
 * @param tagged whether {@code {p0}}, {@code {p1}}, … follows the prefix: a Redis Cluster keeps all names with the same text in braces in
 *     one slot. False: one partition
 * @param gated whether the service reads what the gate of a migration gives it ({@link Keys#gated}); only with one partition
 */
public record Partitioning(String prefix, int count, boolean tagged, boolean gated) {
    /** Maximum number of partitions. */
    public static final int MOST = 256;

    /**
     * @throws IllegalArgumentException when the number is out of bounds, or the prefix contains a hash tag
     */
    public Partitioning {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("there are 1 to " + MOST + " partitions, not " + count);
        }
        if (tagged && prefix.indexOf('{') >= 0) {
            throw new IllegalArgumentException("with partitions, the key prefix must not contain {");
        }
        if (!tagged && count > 1) {
            throw new IllegalArgumentException("several partitions are told apart by {p0}, {p1}, …");
        }
        if (tagged && gated) {
            throw new IllegalArgumentException("a migration needs one partition");
        }
    }

    /** Partitions that producers write to. */
    public Partitioning(String prefix, int count, boolean tagged) {
        this(prefix, count, tagged, false);
    }

    /** One partition, whose names have only the prefix. */
    public static Partitioning whole(String prefix) {
        return new Partitioning(prefix, 1, false);
    }

    /** Several partitions, each in one slot of a Redis Cluster. */
    public static Partitioning tagged(String prefix, int count) {
        return new Partitioning(prefix, count, true);
    }

    /** One partition behind the gate of a migration, whose names have only the prefix. */
    public static Partitioning behindGate(String prefix) {
        return new Partitioning(prefix, 1, false, true);
    }

    /** The number of a camera's partition, from 0. */
    public int of(String cameraId) {
        CRC32 hash = new CRC32();
        hash.update(cameraId.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % count);
    }

    /** The keys of one partition. */
    public Keys keys(int partition) {
        if (partition < 0 || partition >= count) {
            throw new IllegalArgumentException("there is no partition " + partition + " of " + count);
        }
        return new Keys(tagged ? prefix + "{p" + partition + '}' : prefix, gated);
    }

    /** The keys of all partitions, in order. */
    public List<Keys> all() {
        return IntStream.range(0, count).mapToObj(this::keys).toList();
    }
}
