package framebuffer.vision.source;

import java.net.URI;
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

    /** An address in the network. */
    record Network(String url) implements VideoAddress {
        /** The address without the name and password it may hold. */
        @Override
        public String toString() {
            return url.replaceFirst("//[^/?#]*@", "//…@");
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
     *             when it names nothing
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
            return new File(Path.of(URI.create(text)));
        }
        return text.matches("[A-Za-z][A-Za-z0-9+.-]*://.*") ? new Network(text) : new File(Path.of(text));
    }
}
