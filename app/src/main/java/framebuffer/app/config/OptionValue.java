package framebuffer.app.config;

import java.nio.file.Path;

/**
 * A value and its source.
 *
 * @param value the text as written
 */
public record OptionValue(String value, Origin origin) {

    /** The source of a value. {@code toString} names it for users. */
    public sealed interface Origin {
        /** {@code flag}, {@code environment}, {@code file} or {@code default}. */
        String kind();
    }

    record Flag(String name) implements Origin {
        @Override
        public String kind() {
            return "flag";
        }

        @Override
        public String toString() {
            return "flag " + name;
        }
    }

    record Variable(String name) implements Origin {
        @Override
        public String kind() {
            return "environment";
        }

        @Override
        public String toString() {
            return "environment variable " + name;
        }
    }

    record Line(Path file, int number) implements Origin {
        @Override
        public String kind() {
            return "file";
        }

        @Override
        public String toString() {
            return file + ":" + number;
        }
    }

    record Default() implements Origin {
        @Override
        public String kind() {
            return "default";
        }

        @Override
        public String toString() {
            return "default";
        }
    }
}
