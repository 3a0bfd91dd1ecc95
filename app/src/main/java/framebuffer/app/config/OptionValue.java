package framebuffer.app.config;

import java.nio.file.Path;

/**
 * A value, and where it is from.
 *
 * @param value
 *            as it was written
 */
public record OptionValue(String value, Origin origin) {

    /** Where a value is from. Its {@code toString} says where to find it. */
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
