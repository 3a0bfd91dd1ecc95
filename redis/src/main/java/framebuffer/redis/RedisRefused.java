package framebuffer.redis;

import org.jspecify.annotations.Nullable;

/** Redis replied with an error and did not execute the command. The connection stays usable. */
public final class RedisRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RedisRefused(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The error code, the first word of the reply: {@code WRONGTYPE}, {@code NOGROUP}, … */
    public String code() {
        String message = String.valueOf(getMessage());
        int space = message.indexOf(' ');
        return space < 0 ? message : message.substring(0, space);
    }
}
