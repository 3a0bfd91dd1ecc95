package framebuffer.vision.source;

import framebuffer.wire.SecretAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;

/** Where video comes from. Reads {@code rtsp://…}, {@code http://…}, {@code webcam:0}, {@code /dev/video0} or the path of a file. */
public sealed interface VideoAddress {

    /** A file: it has an end, and is played at the speed at which it was taken. */
    record File(Path path) implements VideoAddress {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** An address in the network. It prints without what may be a secret in it. */
    record Network(SecretAddress url) implements VideoAddress {
        @Override
        public String toString() {
            // What follows the host in RTMP is as a rule the key to the stream.
            return url.reveal().startsWith("rtmp") ? url.toString() : url.withPath();
        }
    }

    /**
     * A device of this machine.
     *
     * @param driver
     *            what FFmpeg calls its kind
     * @param name
     *            what the driver calls it
     */
    record Device(String driver, String name) implements VideoAddress {
        @Override
        public String toString() {
            return "device " + name;
        }
    }

    /** Whether it goes on for ever, by itself, so that an end is a breakdown. */
    default boolean live() {
        return !(this instanceof File);
    }

    /**
     * Reads an address as people write it.
     *
     * @throws IllegalArgumentException
     *             when it names nothing, or it cannot be told where its password ends; the message does not repeat it
     */
    static VideoAddress parse(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("name a video file, an rtsp:// or http:// address, or webcam:0");
        }
        if (text.matches("webcam:\\d{1,3}")) {
            String number = text.substring("webcam:".length());
            boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
            return mac ? new Device("avfoundation", number) : new Device("v4l2", "/dev/video" + number);
        }
        if (text.startsWith("/dev/video")) {
            return new Device("v4l2", text);
        }
        if (text.startsWith("file://")) {
            return file(text);
        }
        return text.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*://.*") ? network(text) : new File(Path.of(text));
    }

    private static File file(String url) {
        try {
            return new File(Path.of(new URI(url)));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IllegalArgumentException("a file's address is written file:///folder/name");
        }
    }

    /** A host ends at the first of / ? #, and so would a password that holds one of them. */
    private static Network network(String text) {
        String behindHost = text.substring(text.indexOf("://") + 3).replaceFirst("^[^/?#]*", "");
        if (behindHost.contains("@") || behindHost.contains("#") || text.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException(
                    "percent-encode what stands in user, password, path and query of an address: "
                            + "write # as %23, / as %2F, ? as %3F, @ as %40 and a space as %20");
        }
        return new Network(new SecretAddress(text));
    }
}
