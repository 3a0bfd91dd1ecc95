package framebuffer.app.config;

import java.nio.file.Path;

/**
 * A value and its source.
 *
 * @param value the text as written
 */
record OptionValue(String value, Origin origin) {

    /** Whether the value may be a secret because of its source. */
    boolean isHidden() {
        return origin instanceof Line line && line.filledIn();
    }

    /** The source of a value. {@code toString} names it for users. */
    sealed interface Origin {
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

    /**
     * @param filledIn whether the environment or another file gave part of the value, which may be a secret
     */
    record Line(Path file, int number, boolean filledIn) implements Origin {
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
