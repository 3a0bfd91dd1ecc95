package framebuffer.wire.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A fixed set of field names, with lookup by bytes, without creating a string. */
public final class FieldNames {
    private static final int NONE = -1;

    private final byte[][] names;
    /** Length of a name → indexes of the names with this length. */
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

    /** Creates the set; the names are numbered from 0. */
    public static FieldNames of(String... names) {
        return new FieldNames(names);
    }

    /** The number of names. */
    public int size() {
        return names.length;
    }

    /** The number of this name; -1: unknown. */
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
