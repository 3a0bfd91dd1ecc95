package framebuffer.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A kind of program that uses Redis, with the rights that it needs and no others (docs/redis-rights.md). */
public enum AclRole {
    /** A camera: adds frames and their pixels. */
    PRODUCER,
    /** A processor of others: reads its queue, and answers. */
    PROCESSOR,
    /** A processor that uses our client, or one of our detectors. */
    CLIENT,
    /** The service. */
    INSTANCE,
    /** A program that reads results. */
    READER;

    private static final String FILE = "roles.acl";
    private static final String ANY_PARTITION = "{p*}";

    /** The name of the role. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The rules of the role for ACL SETUSER, without name and password.
     *
     * @param prefix the prefix of all keys, before the one of a partition; may be empty
     * @param partitioned whether the keys of partitions have prefixes of their own
     * @param processor the id of the processor, if the role is one
     */
    public List<String> rules(String prefix, boolean partitioned, String processor) {
        String keys = literal(prefix) + (partitioned ? ANY_PARTITION : "");
        return text().lines().dropWhile(line -> !line.equals('[' + word() + ']')).skip(1)
                .takeWhile(line -> !line.startsWith("[")).filter(line -> !line.isBlank())
                .map(line -> line.replace("PREFIX", keys).replace("PROCESSOR", processor)).toList();
    }

    /** The role with this name. */
    public static AclRole of(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findAny()
                .orElseThrow(() -> new IllegalArgumentException("no role " + word));
    }

    /** Characters that have a meaning in a pattern stand for themselves. */
    private static String literal(String prefix) {
        return prefix.replaceAll("[*?\\[\\]\\\\]", "\\\\$0");
    }

    private static String text() {
        try (InputStream in = AclRole.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("no " + FILE);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
