package framebuffer.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * How frames are spread over partitions, each of which has all keys of its own (contract §2). A camera is in one of them for good, so that
 * the order of its frames is kept: in the one whose number is the CRC-32 (of IEEE 802.3, as in gzip) of its id's UTF-8 bytes, as an
 * unsigned number, modulo how many there are.
 *
 * @param prefix
 *            put in front of every name
 * @param count
 *            how many partitions, 1 to {@link #MOST}
 * @param tagged
 *            whether behind the prefix follows {@code {p0}} for the first partition, {@code {p1}} for the second, …: a Redis Cluster keeps all
 *            names with the same text in braces in one slot. If not, there is one partition
 */
public record Partitioning(String prefix, int count, boolean tagged) {
    /** Most partitions. */
    public static final int MOST = 256;

    /**
     * @throws IllegalArgumentException
     *             when there are too many, or too few, or the prefix would decide about the slot
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
    }

    /** One partition, whose names begin with the prefix and nothing else. */
    public static Partitioning whole(String prefix) {
        return new Partitioning(prefix, 1, false);
    }

    /** So many partitions, each within one slot of a Redis Cluster. */
    public static Partitioning tagged(String prefix, int count) {
        return new Partitioning(prefix, count, true);
    }

    /** The number of the partition in which a camera is, from 0 on. */
    public int of(String cameraId) {
        CRC32 hash = new CRC32();
        hash.update(cameraId.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % count);
    }

    /** The names of one partition's keys. */
    public Keys keys(int partition) {
        if (partition < 0 || partition >= count) {
            throw new IllegalArgumentException("there is no partition " + partition + " of " + count);
        }
        return new Keys(tagged ? prefix + "{p" + partition + '}' : prefix);
    }

    /** The names of all partitions' keys, in order. */
    public List<Keys> all() {
        return IntStream.range(0, count).mapToObj(this::keys).toList();
    }
}
