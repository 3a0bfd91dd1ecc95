package framebuffer.wire.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one stream entry: names and values as bytes, in their original order.
 *
 * <p>
 * Nothing is decoded or copied: the arrays are shared with the caller and must not be changed. Redis allows duplicate names in an entry;
 * {@link #get} then returns the last value, like clients that read entries into a dictionary.
 */
public final class Fields {
    private final byte[][] flat;

    private Fields(byte[][] flat) {
        this.flat = flat;
    }

    /**
     * Fields from name, value, name, value, …
     *
     * @throws IllegalArgumentException when a name has no value
     */
    public static Fields ofFlat(List<byte[]> namesAndValues) {
        return ofParts(namesAndValues);
    }

    /**
     * Fields from an untyped list.
     *
     * @throws ClassCastException when an element is not a {@code byte[]}
     */
    public static Fields ofParts(List<?> namesAndValues) {
        if (namesAndValues.size() % 2 != 0) {
            throw new IllegalArgumentException("a field name without a value");
        }
        byte[][] flat = new byte[namesAndValues.size()][];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (byte[]) namesAndValues.get(i);
        }
        return new Fields(flat);
    }

    /** Fields from text: name, value, name, value, … in UTF-8. */
    public static Fields ofText(String... namesAndValues) {
        return ofFlat(Arrays.stream(namesAndValues).map(Fields::utf8).toList());
    }

    /** The number of fields. */
    public int size() {
        return flat.length / 2;
    }

    /** The name of field {@code index}, from 0. */
    public byte[] name(int index) {
        return flat[2 * index];
    }

    /** The value of field {@code index}, from 0. */
    public byte[] value(int index) {
        return flat[2 * index + 1];
    }

    /** The value of this name; null: none. */
    public byte @Nullable [] get(String name) {
        byte[] wanted = utf8(name);
        for (int i = flat.length - 2; i >= 0; i -= 2) {
            if (Arrays.equals(flat[i], wanted)) {
                return flat[i + 1];
            }
        }
        return null;
    }

    /** The value of this name as UTF-8 (invalid bytes become U+FFFD); null: none. */
    public @Nullable String text(String name) {
        byte[] value = get(name);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** Name, value, name, value, … as a new list over the same arrays. */
    public List<byte[]> flat() {
        return new ArrayList<>(Arrays.asList(flat));
    }

    /** Adds name, value, name, value, … to a list, without copying. */
    public void addTo(List<Object> line) {
        Collections.addAll(line, (Object[]) flat);
    }

    /** A new, growable list of the fields without those of these names. */
    public Writer without(FieldNames names) {
        // Capacity for setting each of these names again.
        Writer rest = new Writer(flat.length + 2 * (names.size() - count(names)));
        for (int i = 0; i < flat.length; i += 2) {
            if (names.indexOf(flat[i]) < 0) {
                rest.put(flat[i], flat[i + 1]);
            }
        }
        return rest;
    }

    private int count(FieldNames names) {
        int count = 0;
        for (int i = 0; i < flat.length; i += 2) {
            count += names.indexOf(flat[i]) < 0 ? 0 : 1;
        }
        return count;
    }

    /** The sum of the lengths of all names and values, in bytes. */
    public long bytes() {
        long sum = 0;
        for (byte[] part : flat) {
            sum += part.length;
        }
        return sum;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fields fields && Arrays.deepEquals(flat, fields.flat);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(flat);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < size(); i++) {
            text.append(i == 0 ? "" : ", ").append(new String(name(i), StandardCharsets.UTF_8)).append('=')
                    .append(value(i).length > 100
                            ? value(i).length + " bytes"
                            : new String(value(i), StandardCharsets.UTF_8));
        }
        return text.append('}').toString();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Collects fields one by one; a name that is put twice appears twice. */
    public static final class Writer {
        private byte[][] flat;
        private int used;

        /**
         * @param expected approximate number of names and values
         */
        public Writer(int expected) {
            flat = new byte[Math.max(2, expected)][];
        }

        public Writer put(byte[] name, byte[] value) {
            if (used + 2 > flat.length) {
                flat = Arrays.copyOf(flat, 2 * flat.length + 2);
            }
            flat[used++] = name;
            flat[used++] = value;
            return this;
        }

        public Writer put(byte[] name, String value) {
            return put(name, utf8(value));
        }

        public Writer put(String name, String value) {
            return put(utf8(name), utf8(value));
        }

        /** Adds the field unless the value is null. */
        public Writer putIfPresent(String name, @Nullable String value) {
            return value == null ? this : put(name, value);
        }

        public Fields fields() {
            // A full array can be shared: the builder grows it before the next write.
            return new Fields(used == flat.length ? flat : Arrays.copyOf(flat, used));
        }
    }
}
