package framebuffer.bridge.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The names of all topics.
 *
 * <p>
 * A name of a camera, capability or label is one level of a topic. Characters that MQTT forbids or that would begin another level
 * ({@code + # / %} and control characters) are percent-encoded in UTF-8, as in a URL; and the first letter of a capability that is named like
 * a topic of ours.
 *
 * @param prefix one or more levels
 */
record Topics(String prefix) {
    private static final Set<String> OURS = Set.of("availability", "picture", "label");

    /** {@code online} or {@code offline}: the service. */
    String availability() {
        return prefix + "/availability";
    }

    /** {@code online} or {@code offline}: a camera. */
    String availability(String camera) {
        return camera(camera) + "/availability";
    }

    /** The newest annotated picture of a camera, JPEG. */
    String picture(String camera) {
        return camera(camera) + "/picture";
    }

    /** The newest result, JSON. */
    String detections(String camera, String capability) {
        String level = escaped(capability.isEmpty() ? "any" : capability);
        return camera(camera) + '/'
                + (OURS.contains(level) ? "%" + hex((byte) level.charAt(0)) + level.substring(1) : level);
    }

    /** {@code ON} whenever the label was found. */
    String label(String camera, String label) {
        return camera(camera) + "/label/" + escaped(label);
    }

    private String camera(String camera) {
        return prefix + '/' + escaped(camera);
    }

    /** Every topic below the prefix. */
    String all() {
        return prefix + "/#";
    }

    /** The level of the camera in a topic of ours; empty: the topic is of the service, or not ours. */
    String cameraLevel(String topic) {
        if (!topic.startsWith(prefix + '/')) {
            return "";
        }
        String rest = topic.substring(prefix.length() + 1);
        int end = rest.indexOf('/');
        return end < 0 ? "" : rest.substring(0, end);
    }

    /** A name as one level. */
    static String escaped(String name) {
        StringBuilder level = new StringBuilder(name.length());
        name.codePoints().forEach(c -> {
            if (c == '+' || c == '#' || c == '/' || c == '%' || Character.isISOControl(c)
                    || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                for (byte one : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    level.append('%').append(hex(one));
                }
            } else {
                level.appendCodePoint(c);
            }
        });
        return level.toString();
    }

    private static String hex(byte one) {
        return String.format(Locale.ROOT, "%02X", one & 0xFF);
    }

    /**
     * A name for Home Assistant, of {@code a-z 0-9 _}; different for different names. It contains no {@code __} and does not end in
     * {@code _}, so that two of them with {@code __} between them can be told apart.
     */
    static String slug(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
        if (plain.equals(name)) {
            return plain;
        }
        CRC32 hash = new CRC32();
        hash.update(name.getBytes(StandardCharsets.UTF_8));
        String cut = plain.length() > 40 ? plain.substring(0, 40).replaceAll("_$", "") : plain;
        return cut + "_" + Long.toHexString(hash.getValue());
    }
}
