package framebuffer.redis;

import org.jspecify.annotations.Nullable;

/** Redis answered with an error: it did nothing of what was asked. The connection goes on. */
public final class RedisRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RedisRefused(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The error's code, the first word of what Redis answered: {@code WRONGTYPE}, {@code NOGROUP}, … */
    public String code() {
        String message = String.valueOf(getMessage());
        int space = message.indexOf(' ');
        return space < 0 ? message : message.substring(0, space);
    }
}
