package framebuffer.vision.source;

import framebuffer.wire.SecretAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The address of a video: {@code rtsp://…}, {@code http://…}, {@code webcam:0}, {@code /dev/video0} or the path of a file. */
public sealed interface VideoAddress {

    /** A file, played at its original speed. */
    record File(Path path) implements VideoAddress {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A network address, printed without possible secrets.
     *
     * @param transport how an RTSP camera sends its pictures; without a meaning for other addresses
     */
    record Network(SecretAddress url, Transport transport) implements VideoAddress {
        public Network(SecretAddress url) {
            this(url, Transport.TCP);
        }

        @Override
        public VideoAddress over(Transport wanted) {
            return new Network(url, wanted);
        }

        @Override
        public String toString() {
            // The path of RTMP is usually the stream key.
            return url.reveal().startsWith("rtmp") ? url.toString() : url.withPath();
        }
    }

    /**
     * A device of this machine.
     *
     * @param driver FFmpeg's name of the input format
     * @param name the driver's name of the device
     */
    record Device(String driver, String name) implements VideoAddress {
        @Override
        public String toString() {
            return "device " + name;
        }
    }

    /** Whether the video is live, so that its end is a failure. */
    default boolean live() {
        return !(this instanceof File);
    }

    /** The same address with this transport; a file or a device has none. */
    default VideoAddress over(Transport wanted) {
        return this;
    }

    /**
     * Parses an address. An RTSP camera sends its pictures over TCP.
     *
     * @throws IllegalArgumentException when it is empty, or the end of its password is ambiguous; the message never contains the address
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
        if (text.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*://.*")) {
            return network(text);
        }
        File file = new File(Path.of(text));
        // Its name would be printed, with the password of a mistyped address.
        if (text.matches("(?s)[a-z]{2,}:/.*|.*:.*@.*") && !Files.exists(file.path())) {
            throw new IllegalArgumentException("no such file; an address is written scheme://user:password@host/path");
        }
        return file;
    }

    private static File file(String url) {
        try {
            return new File(Path.of(new URI(url)));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IllegalArgumentException("a file's address is written file:///folder/name");
        }
    }

    /** Rejects unencoded special characters: a password that contains / ? or # would end there. */
    private static Network network(String text) {
        String behindHost = text.substring(text.indexOf("://") + 3).replaceFirst("^[^/?#]*", "");
        if (behindHost.contains("@") || behindHost.contains("#") || text.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException(
                    "percent-encode user, password, path and query of an address: "
                            + "write # as %23, / as %2F, ? as %3F, @ as %40 and a space as %20");
        }
        return new Network(new SecretAddress(text));
    }
}
