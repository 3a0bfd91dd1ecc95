package framebuffer.wire;

import org.jspecify.annotations.Nullable;

/** A password or a token. It prints as {@code ****}. */
public final class Secret {
    private final String text;

    public Secret(String text) {
        this.text = text;
    }

    /** The secret itself, for authentication. */
    public String reveal() {
        return text;
    }

    /** The text of a secret; null: none. */
    public static @Nullable String textOf(@Nullable Secret secret) {
        return secret == null ? null : secret.text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && text.equals(secret.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return "****";
    }
}
