package framebuffer.app.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps secrets out of a configuration file: <code>${NAME}</code> is the environment variable NAME, <code>${file:PATH}</code> the first line
 * of a file, and a value that begins with {@code file:} (but not {@code file://}) the first line of that file. <code>$${</code> is a plain
 * <code>${</code>.
 */
final class Substitution {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$(\\$\\{)|\\$\\{([^}]*)\\}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String FILE = "file:";
    private static final int MOST_BYTES = 64 * 1024;

    private final Map<String, String> environment;

    Substitution(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Replaces the placeholders of a value.
     *
     * @throws IllegalArgumentException when a variable is not set, or a file cannot be read; the message repeats no value
     */
    String apply(String text) {
        if (text.startsWith(FILE) && !text.startsWith(FILE + "//")) {
            return firstLine(text.substring(FILE.length()));
        }
        return PLACEHOLDER.matcher(text).replaceAll(found -> Matcher.quoteReplacement(
                found.group(1) != null ? found.group(1) : value(found.group(2))));
    }

    private String value(String name) {
        if (name.startsWith(FILE)) {
            return firstLine(name.substring(FILE.length()));
        }
        if (!VARIABLE.matcher(name).matches()) {
            throw new IllegalArgumentException("write ${NAME} for an environment variable, ${file:PATH} for the first "
                    + "line of a file, or $${ for a plain ${");
        }
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(
                    "the environment variable " + name + " is " + (value == null ? "not set" : "empty"));
        }
        return value;
    }

    /** Whether a value contains a placeholder, so that it may be a secret. */
    static boolean isIn(String text) {
        return (text.startsWith(FILE) && !text.startsWith(FILE + "//"))
                || PLACEHOLDER.matcher(text).results().anyMatch(found -> found.group(2) != null);
    }

    /** Of a regular file only, and of a small one: a pipe or a device might never end. */
    private static String firstLine(String path) {
        try (BufferedReader file = Files.newBufferedReader(regular(Path.of(path.strip())))) {
            String line = file.readLine();
            if (line == null || line.isBlank()) {
                throw new IllegalArgumentException("the first line of " + path.strip() + " is empty");
            }
            return line.strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + path.strip() + ": " + e.getClass().getSimpleName(), e);
        }
    }

    private static Path regular(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " is not a regular file");
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new IllegalArgumentException(file + " is larger than " + MOST_BYTES + " bytes");
        }
        return file;
    }
}
