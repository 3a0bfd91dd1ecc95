package framebuffer.orchestrator.api.access;

import framebuffer.orchestrator.api.http.Caller;
import framebuffer.orchestrator.api.http.Caller.CallerRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of callers: one of an administrator, and those of a file, which is read again when it changes. Holds only hashes of secrets.
 * Thread-safe.
 */
public final class ApiTokens {
    private static final Logger log = LoggerFactory.getLogger(ApiTokens.class);
    private static final String SCHEME = "bearer ";
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Pattern LINE = Pattern
            .compile(
                    "(?<name>\\S{1,64})\\s+(?<role>read|admin|processor:(?<processor>\\S+))\\s+sha256:(?<hash>[0-9a-f]{64})");
    /** No caller needs a token. */
    public static final ApiTokens NONE = new ApiTokens(List.of(), null);

    private final List<HashedToken> fixed;
    private final @Nullable Path file;
    private List<HashedToken> listed = List.of();
    /** What was loaded. */
    private String text = "";
    /** What the last look saw. */
    private String seen = "";
    private boolean faulty;
    private long lookedAt = System.nanoTime();

    /** The file of tokens cannot be used; the message says where and why, without a secret. */
    public static final class InvalidTokens extends RuntimeException {
        private static final long serialVersionUID = 1;

        InvalidTokens(String message) {
            super(message);
        }
    }

    private record HashedToken(Caller caller, String hash) {
        boolean isOf(byte[] given) {
            return MessageDigest.isEqual(HexFormat.of().parseHex(hash), given);
        }
    }

    private ApiTokens(List<HashedToken> fixed, @Nullable Path file) {
        this.fixed = fixed;
        this.file = file;
    }

    /**
     * The tokens of an option and a file.
     *
     * @param admin the secret of an administrator; null: none
     * @param file with a token on each line, as {@link #line} writes it; empty lines and those that begin with {@code #} are comments; null:
     *            none
     * @throws InvalidTokens when the file cannot be read, or a line is wrong
     * @throws IllegalArgumentException when the secret is blank
     */
    public static ApiTokens of(@Nullable String admin, @Nullable Path file) {
        if (admin != null && admin.isBlank()) {
            throw new IllegalArgumentException("an API token must not be blank");
        }
        ApiTokens tokens = new ApiTokens(admin == null
                ? List.of()
                : List.of(new HashedToken(new Caller("api-token", CallerRole.ADMIN, null), hex(admin))), file);
        if (file != null) {
            tokens.load(content(file), file);
        }
        return tokens;
    }

    /** One token, of an administrator. */
    public static ApiTokens of(String admin) {
        return of(admin, null);
    }

    /**
     * The line of a file of tokens.
     *
     * @param role {@code read}, {@code admin}, or {@code processor:ID}
     * @throws IllegalArgumentException when name or role have another form
     */
    public static String line(String name, String role, String secret) {
        String line = name + " " + role + " sha256:" + hex(secret);
        if (parsed(line) == null) {
            throw new IllegalArgumentException(
                    "the name must have 1 to 64 characters and no spaces, and the role must be"
                            + " read, admin, or processor:ID");
        }
        return line;
    }

    /** A new secret of 256 random bits. */
    public static String random() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** Whether callers need a token. */
    boolean required() {
        return file != null || !fixed.isEmpty();
    }

    /** Whom the token in an Authorization header names; empty: nobody. The time does not depend on how many characters match. */
    public Optional<Caller> caller(List<String> authorization) {
        if (!required()) {
            return Optional.of(Caller.ANYBODY);
        }
        if (authorization.size() != 1 || !authorization.getFirst().toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return Optional.empty();
        }
        byte[] given = hash(authorization.getFirst().substring(SCHEME.length()).strip());
        Caller found = null;
        for (HashedToken token : all()) {
            if (token.isOf(given) && found == null) {
                found = token.caller();
            }
        }
        return Optional.ofNullable(found);
    }

    private synchronized List<HashedToken> all() {
        Path source = file;
        if (source != null && System.nanoTime() - lookedAt > LOOK_EVERY.toNanos()) {
            lookedAt = System.nanoTime();
            look();
        }
        List<HashedToken> all = new ArrayList<>(fixed);
        all.addAll(listed);
        return all;
    }

    /** Looks whether the file has changed. */
    synchronized void look() {
        Path source = file;
        if (source != null) {
            reload(source);
        }
    }

    private void reload(Path source) {
        try {
            String now = content(source);
            boolean settled = now.equals(seen);
            seen = now;
            // A file that is being written changes again: it counts when two looks saw the same.
            if (settled && (!now.equals(text) || faulty)) {
                load(now, source);
                faulty = false;
                log.info("{} has changed: {} tokens are valid", source, listed.size());
            }
        } catch (InvalidTokens e) {
            if (!faulty) {
                log.error("{}; the tokens read before stay valid", e.getMessage());
                faulty = true;
            }
        }
    }

    private void load(String content, Path source) {
        List<HashedToken> tokens = new ArrayList<>();
        int number = 0;
        for (String line : content.lines().toList()) {
            number++;
            if (!line.isBlank() && !line.startsWith("#")) {
                HashedToken token = parsed(line.strip());
                if (token == null) {
                    throw new InvalidTokens(source + ", line " + number
                            + " is not NAME ROLE sha256:HASH; frame-buffer token makes such lines");
                }
                tokens.add(token);
            }
        }
        listed = List.copyOf(tokens);
        text = content;
    }

    private static String content(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new InvalidTokens("the tokens in " + source + " cannot be read: " + e.getMessage());
        }
    }

    private static @Nullable HashedToken parsed(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            return null;
        }
        String processor = parts.group("processor");
        CallerRole role = switch (parts.group("role")) {
            case "read" -> CallerRole.READ;
            case "admin" -> CallerRole.ADMIN;
            default -> CallerRole.PROCESSOR;
        };
        return new HashedToken(new Caller(parts.group("name"), role, processor),
                parts.group("hash"));
    }

    private static String hex(String secret) {
        return HexFormat.of().formatHex(hash(secret.strip()));
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
