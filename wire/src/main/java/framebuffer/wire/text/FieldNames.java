package framebuffer.wire.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A fixed set of field names, in which a name is found as it came, in bytes, without making a text of it. */
public final class FieldNames {
    private static final int NONE = -1;

    private final byte[][] names;
    /** By the length of a name: which are so long. */
    private final int[][] byLength;

    private FieldNames(String... names) {
        this.names = Arrays.stream(names).map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
        int longest = Arrays.stream(this.names).mapToInt(name -> name.length).max().orElse(0);
        this.byLength = new int[longest + 1][0];
        for (int i = 0; i < this.names.length; i++) {
            int length = this.names[i].length;
            byLength[length] = Arrays.copyOf(byLength[length], byLength[length].length + 1);
            byLength[length][byLength[length].length - 1] = i;
        }
    }

    /** These, numbered from 0. */
    public static FieldNames of(String... names) {
        return new FieldNames(names);
    }

    /** How many there are. */
    public int size() {
        return names.length;
    }

    /** The number of this name; -1 when it is none of these. */
    public int indexOf(byte[] name) {
        if (name.length >= byLength.length) {
            return NONE;
        }
        for (int i : byLength[name.length]) {
            if (Arrays.equals(names[i], name)) {
                return i;
            }
        }
        return NONE;
    }
}
