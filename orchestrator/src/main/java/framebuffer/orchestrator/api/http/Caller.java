package framebuffer.orchestrator.api.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whom a token names.
 *
 * @param name for the log
 * @param processor the only processor that a caller of role {@code PROCESSOR} may change; null for the other roles
 */
public record Caller(String name, CallerRole role, @Nullable String processor) {
    /** Anybody, where the service requires no token. */
    public static final Caller ANYBODY = new Caller("anybody", CallerRole.ADMIN, null);

    /** What a caller may do. */
    public enum CallerRole {
        /** Sees everything, and changes nothing. */
        READ,
        /** Registers one processor, sends its heartbeats, drains and removes it, and sees everything. */
        PROCESSOR,
        /** Sees and changes everything. */
        ADMIN;

        /** The role in lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether the caller may change this processor. */
    public boolean mayChange(String processorId) {
        return role == CallerRole.ADMIN || (role == CallerRole.PROCESSOR && processorId.equals(processor));
    }
}
