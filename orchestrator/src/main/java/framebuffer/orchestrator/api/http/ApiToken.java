package framebuffer.orchestrator.api.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;

/** The secret of the callers. Never shown. */
public final class ApiToken {
    private static final String SCHEME = "bearer ";

    private final byte[] secret;

    /**
     * @throws IllegalArgumentException when it is blank
     */
    public ApiToken(String secret) {
        if (secret.isBlank()) {
            throw new IllegalArgumentException("an API token must not be blank");
        }
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether the Authorization header contains it. The time does not depend on how many characters match. */
    boolean isIn(String authorization) {
        return authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME) && MessageDigest.isEqual(secret,
                authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "Token[…]";
    }
}
